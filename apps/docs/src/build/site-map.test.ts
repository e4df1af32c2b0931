import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './root.ts';
import { sidebarOf } from './site-map.ts';

it('leads to every package, and to the API of each of its entries', async () => {
  const names = await readdir(join(root, 'packages'));
  const entries = names.map(async (name) => {
    const path = join(root, 'packages', name, 'package.json');
    const { publishConfig } = JSON.parse(await readFile(path, 'utf8'));
    return Object.keys(publishConfig.exports).map((entry) => `/api/${join(name, entry)}`);
  });
  const [, packages, api] = sidebarOf('en')['/api/'];
  expect(packages.items.map(({ link }) => link).sort()).toEqual(
    [...names, 'trainer'].map((name) => `/packages/${name}`).sort(),
  );
  expect(api.items.map(({ link }) => link).sort()).toEqual((await Promise.all(entries)).flat().sort());
});
