import { sep } from 'node:path';

/** A pattern with forward slashes, as it is written everywhere; on Windows, people write backslashes too. */
export function globPattern(path: string, separator: string = sep): string {
  // Elsewhere a backslash takes the meaning of the sign after it away.
  return separator === '\\' ? path.replaceAll('\\', '/') : path;
}
