import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageFrom, repositoryPages } from './repository-pages.ts';
import { root } from './root.ts';

const page = (from: string) => {
  const found = repositoryPages(root).find((each) => each.from === from);
  if (!found) throw new Error(`there is no page from ${from}`);
  return pageFrom(found, root);
};

it('has every package, every decision and the command', () => {
  const all = repositoryPages(root);
  expect(all.length).toBeGreaterThan(35);
  expect(all.every(({ from }) => existsSync(join(root, from)))).toBe(true);
  expect(new Set(all.map(({ to }) => to)).size).toBe(all.length);
});

it('turns links to where the site has what they name', () => {
  const { markdown, files } = page('apps/trainer/README.md');
  expect(markdown).toContain('[`@unroll/interchange`](../packages/interchange)');
  expect(markdown).toContain('[docs/unroll.md](../reference/cli)');
  expect(markdown).toContain('](/pictures/terminal-80.svg)');
  expect(files).toContainEqual({ from: 'docs/terminal-80.svg', to: 'pictures/terminal-80.svg' });
  expect(page('packages/tensor/README.md').markdown).toContain(
    '<SourceLink file="packages/tensor/src/backend.ts"><code>Backend</code></SourceLink>',
  );
  const results = page('docs/results.md');
  expect(results.markdown).toContain('<PublicLink to="/reports/ptb-hour-seed1.html"><code>');
  expect(results.files).toContainEqual({
    from: 'docs/results/ptb-hour-seed1.html',
    to: 'reports/ptb-hour-seed1.html',
  });
  expect(page('docs/decisions/README.md').markdown).toContain('](../decisions/0001-batch-first)');
});

it('leaves code alone', () => {
  const { markdown } = page('packages/tensor/README.md');
  expect(markdown).toContain('console.log(await xs.at(1).read());');
});
