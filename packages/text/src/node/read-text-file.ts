import { TextError } from '../text-error.ts';
import { decodeText } from './decode-text.ts';
import { readBytes } from './read-bytes.ts';

/**
 * The text of a UTF-8 file, without its byte order mark if it has one.
 *
 * @throws {TextError} if the file is missing, empty, binary or not valid UTF-8; the message gives the offset in bytes
 */
export async function readTextFile(path: string): Promise<string> {
  const decoded = decodeText(await readBytes('readTextFile', path));
  if ('problem' in decoded) throw new TextError(`readTextFile: ${path} ${decoded.problem}`);
  return decoded.text;
}
