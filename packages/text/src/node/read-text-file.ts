import { constants } from 'node:buffer';
import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { readChunks } from './read-chunks.ts';

/** The most UTF-16 units that one string can hold. */
export const LONGEST_TEXT: number = constants.MAX_STRING_LENGTH;

/**
 * The text of a UTF-8 file, without its byte order mark if it has one.
 *
 * @throws {TextError} if the file is missing, empty, binary or not valid UTF-8, in which case the message gives the offset
 *   in bytes; or longer than a string can be
 */
export async function readTextFile(path: string): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for await (const { text } of readChunks('readTextFile', path)) {
    length += text.length;
    if (length > LONGEST_TEXT) {
      throw new TextError(
        `readTextFile: ${path} has more than the ${showCount(LONGEST_TEXT)} characters that fit into one text. ` +
          'Cut it into smaller files.',
      );
    }
    texts.push(text);
  }
  return texts.join('');
}
