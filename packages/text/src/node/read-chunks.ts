import { open, stat } from 'node:fs/promises';
import { TextError } from '../text-error.ts';
import { NotText, StrictUtf8 } from './strict-utf8.ts';
import { unreadable } from './unreadable.ts';

/** The path that means the standard input. */
export const STANDARD_INPUT = '-';

/** Small enough that the strings made of it live and die where the garbage collector looks often. */
const CHUNK_BYTES = 256 * 1024;

export interface TextChunk {
  readonly text: string;
  /** How many bytes of the file it is made of, nearly: the bytes of a character may lie in two chunks. */
  readonly bytes: number;
}

/**
 * The text of a UTF-8 file as it is read, or of the standard input.
 *
 * @throws {TextError} if the file is missing, empty, binary or not valid UTF-8
 */
export async function* readChunks(operation: string, path: string): AsyncGenerator<TextChunk> {
  const utf8 = new StrictUtf8();
  try {
    for await (const bytes of path === STANDARD_INPUT ? process.stdin : readBytes(operation, path)) {
      yield { text: utf8.add(bytes), bytes: bytes.length };
    }
    yield { text: utf8.end(), bytes: 0 };
  } catch (error) {
    if (error instanceof NotText) {
      throw new TextError(`${operation}: ${nameOf(path)} ${error.message}`, { cause: error });
    }
    throw TextError.isInstance(error) ? error : unreadable(operation, nameOf(path), error);
  }
}

/** A path as it is called in messages. */
export function nameOf(path: string): string {
  return path === STANDARD_INPUT ? 'the standard input' : path;
}

/** Each array is only good until the next one. */
async function* readBytes(operation: string, path: string): AsyncGenerator<Uint8Array> {
  const stats = await stat(path);
  if (stats.isDirectory()) throw new TextError(`${operation}: expected a text file, but ${path} is a folder`);
  // A pipe or a device may never end.
  if (!stats.isFile())
    throw new TextError(`${operation}: expected a text file, but ${path} is not a regular file`);
  const file = await open(path);
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
