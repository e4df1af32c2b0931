import { LockedDropout, TimeDropout, TimeEmbeddingDropout, TimeLSTM, WeightDrop } from '@unroll/layers';
import { ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { watched } from '../watched.ts';

/** What is left of ones, 0 or 1 / (1 - ratio). */
export interface Mask {
  readonly rows: number;
  readonly cols: number;
  readonly values: readonly number[];
}

export interface Masks {
  /** `(T, D)`: another mask at each time step. */
  readonly each: Mask;
  /** `(T, D)`: one for all of them. */
  readonly locked: Mask;
  /** `(T, D)`: whole words, wherever they stand. */
  readonly words: Mask;
  /** `(H, 4H)`: weights from state to gates. */
  readonly weights: Mask;
}

const [T, D, H] = [20, 24, 12];
/** What the text says: word 3 comes often. */
const sentence: readonly number[] = [0, 3, 1, 4, 3, 2, 5, 3, 6, 7, 1, 3, 8, 9, 3, 2, 0, 3, 5, 9];

/** The masks of one block; `call` numbers the block. */
export async function masks(ratio: number, call: number): Promise<Masks> {
  const dropped = new Map<string, Mask>();
  const backend = new ReferenceBackend();
  const ones = (...shape: number[]) => tensor(backend, Array(shape.reduce((a, b) => a * b)).fill(1), shape);
  const maskOf = async (x: {
    rows: number;
    cols: number;
    read(): Promise<ArrayLike<number>>;
  }): Promise<Mask> => ({
    rows: x.rows,
    cols: x.cols,
    values: Array.from(await x.read()),
  });
  const xs = ones(1, T, D);
  for (const [name, layer] of [
    ['each', new TimeDropout(ratio, { seed: 1 })],
    ['locked', new LockedDropout(ratio, { seed: 1 })],
  ] as const) {
    layer.calls = call;
    dropped.set(name, await maskOf(layer.forward(xs)));
  }
  const embedding = new TimeEmbeddingDropout(ones(10, D), ratio, { seed: 2 });
  embedding.calls = call;
  dropped.set('words', await maskOf(embedding.forward(tensor(backend, sentence, [1, T], 'i32'))));
  dropped.set('weights', await weightMask(ratio, call));
  const [each, locked, words, weights] = ['each', 'locked', 'words', 'weights'].map(
    (name) => dropped.get(name) as Mask,
  );
  return { each, locked, words, weights };
}

/** The weights that the layer inside a WeightDrop computes with. */
async function weightMask(ratio: number, call: number): Promise<Mask> {
  let mask: Mask | undefined;
  const seen: Promise<void>[] = [];
  const backend = watched(new ReferenceBackend(), (call) => {
    seen.push(
      call.then(({ operation, operands: [out] }) => {
        if (operation === 'dropout' && typeof out === 'object')
          mask = { rows: H, cols: 4 * H, values: out.values };
      }),
    );
  });
  const ones = tensor(backend, Array(H * 4 * H).fill(1), [H, 4 * H]);
  const make = (Wh: ConstructorParameters<typeof TimeLSTM>[1]) =>
    new TimeLSTM(zeros(backend, [1, 4 * H]), Wh, zeros(backend, [4 * H]));
  const layer = new WeightDrop(ones, ratio, make, { seed: 3 });
  layer.calls = call;
  layer.forward(zeros(backend, [1, 1, 1]));
  await Promise.all(seen);
  return mask ?? { rows: H, cols: 4 * H, values: Array(H * 4 * H).fill(1) };
}
