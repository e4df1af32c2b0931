import { describeLayer, toBeAllClose } from '@unroll/conformance';
import affine from '@unroll/fixtures/affine.json' with { type: 'json' };
import { parameter, Random, ReferenceBackend, randn, tensor, transposed, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeAffine } from './time-affine.ts';
import { TimeEmbedding } from './time-embedding.ts';

expect.extend({ toBeAllClose });

describeLayer('TimeAffine', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new TimeAffine(weights(3, 5), weights(5)),
  input: (N, T) => [N, T, 3],
});

describe.each(precisions)('TimeAffine, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients', async () => {
    const given = new FixtureTensors(affine, 'time', dtype);
    const [x, W, b, dout] = given.inputs('x', 'W', 'b', 'dout');
    const layer = new TimeAffine(W, b);
    expect(await layer.forward(x).read()).toBeAllClose(given.expected('out'), forward);
    expect(await layer.backward(dout).read()).toBeAllClose(given.expected('dx'), gradient);
    expect(await layer.W.grad.read()).toBeAllClose(given.expected('dW'), gradient);
    expect(await layer.b.grad.read()).toBeAllClose(given.expected('db'), gradient);
  });
});

describe('TimeAffine', () => {
  const backend = new ReferenceBackend();

  it('adds to one gradient with an embedding to which its weight is tied', async () => {
    const [N, T, V, D] = [2, 3, 5, 4];
    const random = new Random(6);
    const draw = (...shape: number[]) => randn(backend, shape, random, 1, 'f64');
    const ids = tensor(backend, [0, 1, 1, 4, 2, 0], [N, T], 'i32');
    const [W, b, dscores] = [draw(V, D), draw(V), draw(N, T, V)];

    const run = (embed: TimeEmbedding, affine: TimeAffine) => {
      affine.forward(embed.forward(ids));
      embed.backward(affine.backward(dscores));
    };
    const tied = parameter('W', W);
    run(new TimeEmbedding(tied), new TimeAffine(transposed(tied), b));

    const turned = zeros(backend, [D, V], 'f64');
    backend.copy(turned, W.T);
    const [embed, affine] = [new TimeEmbedding(W), new TimeAffine(turned, b)];
    run(embed, affine);
    const sum = zeros(backend, [V, D], 'f64');
    backend.copy(sum, affine.W.grad.T);
    backend.add(sum, embed.W.grad);
    expect(await tied.grad.read()).toBeAllClose(await sum.read(), { rtol: 1e-12, atol: 1e-14 });
  });

  it('says which shape it expected and which one came', () => {
    const layer = new TimeAffine(zeros(backend, [3, 5]), zeros(backend, [5]));
    expect(() => layer.forward(zeros(backend, [6, 3]))).toThrow(
      'TimeAffine.forward: expected x (N, T, 3), got (6, 3)',
    );
    layer.forward(zeros(backend, [2, 3, 3]));
    expect(() => layer.backward(zeros(backend, [6, 5]))).toThrow(
      'TimeAffine.backward: expected dout (2, 3, 5), got (6, 5)',
    );
  });
});
