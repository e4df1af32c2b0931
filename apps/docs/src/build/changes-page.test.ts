import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { changesPage } from './changes-page.ts';

function repository(records: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'unroll-changes-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'packages/layers'), { recursive: true });
  for (const [path, text] of Object.entries(records)) writeFileSync(join(root, path), text);
  return root;
}

it('tells what is to come, for which packages, and that there is no version yet', () => {
  const page = changesPage(repository({}), [
    { id: 'x', summary: 'A layer.\n\nIt drops.', releases: [{ name: '@unroll/layers', type: 'minor' }] },
  ]);
  expect(page).toContain('- A layer.\n  \n  It drops.\n\n  <small>`@unroll/layers` (minor)</small>');
  expect(page).toContain('No version has been released yet.');
});

it('has the record of each package, as a section', () => {
  const record = '# @unroll/layers\n\n## 1.1.0\n\n### Minor Changes\n\n- a layer\n';
  const page = changesPage(repository({ 'packages/layers/CHANGELOG.md': record }), []);
  expect(page).toContain('## To come\n\nNothing.');
  expect(page).toContain('## @unroll/layers\n\n### 1.1.0\n\n#### Minor Changes\n\n- a layer');
  expect(page).not.toContain('No version');
});
