import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { install } from '../src/clean-install.mjs';
import { checkExports } from '../src/exports.mjs';
import { checkImports } from '../src/imports.mjs';
import { fileProblems, manifestProblems } from '../src/pack.mjs';
import { checkSizes } from '../src/size.mjs';
import { collectResults, forgetResults } from '../src/test-results.mjs';

/** A workspace with these files, gone after the test. */
function workspace(files: Record<string, string | object>): string {
  const root = mkdtempSync(join(tmpdir(), 'unroll-checks-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const layers = (source: string, manifest: object = {}, file = 'src/layer.ts') =>
  workspace({
    'packages/layers/package.json': {
      name: '@unroll/layers',
      dependencies: { '@unroll/tensor': 'workspace:^' },
      ...manifest,
    },
    'packages/layers/src/index.ts': "export { x } from './x.ts';\n",
    'packages/layers/src/x.ts': "import { zeros } from '@unroll/tensor';\nexport const x = zeros;\n",
    [`packages/layers/${file}`]: source,
  });

describe('the import check', () => {
  it('lets through what is declared, and tests that name a backend', async () => {
    expect(await checkImports(layers("export { x } from './x.ts';\n"))).toEqual([]);
    const test = "import { ReferenceBackend } from '@unroll/tensor';\nexport const b = ReferenceBackend;\n";
    expect(await checkImports(layers(test, {}, 'src/layer.test.ts'))).toEqual([]);
  });

  it.each([
    [
      'an undeclared package',
      "import y from 'left-pad';\nexport const z = y;\n",
      'imports left-pad, which is not among',
    ],
    [
      'an undeclared type',
      "import type { Y } from 'left-pad';\nexport type Z = Y;\n",
      'imports left-pad, which is not among',
    ],
    [
      'a file of another package',
      "export { y } from '../../other/src/y.ts';\n",
      'which lies outside the package',
    ],
    [
      'a Node module',
      "import { join } from 'node:path';\nexport const j = join;\n",
      'imports node:path; only files under src/node',
    ],
    [
      'the reference backend',
      "import { ReferenceBackend } from '@unroll/tensor';\nexport const b = ReferenceBackend;\n",
      'names ReferenceBackend',
    ],
    [
      'another backend',
      "import { b } from '@unroll/tensor-wasm';\nexport const c = b;\n",
      'imports the backend @unroll/tensor-wasm',
    ],
    [
      'an undeclared package, later',
      "export const y = () => import('left-pad');\n",
      'imports left-pad, which is not among',
    ],
  ])('finds %s', async (_, source, message) => {
    expect((await checkImports(layers(source))).join('\n')).toContain(message);
  });

  it('finds a dependency that nothing imports, and an index that does more than re-export', async () => {
    const declared = { dependencies: { '@unroll/tensor': '1', 'left-pad': '1' } };
    expect(await checkImports(layers('export {};\n', declared))).toEqual([
      'packages/layers/package.json: declares left-pad and never imports it',
    ]);
    const busy = "export { x } from './x.ts';\nexport const y = 1;\n";
    expect((await checkImports(layers(busy, {}, 'src/index.ts'))).join()).toContain(
      'does more than re-export: export const y',
    );
  });
});

describe('the snapshot of public exports', () => {
  const built = (declaration: string) => ({
    'packages/a/package.json': { name: '@unroll/a', exports: { '.': { types: './dist/index.d.ts' } } },
    'packages/a/dist/index.d.ts': "export { f } from './f.js';\nexport { type T as U } from './t.js';\n",
    'packages/a/dist/f.d.ts': `/** Says what. */\n${declaration}\n`,
    'packages/a/dist/t.d.ts': 'export interface T {\n    readonly x: number;\n}\n',
  });

  it('is content with what it wrote, and shows what changed since', () => {
    const root = workspace(built('export declare function f(x: number): number;'));
    const snapshots = join(root, 'snapshots');
    expect(checkExports(root, snapshots, false).join()).toContain('the public exports changed');
    checkExports(root, snapshots, true);
    expect(checkExports(root, snapshots, false)).toEqual([]);

    const changed = workspace(built('export declare function f(x: string): number;'));
    cpSync(snapshots, join(changed, 'snapshots'), { recursive: true });
    const [problem] = checkExports(changed, join(changed, 'snapshots'), false);
    expect(problem).toContain('- export declare function f(x: number): number;');
    expect(problem).toContain('+ export declare function f(x: string): number;');
    expect(problem).not.toContain('interface T');
  });
});

describe('the package check', () => {
  const good = {
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    license: 'MIT',
    exports: { '.': './dist/index.js' },
  };

  it('finds files that are missing or do not belong', () => {
    expect(fileProblems(['README.md', 'LICENSE', 'dist/index.js', 'package.json'])).toEqual([]);
    expect(fileProblems(['README.md', 'dist/a.test.js', 'src/a.ts'])).toEqual([
      'LICENSE is not in the tarball',
      'dist/a.test.js does not belong into the tarball',
      'src/a.ts does not belong into the tarball',
    ]);
  });

  it('finds what a manifest should not say any more', () => {
    expect(manifestProblems(good)).toEqual([]);
    expect(manifestProblems({ ...good, dependencies: { a: 'workspace:^' } })).toEqual([
      'package.json still says workspace:',
    ]);
    expect(manifestProblems({ ...good, exports: { '.': { '@unroll/source': './src' } } })).toHaveLength(1);
    expect(manifestProblems({})).toHaveLength(4);
  });
});

describe('the bundle sizes', () => {
  it('finds a bundle over its budget, and a part that should not be in it', async () => {
    const root = workspace({
      'small.js': 'export const x = 1;',
      'reference.js': "export const y = 'a tensor of the reference backend';",
      'budgets.json': [
        { name: 'fits', code: "export * from './small.js';", limit: 1000 },
        { name: 'bursts', code: "export * from './small.js';", limit: 10 },
        { name: 'drags', code: "export * from './reference.js';", limit: 1000, without: 'reference backend' },
      ],
    });
    const { problems } = await checkSizes(join(root, 'budgets.json'), root);
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^bursts: \d+ bytes gzip, the budget is 10/);
    expect(problems[1]).toContain('drags: reference backend is in the bundle');
  });
});

describe('the clean installation', () => {
  it('finds a tarball that cannot be installed, and a program that fails', async () => {
    const root = workspace({});
    const missing = [{ name: 'a', tarball: join(root, 'missing.tgz') }];
    expect((await install(missing, join(root, 'one'), [], [])).join()).toContain('npm install failed');
    const failing = await install([], join(root, 'two'), [process.execPath], [['-e', 'process.exit(1)']]);
    expect(failing.join()).toContain('failed');
    const differing = await install(
      [],
      join(root, 'three'),
      [process.execPath, process.execPath],
      [['-e', 'console.log(process.pid)']],
    );
    expect(differing.join()).toContain('prints different things');
  });
});

describe('the results of tests', () => {
  it('are counted, with skipped ones by name, and missed where a package wrote none', () => {
    const root = workspace({
      'packages/a/package.json': { scripts: { test: 'vitest' } },
      'packages/b/package.json': { scripts: { test: 'vitest' } },
      'packages/a/.vitest/results.json': '',
    });
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [
        {
          name: join(root, 'packages/a/src/a.test.ts'),
          assertionResults: [
            { status: 'passed', fullName: 'x' },
            { status: 'pending', fullName: 'needs data' },
          ],
        },
      ],
    };
    writeFileSync(join(root, 'packages/a/.vitest/results.json'), JSON.stringify(report));
    expect(collectResults(root)).toEqual({
      passed: 2,
      failed: 1,
      skipped: ['packages/a/src/a.test.ts › needs data'],
      missing: ['packages/b'],
    });
    forgetResults(root);
    expect(collectResults(root).missing).toEqual(['packages/a', 'packages/b']);
  });
});
