import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type JsonObject, type NamedArray, parseConfig, parseSafetensors } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile, readSnapshot } from '@unroll/checkpoint/node';
import { bytes, count, plain, table, visible } from '../format.ts';

/** What a file or a folder holds: its tensors, and what it says beside them. */
interface Contents {
  readonly tensors: ReadonlyMap<string, NamedArray>;
  /** Of a model folder its configuration, of a checkpoint where the run stood. */
  readonly config?: JsonObject;
  readonly vocab?: readonly string[];
}

/** Shows the tensors of a model folder, a checkpoint of a run, or a safetensors file. */
export async function inspect(path: string, { json }: { json?: boolean }): Promise<void> {
  const { tensors, config, vocab } = await readContents(path);
  const described = [...tensors].map(([name, array]) => describe(name, array));
  if (json) {
    console.log(JSON.stringify({ config, vocabulary: vocab?.length, tensors: described }));
    return;
  }
  for (const [name, value] of Object.entries(config ?? {})) {
    console.log(visible(`${name}  ${JSON.stringify(value)}`));
  }
  if (vocab) console.log(`vocabulary  ${count(vocab.length)} tokens`);
  if (config) console.log();
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

async function readContents(path: string): Promise<Contents> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return await readSafetensorsFile(path);
  const names = await readdir(path);
  if (!names.includes('snapshot.json')) return await readModelFolder(path);
  const files = await readSnapshot(dirname(resolve(path)), basename(resolve(path)));
  const tensors = new Map<string, NamedArray>();
  for (const [file, bytes] of files) {
    if (!file.endsWith('.safetensors')) continue;
    for (const [name, array] of parseSafetensors(bytes, join(path, file)).tensors) tensors.set(name, array);
  }
  const state = files.get('state.json');
  return { tensors, config: state && parseConfig(state, join(path, 'state.json')) };
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
