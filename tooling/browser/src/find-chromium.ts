import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * The path of a Chromium: `CHROME_PATH`, else the first of the usual names on PATH.
 * @throws Error, with what to do, if there is none
 */
export function findChromium({ CHROME_PATH, PATH = '' }: NodeJS.ProcessEnv): string {
  if (CHROME_PATH) {
    if (isProgram(CHROME_PATH)) return CHROME_PATH;
    throw new Error(
      `expected CHROME_PATH to name a program, got ${CHROME_PATH}; correct it, or unset it to look on PATH`,
    );
  }
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    `no Chromium was found: CHROME_PATH is not set, and none of ${NAMES.join(', ')} is on PATH; ` +
      'install one (Debian: apt install chromium), or set CHROME_PATH to the program of a Chromium or Chrome',
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
