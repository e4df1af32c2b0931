import { execFile } from 'node:child_process';
import { freemem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeBackend, firstDifference } from '@unroll/conformance';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import {
  type Backend,
  Memory,
  Random,
  ReferenceBackend,
  randn,
  StateError,
  Tensor,
  type TypedArray,
  tensor,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WasmBackend, type WasmBackendOptions } from '../src/index.ts';

describeBackend('wasm, one thread', { make: () => WasmBackend.create({ threads: 1 }) });
describeBackend('wasm, without relaxed SIMD', {
  make: () => WasmBackend.create({ threads: 1, relaxedSimd: false }),
});
describeBackend('wasm, three threads', { make: () => WasmBackend.create({ threads: 3 }) });

async function create(options: WasmBackendOptions): Promise<WasmBackend> {
  const backend = await WasmBackend.create(options);
  onTestFinished(() => backend.dispose());
  return backend;
}

/** What kernels give whose calls are cut into several chunks, by rows or by columns. */
async function computeLarge(backend: Backend): Promise<TypedArray[]> {
  const random = new Random(5);
  const made: Tensor[] = [];
  const make = (...shape: number[]) => {
    made.push(randn(backend, shape, random));
    return made[made.length - 1];
  };
  const [x, y, out] = [make(900, 500), make(900, 500), make(900, 500)];
  backend.add(out, x, 0.5);
  backend.lerp(out, y, 0.1);
  backend.multiply(out, out, x);
  backend.scaleRows(out, out, make(900));
  backend.tanh(out, out);
  backend.tanhBackward(out, out, x);
  const [stats, gain, bias] = [make(900, 2), make(500), make(500)];
  backend.layerNorm(out, stats, x, gain, bias, 1e-5);
  backend.layerNormBackward(make(900, 500), make(500), make(500), y, x, stats, gain);
  backend.sgd(y, x, 0.1, 0.02);
  for (const [N, T, H] of [
    [3, 40, 1001],
    [300, 5, 61],
  ]) {
    const [hs, a, b] = [make(N, T + 1, H), make(N, T, H), make(N, T, H)];
    backend.sigmoid(a, make(N, T, H));
    backend.recurrence(hs, a, b);
    backend.recurrenceBackward(make(N, T, H), make(N, T, H), make(N, H), b, a, hs);
  }
  for (const inputGate of ['capped', 'coupled'] as const) {
    const width = inputGate === 'coupled' ? 300 : 400;
    const [hs, cs, gates] = [make(40, 2, 100), make(40, 2, 100), make(40, 1, width)];
    backend.lstmCell(hs, cs, gates, 0, inputGate);
    backend.lstmCellBackward(make(40, 1, width), make(40, 100), make(40, 100), gates, cs, 0, inputGate);
  }
  const [loss, count, normalizers] = [make(1), make(1), make(900, 2)];
  const ts = tensor(
    backend,
    Array.from({ length: 900 }, () => random.integer(500)),
    [900],
    'i32',
  );
  backend.softmaxCrossEntropy(loss, count, normalizers, x, ts, -1, 0.1);
  backend.softmaxCrossEntropyBackward(x, x, normalizers, ts, count, -1, 1, 0.1);
  return Promise.all(made.map((tensor) => tensor.read()));
}

/** Some steps of training: the losses, and all weights at the end. */
async function trainSome(options: WasmBackendOptions): Promise<(readonly number[])[]> {
  const backend = await create(options);
  const [N, T, V] = [20, 10, 1003];
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: 30, hiddenSize: 45, seed: 4 });
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

describe('WasmBackend', () => {
  it.each([true, false])(
    'computes the same bits on 1, 2 and 4 threads, and again (relaxed SIMD: %s)',
    async (relaxedSimd) => {
      const alone = await trainSome({ threads: 1, relaxedSimd });
      expect(await trainSome({ threads: 1, relaxedSimd })).toEqual(alone);
      expect(await trainSome({ threads: 2, relaxedSimd })).toEqual(alone);
      expect(await trainSome({ threads: 4, relaxedSimd })).toEqual(alone);
    },
  );

  it.each([true, false])(
    'computes what the reference does where a call is cut, the same bits on 1, 2 and 4 threads (relaxed SIMD: %s)',
    async (relaxedSimd) => {
      const alone = await computeLarge(await create({ threads: 1, relaxedSimd }));
      for (const threads of [2, 4]) {
        expect(await computeLarge(await create({ threads, relaxedSimd }))).toEqual(alone);
      }
      const wanted = await computeLarge(new ReferenceBackend());
      for (const [i, values] of wanted.entries()) {
        expect(firstDifference(alone[i], values, { rtol: 1e-4, atol: 1e-4 })).toBeUndefined();
      }
    },
  );

  it('does to the rows of a gradient that were scattered to what the reference does to all rows', async () => {
    const [V, D] = [700, 100];
    const run = async (backend: Backend) => {
      const random = new Random(9);
      const [dW, W] = [zeros(backend, [V, D]), randn(backend, [V, D], random)];
      const norm = zeros(backend, [1]);
      const seen: (readonly number[])[] = [];
      const scatter = () => {
        const ids = Array.from({ length: 30 }, () => random.integer(V));
        backend.scatterAdd(dW, tensor(backend, ids, [30], 'i32'), randn(backend, [30, D], random));
      };
      const others = [
        () => backend.fill(dW, 0),
        () => backend.fill(dW, 0),
        () => backend.fill(dW, 0.25),
        () => backend.fill(dW.columns(0, 3), 0),
        () => backend.add(dW, W),
        () => dW.columns(5, 6).write(new Float32Array(V).fill(3)),
        () => {},
      ];
      for (let round = 0; round < 40; round++) {
        scatter();
        if (random.integer(2) === 0) scatter();
        backend.fill(norm, 0);
        backend.addSumSquares(norm, dW);
        backend.sqrt(norm);
        backend.clip(dW, norm, 2);
        backend.sgd(W, dW, 0.1, random.integer(2) * 0.01);
        for (const x of [dW, W, norm]) seen.push(Array.from(await x.read()));
        others[random.integer(others.length)]();
      }
      return seen;
    };
    const [got, wanted] = [await run(await create({ threads: 2 })), await run(new ReferenceBackend())];
    for (const [i, values] of wanted.entries()) {
      const worst = values.reduce(
        (most, value, j) => Math.max(most, Math.abs(got[i][j] - value) / (1 + Math.abs(value))),
        0,
      );
      expect(worst).toBeLessThan(1e-5);
    }
  });

  it('lists rows of one shape only, though memory may be used for another of the same size', async () => {
    const backend = await create({ threads: 1 });
    const wide = zeros(backend, [256, 256]);
    const tall = new Tensor(backend, wide.storage, [65536, 1]);
    backend.scatterAdd(wide, tensor(backend, [3], [1], 'i32'), randn(backend, [1, 256], new Random(1)));
    const beside = zeros(backend, [5000]);
    const ids = Array.from({ length: 900 }, (_, i) => 65535 - 7 * i);
    backend.scatterAdd(tall, tensor(backend, ids, [900], 'i32'), tensor(backend, ids, [900, 1]));
    expect((await beside.read()).every((value) => value === 0)).toBe(true);
    const norm = zeros(backend, [1]);
    backend.addSumSquares(norm, tall);
    const squares = Array.from(await wide.read()).reduce((sum, x) => sum + x * x, 0);
    expect((await norm.item()) / squares).toBeCloseTo(1, 5);
    backend.fill(wide, 0);
    expect((await tall.read()).every((value) => value === 0)).toBe(true);
  });

  it('goes on unharmed after memory that it asked for was refused', async () => {
    const backend = await create({ threads: 1 });
    const a = randn(backend, [200, 10], new Random(1));
    const [b, other] = [2, 3].map((seed) => randn(backend, [10, 20], new Random(seed)));
    const out = zeros(backend, [200, 20]);
    backend.matmul(out, a, b); // in room for one packed operand
    // The same few numbers again and again, whose packed form would be larger than all memory.
    const K = 10_000_000;
    const tall = new Tensor(backend, b.storage, [K, 150], [0, 1]);
    const wide = new Tensor(backend, b.storage, [K, 141], [0, 1]).T;
    const product = zeros(backend, [141, 150]);
    expect(() => backend.matmul(product, wide, tall)).toThrow('cannot grow so far');
    const others = Array.from({ length: 20 }, () => zeros(backend, [16]));
    backend.matmul(out, a, other);
    for (const x of others) expect((await x.read()).every((value) => value === 0)).toBe(true);
  });

  // It takes 2.2 GB while it runs.
  it.runIf(freemem() > 5e9)(
    'works with memory above 2 GiB, where addresses have their highest bit set',
    async () => {
      const backend = await create({ threads: 1 });
      const below = [0, 1, 2].map(() => zeros(backend, [180_000_000]));
      for (const x of below) backend.fill(x.columns(0, 10), 1);
      const above = zeros(backend, [1000]);
      expect(backend.memoryBytes).toBeGreaterThan(2 ** 31);
      backend.fill(above, 4);
      expect((await above.read()).every((value) => value === 4)).toBe(true);
      above.write(new Float32Array(1000).fill(3));
      const norm = zeros(backend, [1]);
      backend.addSumSquares(norm, above);
      backend.sqrt(norm);
      expect(await norm.item()).toBeCloseTo(Math.sqrt(9000), 3);
      for (const x of below) expect([...(await x.columns(0, 10).read())]).toEqual(new Array(10).fill(1));
    },
  );

  it('refuses tensors of another backend of its kind, whose addresses are others in its memory', async () => {
    const [one, two] = [await create({ threads: 1 }), await create({ threads: 1 })];
    const kept = tensor(two, [1, 2, 3, 4], [4]);
    const other = zeros(one, [4]);
    expect(() => two.fill(other, 9)).toThrow(
      'fill: expected a tensor of this wasm backend, got one of another one',
    );
    expect(() => two.add(kept, other)).toThrow(StateError);
    expect(() => two.free(other.storage)).toThrow(StateError);
    expect(await kept.read()).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('makes and disposes of 1,000 models without growing', async () => {
    const backend = await create({ threads: 1 });
    const one = () => {
      const model = new Rnnlm({ backend, vocabSize: 50, wordvecSize: 8, hiddenSize: 16 });
      const xs = zeros(backend, [2, 5], 'i32');
      model.forward(xs, xs);
      model.backward();
      model.dispose();
      xs.dispose();
    };
    one();
    const before = backend.memoryBytes;
    for (let i = 0; i < 1000; i++) one();
    expect(backend.memoryBytes).toBe(before);
    expect(backend.bytes).toBe(0);
  });

  it('does not grow when shapes take turns, as in training and evaluation', async () => {
    const backend = await create({ threads: 1 });
    const model = new Rnnlm({ backend, vocabSize: 50, wordvecSize: 30, hiddenSize: 64 });
    const [train, other] = [zeros(backend, [8, 12], 'i32'), zeros(backend, [3, 7], 'i32')];
    const both = () => {
      for (const xs of [train, other]) {
        model.resetState();
        model.forward(xs, xs);
        model.backward();
      }
    };
    for (let i = 0; i < 20; i++) both();
    const before = backend.memoryBytes;
    for (let i = 0; i < 500; i++) both();
    expect(backend.memoryBytes).toBe(before);
  });

  it('does not keep a process alive, nor end it early', async () => {
    const script = `
      import { WasmBackend } from '${new URL('../src/index.ts', import.meta.url).href}';
      import { tensor, zeros } from '@unroll/tensor';
      const backend = await WasmBackend.create({ threads: 3 });
      const x = tensor(backend, [1, 2, 3, 4], [2, 2]);
      const out = zeros(backend, [2, 2]);
      backend.matmul(out, x, x);
      console.log((await out.read()).join());
      await new Promise((resolve) => setTimeout(resolve, 500)); // by when a thread that cannot begin has said so
      console.log(backend.threads);
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@unroll/source', '--input-type=module', '-e', script],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: 20_000 },
    );
    expect(stdout.trim().split('\n')).toEqual(['7,10,15,22', '3']);
  });

  it('refuses f64, more than 4 GiB, and a number of threads that is none', async () => {
    const backend = await create({ threads: 1 });
    expect(() => zeros(backend, [2, 2], 'f64')).toThrow('expected f32 or i32, got f64');
    expect(() => zeros(backend, [40_000, 40_000])).toThrow('4 GiB is the limit');
    expect(await tensor(backend, [1, 2], [2]).read()).toEqual(Float32Array.of(1, 2));
    await expect(WasmBackend.create({ threads: 0 })).rejects.toThrow(
      'expected threads to be a whole number from 1',
    );
  });
});

/** Of a float32, as a number of steps between it and the next. */
function ulp(value: number): number {
  const float = Math.fround(Math.abs(value));
  if (float < 2 ** -126) return 2 ** -149;
  return 2 ** (Math.floor(Math.log2(float)) - 23);
}

/** The greatest error of a function over floats of all sizes, in ulp of the true value. */
async function greatestError(
  options: WasmBackendOptions,
  apply: (backend: WasmBackend, x: Tensor) => Tensor,
  truth: (x: number) => number,
): Promise<number> {
  const backend = await create(options);
  const bits = new Float32Array(1);
  const words = new Uint32Array(bits.buffer);
  const xs: number[] = [];
  for (let word = 0; word < 0x7f800000; word += 9973) {
    words[0] = word;
    xs.push(bits[0], -bits[0]);
  }
  for (let i = -2000; i <= 2000; i++) xs.push(Math.fround(i / 100));
  const x = tensor(backend, xs, [1, xs.length]);
  const values = await apply(backend, x).read();
  let worst = 0;
  for (const [i, input] of xs.entries()) {
    const exact = truth(input);
    // Below the smallest normal number there are no digits to lose.
    if (Math.abs(exact) < 2 ** -125) continue;
    worst = Math.max(worst, Math.abs(values[i] - exact) / ulp(exact));
  }
  return worst;
}

describe.each([true, false])('own mathematics (relaxed SIMD: %s)', (relaxedSimd) => {
  it('has a sigmoid within 2.5 ulp over all floats', async () => {
    const error = await greatestError(
      { threads: 1, relaxedSimd },
      (backend, x) => {
        const out = zeros(backend, x.shape);
        backend.sigmoid(out, x);
        return out;
      },
      (x) => 1 / (1 + Math.exp(-x)),
    );
    expect(error).toBeLessThan(2.5);
  });

  it('has a tanh within 1.5 ulp over all floats', async () => {
    const error = await greatestError(
      { threads: 1, relaxedSimd },
      (backend, x) => {
        const out = zeros(backend, x.shape);
        backend.tanh(out, x);
        return out;
      },
      Math.tanh,
    );
    expect(error).toBeLessThan(1.5);
  });

  it('has a softmax whose exponentials are within 1.5e-6 down to -20 and 5e-6 down to -64, relative', async () => {
    const backend = await create({ threads: 1, relaxedSimd });
    const M = 64_001;
    const xs = Float32Array.from({ length: M }, (_, i) => -i / 1000);
    // Two scores, 0 and x: the gradient at x, which is not the label, is exp(x) / (1 + exp(x)) / M.
    const scores = tensor(
      backend,
      Array.from({ length: 2 * M }, (_, i) => (i % 2) * xs[i >> 1]),
      [M, 2],
    );
    const ts = zeros(backend, [M], 'i32');
    const [loss, count, normalizers] = [zeros(backend, [1]), zeros(backend, [1]), zeros(backend, [M, 2])];
    backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, -1);
    backend.softmaxCrossEntropyBackward(scores, scores, normalizers, ts, count, -1, M);
    const gradients = await scores.read();
    const worst = { near: 0, far: 0 };
    for (const [i, x] of xs.entries()) {
      const exact = Math.exp(x) / (1 + Math.exp(x));
      const zone = x >= -20 ? 'near' : 'far';
      worst[zone] = Math.max(worst[zone], Math.abs(gradients[2 * i + 1] / exact - 1));
    }
    expect(worst.near).toBeLessThan(1.5e-6);
    expect(worst.far).toBeLessThan(5e-6);
  });
});
