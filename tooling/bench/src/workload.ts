import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random, type Shape, sizeOf } from '@unroll/tensor';
import type { Block } from './step.ts';

/** What is trained. */
export interface Workload {
  readonly model: 'rnnlm' | 'better-rnnlm';
  readonly N: number;
  readonly T: number;
  readonly D: number;
  readonly H: number;
  readonly V: number;
  readonly lr: number;
  readonly maxNorm: number;
}

export const rnnlm: Workload = {
  ...{ model: 'rnnlm', N: 20, T: 35, D: 100, H: 100, V: 10_000 },
  ...{ lr: 20, maxNorm: 0.25 },
};

export const betterRnnlm: Workload = { ...rnnlm, model: 'better-rnnlm', D: 650, H: 650 };

/** The weights by name, with the deviation of their initial values; 0 for biases. */
export function weightShapes({ model, D, H, V }: Workload): Record<string, [Shape, number]> {
  const lstm = (name: string, D: number): Record<string, [Shape, number]> => ({
    [`${name}.Wx`]: [[D, 4 * H], 1 / Math.sqrt(D)],
    [`${name}.Wh`]: [[H, 4 * H], 1 / Math.sqrt(H)],
    [`${name}.b`]: [[4 * H], 0],
  });
  const embedding: Record<string, [Shape, number]> = { 'embed.W': [[V, D], 0.01] };
  return model === 'rnnlm'
    ? { ...embedding, ...lstm('lstm', D), 'affine.W': [[H, V], 1 / Math.sqrt(H)], 'affine.b': [[V], 0] }
    : { ...embedding, ...lstm('lstm1', D), ...lstm('lstm2', H), 'affine.b': [[V], 0] };
}

interface Manifest {
  [name: string]: { readonly shape: Shape; readonly file: string };
}

/** Different blocks of text, used in turn. */
const BLOCKS = 8;

/** Writes initial weights, and blocks of ids that are as uneven as words are, for all contenders. */
export function writeWorkload(folder: string, workload: Workload): void {
  mkdirSync(folder, { recursive: true });
  const random = new Random(1);
  const manifest: Manifest = {};
  const put = (name: string, shape: Shape, file: string, values: Float32Array | Int32Array) => {
    manifest[name] = { shape, file };
    writeFileSync(join(folder, file), values);
  };
  for (const [name, [shape, deviation]] of Object.entries(weightShapes(workload))) {
    const values = new Float32Array(sizeOf(shape));
    random.normals(values, deviation);
    put(name, shape, `${name}.f32`, values);
  }
  const { N, T, V } = workload;
  const shape = [BLOCKS, 2, N, T];
  // Zipf: the chance of the k-th word is as 1 / k, so that its logarithm is even.
  const ids = Int32Array.from({ length: sizeOf(shape) }, () =>
    Math.min(V - 1, Math.floor(V ** random.uniform()) - 1),
  );
  put('ids', shape, 'ids.i32', ids);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** By name; each is read when it is asked for. */
export type Weights = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>;

export function readWorkload(
  folder: string,
  { N, T }: Workload,
): { readonly weights: Weights; readonly blocks: readonly Block[] } {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const bytes = (file: string) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, file));
    return byteOffset % 4 === 0 && buffer.byteLength === byteLength
      ? buffer
      : buffer.slice(byteOffset, byteOffset + byteLength);
  };
  const { ids, ...tensors } = manifest;
  const weights = new Map(
    Object.entries(tensors).map(([name, { shape, file }]) => [
      name,
      {
        shape,
        get data() {
          return new Float32Array(bytes(file));
        },
      },
    ]),
  );
  const all = new Int32Array(bytes(ids.file));
  const block = (i: number) => all.subarray(i * N * T, (i + 1) * N * T);
  return {
    weights,
    blocks: Array.from({ length: ids.shape[0] }, (_, i) => [block(2 * i), block(2 * i + 1)] as const),
  };
}
