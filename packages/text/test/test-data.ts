import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of real texts that are not part of the repository: `UNROLL_TEST_DATA`, else beside the repository. */
const root =
  process.env.UNROLL_TEST_DATA || fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** Where a text is, and a name for the tests that need it: if it is absent, the name says so where they are skipped. */
export function testData(name: string): { path: string; present: boolean; title: string } {
  const path = join(root, name);
  const present = existsSync(path);
  return {
    path,
    present,
    title: present ? name : `${name}, absent here: set UNROLL_TEST_DATA to the folder that has it`,
  };
}
