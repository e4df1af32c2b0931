import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewChangeset } from '@changesets/types';

/** The page of what has changed: what is to come with the next versions, and what each package's own record says. */
export function changesPage(root: string, coming: readonly NewChangeset[]): string {
  const folders = [...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`), 'apps/trainer'];
  const records = folders
    .map((folder) => join(root, folder, 'CHANGELOG.md'))
    .filter((path) => existsSync(path))
    .map((path) => lower(readFileSync(path, 'utf8').trim()));
  const next = coming.length === 0 ? 'Nothing.' : coming.map(describe).join('\n\n');
  const none = 'No version has been released yet.';
  return `# Changes

Each package has versions of its own, after [semantic versioning](https://semver.org).

## To come

${next}

${records.length === 0 ? none : records.join('\n\n')}
`;
}

function describe({ summary, releases }: NewChangeset): string {
  const names = releases.map(({ name, type }) => `\`${name}\` (${type})`);
  return `- ${summary.trim().replaceAll('\n', '\n  ')}\n\n  <small>${names.join(', ')}</small>`;
}

/** Its headings one level lower: on this page it is a section. */
const lower = (markdown: string): string => markdown.replaceAll(/^#/gm, '##');
