import {
  type Layer,
  Memory,
  type Parameter,
  ReferenceBackend,
  StateError,
  Tensor,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeLayer, type LayerUnderTest, layerChecks } from './describe-layer.ts';

const [
  firstBlock,
  secondBlock,
  sameOutput,
  operandsLeft,
  gradientsAdd,
  anyShape,
  constantBytes,
  lent,
  refusesBackward,
  unharmed,
  givesBack,
] = Object.keys(layerChecks);

/** Each flaw, and the claims that it breaks. */
const flaws = {
  'halves the gradient of its input': [firstBlock, secondBlock],
  'forgets the factor of its weight gradient': [firstBlock, secondBlock],
  'takes the weight gradient from the first block': [secondBlock, anyShape],
  'adds to what its output held': [sameOutput, anyShape],
  'forgets to restart': [sameOutput, anyShape],
  'writes into its input': [operandsLeft],
  'writes into the gradient of its output': [operandsLeft],
  'sets its weight gradient anew': [gradientsAdd],
  'begins with a weight gradient of ones': [gradientsAdd],
  'keeps its buffers for the first shape': [anyShape],
  'takes memory in every step': [constantBytes, givesBack],
  'returns a new view every time': [lent],
  'returns nothing before forward': [refusesBackward],
  'believes in memory that is gone': [unharmed],
  'hides its gradient when it tells its bytes': [givesBack],
  'keeps a buffer after dispose': [givesBack],
  'gives back a weight that it was handed': [givesBack],
} as const;

/**
 * `out = 3 * x @ W + the output of the block before` on x (N, D): a state, so that there is something to carry.
 */
class Triple implements Layer {
  readonly W: Parameter;
  readonly params: readonly Parameter[];
  readonly #flaw: keyof typeof flaws | undefined;
  readonly #memory = new Memory();
  readonly #lost: Tensor[] = [];
  #x: Tensor | undefined;
  #carried: Tensor | undefined;
  #known: { readonly x: Tensor; readonly out: Tensor } | undefined;

  constructor(W: Tensor, flaw?: keyof typeof flaws) {
    this.#flaw = flaw;
    this.W = this.#memory.parameter('W', W);
    this.params = [this.W];
    if (flaw === 'begins with a weight gradient of ones') W.backend.fill(this.W.grad, 1);
  }

  forward(x: Tensor): Tensor {
    const { backend } = x;
    if (!(this.#x && this.#flaw === 'takes the weight gradient from the first block')) this.#x = x;
    const rows = this.#lost.length > 0 && this.#flaw === 'keeps its buffers for the first shape' ? 3 : x.rows;
    if (this.#flaw === 'believes in memory that is gone' && this.#known?.x === x) {
      backend.fill(this.#known.out, 0);
    }
    const out = this.#take('out', x, rows, this.W.value.cols);
    this.#known ??= { x, out };
    const product = this.#take('product', x, rows, this.W.value.cols);
    if (this.#flaw === 'keeps its buffers for the first shape') this.#lost.push(out);
    if (this.#flaw !== 'adds to what its output held') backend.fill(out, 0);
    backend.matmul(product, x, this.W.value);
    backend.scale(product, 3);
    backend.add(out, product);
    if (this.#carried) backend.add(out, this.#carried);
    this.#carried = this.#take('carried', x, rows, this.W.value.cols);
    backend.copy(this.#carried, out);
    if (this.#flaw === 'writes into its input') backend.scale(x, 2);
    if (this.#flaw === 'takes memory in every step') this.#lost.push(zeros(backend, [1], 'f64'));
    return this.#flaw === 'returns a new view every time' ? new Tensor(backend, out.storage, out.shape) : out;
  }

  backward(dout: Tensor): Tensor {
    const { backend } = dout;
    if (!this.#x) {
      if (this.#flaw === 'returns nothing before forward') return dout;
      throw new StateError('Triple.backward: call forward first');
    }
    const scaled = this.#take('scaled', dout, dout.rows, dout.cols);
    backend.copy(scaled, dout);
    if (this.#flaw !== 'forgets the factor of its weight gradient') backend.scale(scaled, 3);
    if (this.#flaw === 'writes into the gradient of its output') backend.scale(dout, 3);
    if (this.#flaw === 'sets its weight gradient anew') backend.fill(this.W.grad, 0);
    if (this.#x.rows === dout.rows) backend.addmm(this.W.grad, this.#x.T, scaled);
    const dx = this.#take('dx', dout, dout.rows, this.W.value.rows);
    backend.copy(scaled, dout);
    backend.scale(scaled, this.#flaw === 'halves the gradient of its input' ? 1.5 : 3);
    backend.matmul(dx, scaled, this.W.value.T);
    return dx;
  }

  resetState(): void {
    if (this.#flaw !== 'forgets to restart') this.#carried = undefined;
  }

  get bytes(): number {
    const hidden = this.#flaw === 'hides its gradient when it tells its bytes' ? 8 * this.W.grad.size : 0;
    return this.#memory.bytes - hidden;
  }

  dispose(): void {
    if (this.#flaw === 'keeps a buffer after dispose') return;
    if (this.#flaw === 'gives back a weight that it was handed') this.W.value.dispose();
    this.#memory.dispose();
  }

  #take(name: string, like: Tensor, ...shape: [number, number]): Tensor {
    return this.#memory.take(name, like.backend, shape, 'f64');
  }
}

const triple = (flaw?: keyof typeof flaws): LayerUnderTest => ({
  backend: () => new ReferenceBackend(),
  make: (weights) => new Triple(weights(4, 5), flaw),
  input: (N) => [N, 4],
});

describeLayer('a layer that is right', triple());

describe('describeLayer', () => {
  it.each(Object.entries(flaws))('fails for a layer that %s', async (flaw, broken) => {
    for (const claim of broken) {
      const check = layerChecks[claim](triple(flaw as keyof typeof flaws));
      await expect(check, claim).rejects.toThrow();
    }
  });

  it('lets no claim stand that no flaw can break', () => {
    expect(new Set(Object.values(flaws).flat())).toEqual(new Set(Object.keys(layerChecks)));
  });

  it('says which gradient is wrong, for which input, and by how much', async () => {
    await expect(layerChecks[firstBlock](triple('halves the gradient of its input'))).rejects.toThrow(
      /^the gradient of the input, for an input \(\d, 4\): expected the one of central differences, got one that is off by 0\.(49|50)\d* of its greatest number$/,
    );
    await expect(
      layerChecks[firstBlock](triple('forgets the factor of its weight gradient')),
    ).rejects.toThrow('the gradient of parameter 0, W,');
  });

  it('gives back all that its checks take, also when they fail', async () => {
    const backend = new ReferenceBackend();
    for (const flaw of [undefined, 'halves the gradient of its input'] as const) {
      for (const check of Object.values(layerChecks)) {
        await check({ ...triple(flaw), backend: () => backend }).catch(() => {});
      }
    }
    expect(backend.bytes).toBe(0);
  });
});
