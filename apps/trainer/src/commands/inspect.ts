import { stat } from 'node:fs/promises';
import type { NamedArray } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile } from '@unroll/checkpoint/node';
import { bytes, count, plain, table, visible } from '../format.ts';

export async function inspect(path: string, { json }: { json?: boolean }): Promise<void> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const folder = isFolder ? await readModelFolder(path) : undefined;
  const tensors = folder ? folder.tensors : (await readSafetensorsFile(path)).tensors;
  const described = [...tensors].map(([name, array]) => describe(name, array));
  if (json) {
    console.log(
      JSON.stringify({ config: folder?.config, vocabulary: folder?.vocab.length, tensors: described }),
    );
    return;
  }
  if (folder) {
    for (const [name, value] of Object.entries(folder.config))
      console.log(visible(`${name}  ${JSON.stringify(value)}`));
    console.log(`vocabulary  ${count(folder.vocab.length)} tokens\n`);
  }
  const rows = described.map(({ name, shape, dtype, size, min, max, mean, deviation, notNumbers }) => [
    visible(name.replaceAll('\n', '\\n')),
    `(${shape.join(', ')})`,
    dtype,
    bytes(size),
    ...[min, max, mean, deviation].map(plain),
    String(notNumbers),
  ]);
  const head = ['tensor', 'shape', 'type', 'size', 'min', 'max', 'mean', 'deviation', 'NaN or Inf'];
  console.log(table([head, ...rows]));
  const total = described.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  console.log(`\n${described.length} tensors, ${count(total)} numbers`);
}

/** Statistics are over the numbers that are finite. */
function describe(name: string, { dtype, shape, data }: NamedArray) {
  let [min, max, sum, squares, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
    finite++;
  }
  const mean = sum / finite;
  return {
    name,
    shape,
    dtype,
    size: data.byteLength,
    min,
    max,
    mean,
    deviation: Math.sqrt(Math.max(0, squares / finite - mean * mean)),
    notNumbers: data.length - finite,
  };
}
