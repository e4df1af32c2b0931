import { damaged } from './damaged.ts';
import { HeaderReader } from './header-reader.ts';
import { OPENING_BRACE } from './json-bytes.ts';
import { quote } from './quote.ts';

/** What a header says of one tensor. Only its syntax is checked. */
export interface HeaderEntry {
  readonly code: string;
  readonly shape: number[];
  /** The first byte of the data and the one after its last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: Map<string, HeaderEntry>;
  readonly metadata: Map<string, string>;
  /** Where in the file the tensors' bytes begin. */
  readonly dataStart: number;
}

/** The file's first 8 bytes: the header's length as a little-endian u64. */
const LENGTH_BYTES = 8;
/** A tenth of the reference implementation's limit: room for every tensor that is allowed, and little memory for a hostile header. */
export const MAX_HEADER_BYTES = 10_000_000;

export function parseHeader(bytes: Uint8Array, source: string): Header {
  const dataStart = LENGTH_BYTES + readHeaderLength(bytes, bytes.length, source);
  const text = decodeHeader(bytes.subarray(LENGTH_BYTES, dataStart), source);
  const reader = new HeaderReader(text, source);
  const entries = new Map<string, HeaderEntry>();
  const metadata = new Map<string, string>();
  reader.object((name) => {
    if (name === '__metadata__') reader.object((key) => metadata.set(key, reader.string()));
    else entries.set(name, readEntry(reader, name, source));
  });
  reader.end();
  return { entries, metadata, dataStart };
}

/**
 * How many bytes the header has, by the first of a file.
 * @param start 9 bytes, or all if there are fewer
 */
export function readHeaderLength(start: Uint8Array, fileBytes: number, source: string): number {
  if (fileBytes < LENGTH_BYTES) {
    throw damaged(source, `expected at least ${LENGTH_BYTES} bytes, got ${fileBytes}`);
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const most = Math.min(MAX_HEADER_BYTES, fileBytes - LENGTH_BYTES);
  if (length > most) throw damaged(source, `expected a header of at most ${most} bytes, it claims ${length}`);
  if (length === 0n || start[LENGTH_BYTES] !== OPENING_BRACE) {
    throw damaged(source, "the header does not begin with '{'");
  }
  return Number(length);
}

function decodeHeader(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw damaged(source, 'the header is not valid UTF-8', { cause });
  }
}

function readEntry(reader: HeaderReader, name: string, source: string): HeaderEntry {
  let code: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  reader.object((key) => {
    if (key === 'dtype') code = reader.string();
    else if (key === 'shape') shape = reader.integers();
    else if (key === 'data_offsets') offsets = reader.integers();
    else throw damaged(source, `tensor ${quote(name)} has an unknown field ${quote(key)}`);
  });
  if (code === undefined || shape === undefined || offsets?.length !== 2) {
    throw damaged(source, `tensor ${quote(name)}: expected a dtype, a shape and data_offsets of two numbers`);
  }
  return { code, shape, begin: offsets[0], end: offsets[1] };
}
