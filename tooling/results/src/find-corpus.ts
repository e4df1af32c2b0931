import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { userCacheFolder } from '@unroll/text/src/node/user-cache-folder.ts';
import type { Corpus } from './corpora.ts';
import { ResultsError } from './results-error.ts';

/** Beside the repository. */
const shared = resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');

/**
 * The path of a corpus for `--data`: in the folder that is given, else where tests look for texts (`UNROLL_TEST_DATA`, or beside the
 * repository), else where `unroll data` puts them.
 * @throws ResultsError if it is in none of them, or is another text of that name
 */
export function findCorpus(corpus: Corpus, given?: string): string {
  const { name, folder, files, source } = corpus;
  const places =
    given === undefined
      ? [join(process.env.UNROLL_TEST_DATA || shared, folder), join(userCacheFolder(), 'unroll', folder)]
      : [given, join(given, folder)];
  const names = Object.keys(files);
  const found = places.find((place) => names.every((file) => existsSync(join(place, file))));
  if (found === undefined) {
    throw new ResultsError(
      `${name}: expected ${names.join(', ')} in ${places.join(' or ')}, but there is no such folder; ${source}; name another one with --data <folder>`,
    );
  }
  for (const [file, expected] of Object.entries(files)) {
    const path = join(found, file);
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    if (sha256 !== expected) {
      throw new ResultsError(
        `${path}: expected ${name}, sha256 ${expected}, got ${sha256}; on another text the figures could not be compared; ${source}`,
      );
    }
  }
  return names.length === 1 ? join(found, names[0]) : found;
}
