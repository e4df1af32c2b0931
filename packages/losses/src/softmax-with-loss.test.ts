import { gradientCheck } from '@unroll/conformance';
import softmax from '@unroll/fixtures/softmax-loss.json' with { type: 'json' };
import { Random, ReferenceBackend, randn, StateError, tensor, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeLoss } from '../test/describe-loss.ts';
import { SoftmaxWithLoss } from './softmax-with-loss.ts';

describeLoss('SoftmaxWithLoss', {
  make: (options) => new SoftmaxWithLoss(options),
  fixture: softmax,
  cases: [
    'nv-all-counted',
    'nv-some-ignored',
    'nv-huge-scores',
    'nv-huge-scores-float32',
    'nv-smoothed',
    'nv-smoothed-huge-scores',
  ],
  labels: 'targets',
  axes: '(N, V)',
  scoresShape: ([N]) => [N, 7],
  someLabels: [5],
  classes: 7,
});

describe('SoftmaxWithLoss', () => {
  it('is ln V when all scores are equal', async () => {
    const backend = new ReferenceBackend();
    const scores = tensor(backend, new Array(10).fill(3), [2, 5], 'f64');
    const loss = new SoftmaxWithLoss().forward(scores, tensor(backend, [0, 4], [2], 'i32'));
    expect(await loss.item()).toBeCloseTo(Math.log(5), 14);
  });

  it('puts the gradient where the scores were when made with inPlace, once for each forward', async () => {
    const backend = new ReferenceBackend();
    const scores = randn(backend, [4, 6], new Random(3), 1, 'f64');
    const ts = tensor(backend, [0, -1, 5, 2], [4], 'i32');
    const apart = new SoftmaxWithLoss();
    apart.forward(scores, ts);
    const dscores = await apart.backward(3).read();
    const { bytes } = backend;
    const loss = new SoftmaxWithLoss({ inPlace: true });
    loss.forward(scores, ts);
    expect(loss.backward(3)).toBe(scores);
    expect(await scores.read()).toEqual(dscores);
    expect(loss.bytes).toBeLessThan(apart.bytes);
    expect(backend.bytes - bytes).toBe(loss.bytes);
    expect(() => loss.backward()).toThrow(StateError);
  });

  it('has the gradient of central differences with smoothing too', async () => {
    const backend = new ReferenceBackend();
    const scores = randn(backend, [5, 4], new Random(5), 1, 'f64');
    const ts = tensor(backend, [0, -1, 3, 2, -1], [5], 'i32');
    const loss = new SoftmaxWithLoss({ smoothing: 0.2 });
    const { scores: error } = await gradientCheck({
      values: { scores },
      loss: async () => 2.5 * (await loss.forward(scores, ts).item()),
      gradients: async () => {
        loss.forward(scores, ts);
        return { scores: await loss.backward(2.5).read() };
      },
    });
    expect(error).toBeLessThanOrEqual(1e-6);
  });

  it('smooths as it was told before a forward, and takes the gradient of what that forward smoothed', async () => {
    const backend = new ReferenceBackend();
    const scores = randn(backend, [3, 4], new Random(4), 1, 'f64');
    const ts = tensor(backend, [0, 3, 2], [3], 'i32');
    const [plain, smoothed] = [new SoftmaxWithLoss(), new SoftmaxWithLoss({ smoothing: 0.5 })];
    const [apart, together] = await Promise.all(
      [plain, smoothed].map((loss) => loss.forward(scores, ts).item()),
    );
    expect(together).not.toBe(apart);
    const dscores = await smoothed.backward().read();
    expect(dscores).not.toEqual(await plain.backward().read());
    smoothed.smoothing = 0;
    expect(await smoothed.backward().read()).toEqual(dscores);
    expect(await smoothed.forward(scores, ts).item()).toBe(apart);
    expect(await smoothed.backward().read()).toEqual(await plain.backward().read());
  });

  it.each([-0.1, 1, Number.NaN])('refuses a smoothing of %d', (smoothing) => {
    expect(() => new SoftmaxWithLoss({ smoothing })).toThrow(
      new ValueError(`SoftmaxWithLoss: expected smoothing from 0 up to 1, without 1, got ${smoothing}`),
    );
  });
});
