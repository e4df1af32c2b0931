import { CheckpointError } from './checkpoint-error.ts';
import { damaged } from './damaged.ts';
import { elementCount } from './element-count.ts';
import { formatShape } from './format-shape.ts';
import { type Format, formats } from './formats.ts';
import type { NamedArray } from './named-array.ts';
import { type Header, type HeaderEntry, parseHeader } from './parse-header.ts';
import { quote } from './quote.ts';
import { requireLittleEndian } from './require-little-endian.ts';

export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: Map<string, NamedArray>;
  readonly metadata: Map<string, string>;
}

/**
 * Reads a safetensors file of F32, F64 and I32 tensors. Every length, offset and name is checked before it is used, and the
 * tensors must cover the data exactly: no overlap, no hole, no byte left over.
 *
 * Arrays whose bytes lie aligned (all of them, in files from this package and from the reference implementation) are views of
 * `bytes`, so reading needs little memory beyond the file: do not change `bytes` afterwards. The others are copies.
 *
 * @param source names the file in messages
 * @throws CheckpointError for anything else than a valid file
 */
export function parseSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  requireLittleEndian(source);
  const header = parseHeader(bytes, source);
  checkLayout(header, bytes.length, source);
  const tensors = new Map<string, NamedArray>();
  for (const [name, entry] of header.entries) {
    tensors.set(name, readTensor(bytes, header.dataStart, name, entry, source));
  }
  return { tensors, metadata: header.metadata };
}

/** The tensors, sorted by where they lie, must follow one another from the end of the header to the end of the file. */
function checkLayout({ entries, dataStart }: Header, fileBytes: number, source: string): void {
  let covered = 0;
  for (const [name, { begin, end }] of [...entries].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== covered || end < begin) {
      throw damaged(
        source,
        `tensor ${quote(name)}: expected data from byte ${covered}, got ${begin} to ${end}`,
      );
    }
    covered = end;
  }
  if (dataStart + covered !== fileBytes) {
    throw damaged(source, `expected ${dataStart + covered} bytes by the header, got ${fileBytes}`);
  }
}

function readTensor(
  bytes: Uint8Array,
  dataStart: number,
  name: string,
  { code, shape, begin, end }: HeaderEntry,
  source: string,
): NamedArray {
  const { dtype, ArrayType } = formatOf(code, name, source);
  const length = elementCount(shape);
  if (length === undefined || length * ArrayType.BYTES_PER_ELEMENT !== end - begin) {
    throw damaged(
      source,
      `tensor ${quote(name)}: ${code} ${formatShape(shape)} does not fit its ${end - begin} bytes of data`,
    );
  }
  const data = bytes.subarray(dataStart + begin, dataStart + end);
  // `new Uint8Array` copies; `slice` would not where the bytes are a Node Buffer.
  const aligned = data.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? data : new Uint8Array(data);
  return { dtype, shape, data: new ArrayType(aligned.buffer, aligned.byteOffset, length) };
}

function formatOf(code: string, name: string, source: string): Format {
  const format = formats.find((each) => each.code === code);
  if (format) return format;
  throw new CheckpointError(
    `${source}: tensor ${quote(name)} has dtype ${quote(code)}, which is not supported here; supported are ` +
      `${formats.map((each) => each.code).join(', ')}. Convert the file to F32.`,
  );
}
