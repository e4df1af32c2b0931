import { CheckpointError } from './checkpoint-error.ts';
import { elementCount } from './element-count.ts';
import { formatShape } from './format-shape.ts';
import { formats } from './formats.ts';
import { MAX_AXES, MAX_KEYS } from './header-reader.ts';
import { isWellFormed } from './is-well-formed.ts';
import type { WritableArray } from './named-array.ts';
import { MAX_HEADER_BYTES } from './parse-header.ts';
import { quote } from './quote.ts';
import { requireLittleEndian } from './require-little-endian.ts';

/**
 * A safetensors file of `tensors`: of weights, or of the state of an optimizer or a model. The same tensors give the same bytes,
 * whatever order they come in: as in the reference implementation they lie sorted by dtype (F64, F32, I32: wide alignment first)
 * and then by name, after a header that spaces pad to 8 bytes, so every array is aligned. Metadata is sorted by key.
 *
 * @throws CheckpointError for two tensors of one name, a name that the format cannot hold, or data that does not fit its shape
 */
export function serializeSafetensors(
  tensors: Iterable<readonly [string, WritableArray]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  requireLittleEndian('serializeSafetensors');
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => rank(a) - rank(b) || compareUtf8(nameA, nameB),
  );
  const pairs = [...metadata].sort(([a], [b]) => compareUtf8(a, b));
  checkCount(sorted.length, 'tensors');
  checkCount(pairs.length, 'pairs of metadata');
  checkNames(sorted.map(([name]) => name));
  checkMetadata(pairs);

  let dataBytes = 0;
  const fields = sorted.map(([name, array]) => {
    const begin = dataBytes;
    dataBytes += byteLength(name, array);
    // Field by field: as keys of one object, names like "7" would change places and "__proto__" would vanish.
    return field(name, {
      dtype: formats[rank(array)].code,
      shape: array.shape,
      data_offsets: [begin, dataBytes],
    });
  });
  if (pairs.length > 0) {
    fields.unshift(`"__metadata__":{${pairs.map(([key, value]) => field(key, value)).join(',')}}`);
  }
  const header = encodeHeader(`{${fields.join(',')}}`);

  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Of the format that has this dtype, if one is given, and this kind of numbers; -1 if none has. */
const rank = ({ dtype, data }: WritableArray): number =>
  formats.findIndex((format) => data instanceof format.ArrayType && (dtype ?? format.dtype) === format.dtype);

const field = (key: string, value: unknown): string => `${JSON.stringify(key)}:${JSON.stringify(value)}`;

/** The order of the strings' UTF-8 bytes, which is that of their code points; `<` compares UTF-16 units instead. */
function compareUtf8(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}

function encodeHeader(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  if (padded.length > MAX_HEADER_BYTES) {
    throw new CheckpointError(
      `serializeSafetensors: expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${padded.length}. ` +
        'Write fewer tensors, shorter names or less metadata.',
    );
  }
  padded.set(encoded);
  return padded;
}

function byteLength(name: string, array: WritableArray): number {
  const { dtype, shape, data } = array;
  if (rank(array) < 0) {
    const got = `${dtype ? `${dtype} with ` : ''}a ${data.constructor.name}`;
    throw new CheckpointError(
      `serializeSafetensors: tensor ${quote(name)}: expected f32 with a Float32Array, f64 with a Float64Array ` +
        `or i32 with an Int32Array, got ${got}. Convert the data first.`,
    );
  }
  if (elementCount(shape) !== data.length) {
    throw new CheckpointError(
      `serializeSafetensors: tensor ${quote(name)}: expected ${elementCount(shape) ?? 'a countable number of'} ` +
        `numbers for shape ${formatShape(shape)}, got ${data.length}. Give the shape that the data has.`,
    );
  }
  if (shape.length > MAX_AXES) {
    throw new CheckpointError(
      `serializeSafetensors: tensor ${quote(name)}: expected at most ${MAX_AXES} axes, got ${shape.length}. Reshape it.`,
    );
  }
  return data.byteLength;
}

function checkCount(count: number, what: string): void {
  if (count <= MAX_KEYS) return;
  throw new CheckpointError(
    `serializeSafetensors: expected at most ${MAX_KEYS} ${what}, got ${count}. Write several files.`,
  );
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '__metadata__' || !isWellFormed(name)) {
      throw new CheckpointError(
        `serializeSafetensors: the format cannot hold a tensor named ${quote(name)}. Rename it.`,
      );
    }
    if (seen.has(name)) {
      throw new CheckpointError(`serializeSafetensors: two tensors are named ${quote(name)}. Rename one.`);
    }
    seen.add(name);
  }
}

function checkMetadata(pairs: readonly (readonly [string, string])[]): void {
  const seen = new Set<string>();
  for (const [key, value] of pairs) {
    if (seen.has(key)) {
      throw new CheckpointError(`serializeSafetensors: the metadata has ${quote(key)} twice. Drop one.`);
    }
    if (typeof value !== 'string' || !isWellFormed(key) || !isWellFormed(value)) {
      throw new CheckpointError(
        `serializeSafetensors: metadata ${quote(key)}: expected key and value to be strings of valid Unicode, ` +
          `got a ${typeof value}. Write other values as JSON text.`,
      );
    }
    seen.add(key);
  }
}
