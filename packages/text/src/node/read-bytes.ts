import { constants } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { errorCode, errorReason } from './error-reason.ts';

/** The most UTF-16 units that one string can hold, and so the most bytes of text that are worth reading. */
export const LONGEST_TEXT: number = constants.MAX_STRING_LENGTH;

/** All bytes of a regular file; errors begin with the operation's name. */
export async function readBytes(operation: string, path: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory())
      throw new TextError(`${operation}: expected a text file, but ${path} is a folder`);
    // A pipe or a device may never end.
    if (!stats.isFile())
      throw new TextError(`${operation}: expected a text file, but ${path} is not a regular file`);
    if (stats.size > LONGEST_TEXT) {
      throw new TextError(
        `${operation}: ${path} has ${showCount(stats.size)} bytes, more than the ${showCount(LONGEST_TEXT)} that ` +
          'fit into one text. Cut it into smaller files.',
      );
    }
    return await readFile(path);
  } catch (error) {
    if (TextError.isInstance(error)) throw error;
    throw unreadable(operation, path, error);
  }
}

/** The error for a file or a folder that the system does not let us read. */
export function unreadable(operation: string, path: string, error: unknown): TextError {
  const message =
    errorCode(error) === 'ENOENT'
      ? `${operation}: there is no file or folder at ${path}. Check the path.`
      : `${operation}: could not read ${path}: ${errorReason(error)}`;
  return new TextError(message, { cause: error });
}
