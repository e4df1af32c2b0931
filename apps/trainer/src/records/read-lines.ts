import { createReadStream } from 'node:fs';
import { DataError } from '../exit-code.ts';

export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Only the last line may have no end: it is still being written, or the power failed while it was. */
  readonly isWhole: boolean;
}

/** What a run writes in a line is far shorter. */
const MOST_CHARACTERS = 1_048_576;

/**
 * The lines of a file of any size; none if there is no file.
 * @throws DataError if one is longer than 1 MiB, or the file cannot be read
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) yield { text, number: ++number, isWhole: true };
      if (rest.length > MOST_CHARACTERS) {
        throw new DataError(
          `${path}: line ${number + 1}: expected at most ${MOST_CHARACTERS} characters; this is no record of a run`,
        );
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === undefined) throw error;
    throw new DataError(`${path}: cannot be read (${code})`, { cause: error });
  }
  if (rest !== '') yield { text: rest, number: number + 1, isWhole: false };
}
