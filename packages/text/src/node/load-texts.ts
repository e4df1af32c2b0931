import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { findTexts } from './find-texts.ts';
import { LONGEST_TEXT, readTextFile } from './read-text-file.ts';

/** Either one text, which is still to be split, or texts that came apart already. */
export type LoadedTexts =
  | { readonly kind: 'single'; readonly text: string; readonly files: readonly string[] }
  | {
      readonly kind: 'splits';
      readonly train: string;
      readonly valid: string;
      readonly test: string | undefined;
      readonly files: readonly string[];
    };

/**
 * The text of a file, of a folder or of the files that match a pattern, found as `loadCorpus` finds it, as a string.
 *
 * @throws {TextError} if there is nothing to read, a file is not text, one of the files of a split is missing, or the text
 *   is longer than a string can be
 */
export async function loadTexts(path: string): Promise<LoadedTexts> {
  const found = await findTexts('loadTexts', path);
  if (found.kind === 'splits') {
    const files = [found.files.train, found.files.valid, found.files.test].filter(
      (file) => file !== undefined,
    );
    const [train, valid, test] = await Promise.all(files.map(readTextFile));
    return { kind: 'splits', train, valid, test, files };
  }
  const { files } = found;
  const texts: string[] = [];
  let length = -1;
  for (const file of files) {
    const text = await readTextFile(file);
    length += text.length + 1;
    if (length > LONGEST_TEXT) {
      throw new TextError(
        `loadTexts: the files of ${path} have more than the ${showCount(LONGEST_TEXT)} characters that fit into one text. ` +
          'Give fewer files.',
      );
    }
    texts.push(text);
  }
  return { kind: 'single', text: texts.join('\n'), files };
}
