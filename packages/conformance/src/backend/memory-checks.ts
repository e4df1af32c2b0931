import { bytesPerElement, type DType, type Tensor, zeros } from '@unroll/tensor';
import { firstDifference } from '../all-close.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab } from './lab.ts';

const [N, T, D] = [3, 4, 5];

/** The elements of `(N, T, D)` that a view shows, in its order. */
type Cells = readonly (readonly [n: number, t: number, d: number])[];

function cells(ns: readonly number[], ts: readonly number[], ds: readonly number[]): Cells {
  return ns.flatMap((n) => ts.flatMap((t) => ds.map((d) => [n, t, d] as const)));
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

const [ns, ts, ds] = [range(0, N), range(0, T), range(0, D)];
const backwards = [...ts].reverse();

/** Every kind of view of a tensor `(N, T, D)`. */
const views: Readonly<Record<string, readonly [(x: Tensor) => Tensor, Cells]>> = {
  x: [(x) => x, cells(ns, ts, ds)],
  'x.at(2)': [(x) => x.at(2), cells(ns, [2], ds)],
  'x.slice(1, 3)': [(x) => x.slice(1, 3), cells(ns, [1, 2], ds)],
  'x.columns(1, 4)': [(x) => x.columns(1, 4), cells(ns, ts, [1, 2, 3])],
  'x.reversed': [(x) => x.reversed, cells(ns, backwards, ds)],
  'x.T': [(x) => x.T, ds.flatMap((d) => cells(ns, ts, [d]))],
  'x.at(3).columns(2, 4)': [(x) => x.at(3).columns(2, 4), cells(ns, [3], [2, 3])],
  'x.at(1).T': [(x) => x.at(1).T, ds.flatMap((d) => cells(ns, [1], [d]))],
  'x.columns(0, 2).reversed': [(x) => x.columns(0, 2).reversed, cells(ns, backwards, [0, 1])],
  'x.reversed.at(0)': [(x) => x.reversed.at(0), cells(ns, [T - 1], ds)],
  'x.slice(1, 4).T': [(x) => x.slice(1, 4).T, ds.flatMap((d) => cells(ns, [1, 2, 3], [d]))],
};

/** Every kind of view of ids `(N, T)`, which they also hold in axes n and t. */
const idViews: typeof views = {
  ids: [(ids) => ids, cells(ns, ts, [0])],
  'ids.at(1), whose elements lie T apart': [(ids) => ids.at(1), cells(ns, [1], [0])],
  'ids.slice(1, 3)': [(ids) => ids.slice(1, 3), cells(ns, [1, 2], [0])],
  'ids.columns(2, 4)': [(ids) => ids.columns(2, 4), cells(ns, [2, 3], [0])],
  'ids.reversed': [(ids) => ids.reversed, cells(ns, backwards, [0])],
  'ids.T': [(ids) => ids.T, ts.flatMap((t) => cells(ns, [t], [0]))],
};

function expectEqual(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const difference = firstDifference(actual, expected, { rtol: 0, atol: 0 });
  if (difference) throw new Error(`${what}: ${difference}`);
}

/** Calls `look` for every view, on a fresh tensor that counts from 0. */
async function eachView(
  lab: Lab,
  look: (name: string, whole: Tensor, view: Tensor, positions: readonly number[]) => Promise<void>,
): Promise<void> {
  const kinds: [DType, number[], typeof views][] = [
    [lab.dtype, [N, T, D], views],
    ['i32', [N, T], idViews],
  ];
  for (const [dtype, shape, kind] of kinds) {
    const depth = shape[2] ?? 1;
    for (const [name, [viewOf, shown]] of Object.entries(kind)) {
      const whole = lab.tensor(shape, 'whole', (i) => i, dtype);
      const positions = shown.map(([n, t, d]) => (n * T + t) * depth + d);
      await look(name, whole, viewOf(whole), positions);
    }
  }
}

/** Makes, fills and gives back tensors in a random order; what stays must keep its values. */
async function churn(lab: Lab): Promise<void> {
  const held: { x: Tensor; value: number }[] = [];
  for (let round = 0; round < 60; round++) {
    if (held.length > 0 && lab.random.uniform() < 0.4) {
      const [{ x }] = held.splice(lab.random.integer(held.length), 1);
      x.dispose();
    } else {
      const shape = [1 + lab.random.integer(40), 1 + lab.random.integer(40)];
      const x = lab.own(zeros(lab.backend, shape, lab.dtype));
      expectEqual('new memory', await x.read(), new Array<number>(x.size).fill(0));
      x.write(new Array<number>(x.size).fill(round + 1));
      held.push({ x, value: round + 1 });
    }
  }
  for (const { x, value } of held) {
    expectEqual(
      'a tensor beside which others came and went',
      await x.read(),
      new Array<number>(x.size).fill(value),
    );
  }
}

/** Memory, reading and writing. */
export const memoryChecks: Checks<'allocate' | 'free' | 'bytes' | 'read' | 'write'> = {
  allocate: {
    'says of what type and length the new memory is': inLab(async ({ backend, dtype }) => {
      for (const type of [dtype, 'i32'] as const) {
        const storage = backend.allocate(type, 7);
        const { length, freed } = storage;
        backend.free(storage);
        if (storage.dtype !== type || length !== 7 || freed) {
          throw new Error(`expected 7 of ${type}, held, got ${length} of ${storage.dtype}, freed: ${freed}`);
        }
      }
    }),
    'gives memory of zeros that no other tensor shares, also where memory was given back': inLab(churn),
  },
  free: {
    'marks the memory as given back': inLab(async ({ backend, dtype }) => {
      const storage = backend.allocate(dtype, 3);
      backend.free(storage);
      if (!storage.freed) throw new Error('expected storage.freed to be true');
    }),
    'makes reading and writing of every view of it a StateError': inLab(async (lab) => {
      const x = lab.randn([2, 3]);
      const view = x.columns(1, 2);
      x.dispose();
      await expectError('StateError', () => x.read());
      await expectError('StateError', () => view.read());
      await expectError('StateError', () => x.write([1, 2, 3, 4, 5, 6]));
      await expectError('StateError', () => view.write([1, 2]));
    }),
  },
  bytes: {
    'goes up and down by what is held, to the byte': inLab(async (lab) => {
      const { backend, dtype } = lab;
      const before = backend.bytes;
      const expectBytes = (elements: number, ints: number) => {
        const expected = elements * bytesPerElement(dtype) + ints * bytesPerElement('i32');
        if (backend.bytes - before !== expected) {
          throw new Error(`expected ${expected} bytes more than at first, got ${backend.bytes - before}`);
        }
      };
      const x = lab.own(zeros(backend, [7, 3], dtype));
      expectBytes(21, 0);
      const ids = lab.own(zeros(backend, [5], 'i32'));
      expectBytes(21, 5);
      x.columns(1, 2).dispose();
      expectBytes(0, 5);
      x.dispose();
      expectBytes(0, 5);
      ids.dispose();
      expectBytes(0, 0);
    }),
  },
  read: {
    'shows every view row after row': inLab(async (lab) => {
      await eachView(lab, async (name, _whole, view, positions) => {
        expectEqual(name, await view.read(), positions);
      });
    }),
    'gives a copy, of the type of the tensor': inLab(async (lab) => {
      const x = lab.tensor([4], 'whole', (i) => i);
      const ids = lab.ints([3, 1, 2], [3]);
      const values = await x.read();
      const made = { f32: Float32Array, f64: Float64Array }[lab.dtype];
      if (!(values instanceof made)) throw new Error(`expected a ${made.name}`);
      if (!((await ids.read()) instanceof Int32Array)) throw new Error('expected an Int32Array');
      values.fill(9);
      expectEqual('x after its copy changed', await x.read(), [0, 1, 2, 3]);
    }),
    'shows what was there when it was called, not what came after': inLab(async (lab) => {
      const x = lab.tensor([4], 'whole', (i) => i);
      const early = x.read();
      x.write([9, 9, 9, 9]);
      const late = x.read();
      expectEqual('read before write', await early, [0, 1, 2, 3]);
      expectEqual('read after write', await late, [9, 9, 9, 9]);
    }),
  },
  write: {
    'fills every view row after row and leaves the rest': inLab(async (lab) => {
      await eachView(lab, async (name, whole, view, positions) => {
        const expected = Array.from({ length: whole.size }, (_, i) => i);
        for (const [i, position] of positions.entries()) expected[position] = -1 - i;
        view.write(positions.map((_, i) => -1 - i));
        expectEqual(name, await whole.read(), expected);
      });
    }),
    'takes the values at once: the caller may use the array again': inLab(async (lab) => {
      const x = lab.unset([3]);
      const values = [1, 2, 3];
      x.write(values);
      values.fill(9);
      expectEqual('x', await x.read(), [1, 2, 3]);
    }),
    'keeps NaN, infinities and the greatest ids': inLab(async (lab) => {
      const x = lab.unset([3]);
      x.write([Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
      const [nan, low, high] = await x.read();
      if (!(Number.isNaN(nan) && low === -Infinity && high === Infinity)) {
        throw new Error(`expected NaN, -Infinity and Infinity, got ${nan}, ${low}, ${high}`);
      }
      const ids = lab.ints([2 ** 31 - 1, -(2 ** 31)], [2]);
      expectEqual('ids', await ids.read(), [2 ** 31 - 1, -(2 ** 31)]);
    }),
  },
};
