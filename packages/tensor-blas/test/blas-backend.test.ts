import { describeBackend } from '@unroll/conformance';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import {
  type Backend,
  DTypeError,
  Memory,
  Random,
  ReferenceBackend,
  StateError,
  sizeOf,
  tensor,
  zeros,
} from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as browser from '../src/browser.ts';
import { type BlasBackendOptions, createBlasBackend, findBlas } from '../src/index.ts';

/** Why the machine has no BLAS, if it has none. */
const missing = (() => {
  try {
    findBlas();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();

describe('findBlas', () => {
  it('says what was tried, and why each was not taken', () => {
    expect(() => findBlas('/nowhere/libnothing.so')).toThrow(StateError);
    expect(() => findBlas('/nowhere/libnothing.so')).toThrow(/but \/nowhere\/libnothing\.so: .+UNROLL_BLAS/s);
  });

  it.runIf(process.platform === 'linux')('refuses a library that is no BLAS', () => {
    expect(() => findBlas('libm.so.6')).toThrow(/libm\.so\.6: .*cblas_sgemm/);
  });

  it('says so when a thread cannot load the library', async () => {
    const broken = 'data:text/javascript,export function openGemm() { throw new Error("no such luck"); }';
    const outside = { name: 'blas', module: broken, options: {} };
    await expect(WasmBackend.create({ threads: 2, outside })).rejects.toThrow(/load blas.*no such luck/);
    const inWorkers =
      'data:text/javascript,import { isMainThread } from "node:worker_threads"; export function openGemm() { if (!isMainThread) throw new Error("not here"); return () => {}; }';
    await expect(
      WasmBackend.create({ threads: 2, outside: { ...outside, module: inWorkers } }),
    ).rejects.toThrow(StateError);
  });

  it('takes the one that UNROLL_BLAS names, and no other', () => {
    const before = process.env.UNROLL_BLAS;
    process.env.UNROLL_BLAS = '/nowhere/mine.so';
    onTestFinished(() => {
      if (before === undefined) delete process.env.UNROLL_BLAS;
      else process.env.UNROLL_BLAS = before;
    });
    expect(() => findBlas()).toThrow(/expected a BLAS, but \/nowhere\/mine\.so: [^;]*; name another/);
  });
});

describe('in a browser', () => {
  it('says that there is no BLAS', async () => {
    await expect(browser.createBlasBackend()).rejects.toThrow(StateError);
    expect(() => browser.findBlas()).toThrow(StateError);
  });
});

async function create(options: BlasBackendOptions) {
  const backend = await createBlasBackend(options);
  onTestFinished(() => backend.dispose());
  return backend;
}

/** Losses and weights of some steps, with products that are handed out whole, in chunks, and not at all. */
async function trainSome(options: BlasBackendOptions): Promise<(readonly number[])[]> {
  const backend = await create(options);
  const [N, T, V] = [20, 20, 4003];
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: 70, hiddenSize: 90, seed: 4 });
  const random = new Random(2);
  const [xs, ts] = [0, 1].map(() => zeros(backend, [N, T], 'i32'));
  const optimizer = new SGD({ lr: 5 });
  const memory = new Memory();
  const losses: number[] = [];
  for (let step = 0; step < 4; step++) {
    for (const ids of [xs, ts]) ids.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
    zeroGrads(model.params);
    losses.push(await model.forward(xs, ts).item());
    model.backward();
    clipGrads(model.params, 0.25, memory);
    optimizer.update(model.params);
  }
  const weights = await Promise.all(model.params.map(async ({ value }) => Array.from(await value.read())));
  return [losses, ...weights];
}

if (missing === undefined) {
  describeBackend('blas, one thread', { make: () => createBlasBackend({ threads: 1 }) });
  describeBackend('blas, every product outside', { make: () => createBlasBackend({ threads: 2, least: 0 }) });
  describeBackend('blas, three threads', { make: () => createBlasBackend({ threads: 3 }) });

  describe('createBlasBackend', () => {
    it('computes the same bits on 1, 2 and 4 threads, and again', async () => {
      const alone = await trainSome({ threads: 1 });
      for (const threads of [1, 2, 4]) expect(await trainSome({ threads })).toEqual(alone);
    });

    it('multiplies large matrices in every layout as the reference does', async () => {
      const [N, T, D, H] = [9, 30, 50, 1100];
      // Sums of products of small whole numbers are exact in any order.
      const run = async (backend: Backend) => {
        const random = new Random(7);
        const ints = (...shape: number[]) => {
          const values = Array.from({ length: sizeOf(shape) }, () => random.integer(7) - 3);
          return tensor(backend, values, shape);
        };
        const [xs, ys, W, b] = [ints(N, T + 1, D), ints(N, T, H), ints(D, H), ints(H)];
        const [out, dW, db, dxs, dWT, some] = [
          ints(N, T, H),
          ints(D, H),
          ints(H),
          ints(N, T, D),
          ints(H, D),
          ints(N, T, H),
        ];
        backend.affine(out, xs.slice(1, T + 1), W, b); // rows that follow two strides
        backend.affineGrads(dW, db, xs.slice(0, T), ys);
        backend.matmul(dxs, ys.reversed, W.T);
        backend.addmm(dWT.T, xs.slice(1, T + 1).T, ys);
        backend.addmm(some.columns(100, 900), xs.slice(0, T), W.columns(100, 900));
        backend.addmm(dxs.slice(3, 29), ys.slice(2, 28), W.T);
        return Promise.all([out, dW, db, dxs, dWT, some].map((x) => x.read()));
      };
      expect(await run(await create({ threads: 2 }))).toEqual(await run(new ReferenceBackend()));
    });

    it('refuses operands of whole numbers', async () => {
      const backend = await create({ threads: 1 });
      const [floats, ints] = [zeros(backend, [220, 220]), zeros(backend, [220, 220], 'i32')];
      const out = zeros(backend, [220, 220]);
      expect(() => backend.matmul(out, floats, ints)).toThrow(DTypeError);
      expect(() => backend.matmul(out, ints.T, floats)).toThrow(DTypeError);
    });

    it('keeps NaN and infinity of its operands', async () => {
      const backend = await create({ threads: 2 });
      const [n, wrong] = [220, 7];
      const ones = tensor(backend, new Float32Array(n * n).fill(1), [n, n]);
      const out = zeros(backend, [n, n]);
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const a = tensor(backend, new Float32Array(n * n).fill(1), [n, n]);
        a.columns(wrong, wrong + 1).write(
          Float32Array.from({ length: n }, (_, i) => (i === wrong ? odd : 1)),
        );
        backend.matmul(out, a, ones);
        backend.addmm(out, ones, ones);
        const values = await out.read();
        for (const [i, value] of values.entries()) {
          expect(value).toBe(Math.floor(i / n) === wrong ? odd : 2 * n);
        }
      }
    });
  });
} else {
  describe('createBlasBackend', () => {
    it('says why there is none', async () => {
      await expect(createBlasBackend()).rejects.toThrow(missing);
    });
  });
}
