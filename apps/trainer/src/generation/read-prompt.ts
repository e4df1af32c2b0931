import { fstatSync } from 'node:fs';
import { DataError, UsageError } from '../exit-code.ts';
import { bytes } from '../format.ts';

/** A prompt from standard input has at most so many bytes. */
const MOST_BYTES = 1024 ** 2;

/**
 * The prompt: what --prompt says, or what stands behind the model folder, or else what is piped in; `-` asks for that.
 * @throws UsageError if it is given twice
 * @throws DataError if what is piped in is too long, or not text in UTF-8
 */
export async function readPrompt(option: string | undefined, words: readonly string[]): Promise<string> {
  if (option !== undefined && words.length > 0) {
    throw new UsageError('expected a prompt behind the model folder or as --prompt, got both');
  }
  const given = option ?? (words.length > 0 ? words.join(' ') : undefined);
  if (given === '-' || (given === undefined && isPipedIn())) return textFrom(process.stdin);
  return given ?? '';
}

/** From a pipe or a file; whatever else a process may have been started with, such as a socket, may never end. */
function isPipedIn(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isFile();
  } catch {
    return false; // closed
  }
}

/** Without the end of the last line, which `echo` adds. */
export async function textFrom(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, size] = ['', 0];
  try {
    for await (const chunk of input) {
      size += chunk.length;
      if (size > MOST_BYTES) {
        throw new DataError(`standard input: expected a prompt of at most ${bytes(MOST_BYTES)}, got more`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError('standard input: expected text in UTF-8, got bytes that are none');
  }
  return text.replace(/\r?\n$/, '');
}
