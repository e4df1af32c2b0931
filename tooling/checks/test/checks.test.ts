import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { install } from '../src/clean-install.mjs';
import { checkExports } from '../src/exports.mjs';
import { checkImports } from '../src/imports.mjs';
import { checkTarball, fileProblems, manifestProblems, packAll } from '../src/pack.mjs';
import { runCommand } from '../src/run-command.mjs';
import { runSteps } from '../src/run-steps.mjs';
import { checkSizes } from '../src/size.mjs';
import { startArguments } from '../src/start-arguments.mjs';
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
      'imports left-pad, which package.json does not declare',
    ],
    [
      'an undeclared type',
      "import type { Y } from 'left-pad';\nexport type Z = Y;\n",
      'imports left-pad, which package.json does not declare',
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
      'a type of a package that only development has',
      "import type { Y } from 'left-pad';\nexport type Z = Y;\n",
      'imports left-pad, which package.json does not declare',
      { devDependencies: { 'left-pad': '1' } },
    ],
    [
      'an undeclared type, in passing',
      "export type Z = import('left-pad').Y;\n",
      'imports left-pad, which package.json does not declare',
    ],
    [
      'an undeclared package in a function that nothing calls, after a pattern that looks like a comment',
      "export const all = '**/*';\nfunction y() { return import('left-pad'); }\n/* */\n",
      'imports left-pad, which package.json does not declare',
    ],
    [
      'its own part for Node',
      "export { y } from './node/y.ts';\n",
      'imports ./node/y.ts; only files under src/node',
    ],
    [
      "another package's part for Node",
      "export { y } from '@unroll/text/node';\n",
      'imports @unroll/text/node; only files under src/node',
      { peerDependencies: { '@unroll/text': '1' } },
    ],
    [
      'an undeclared package, later',
      "export const y = () => import('left-pad');\n",
      'imports left-pad, which package.json does not declare',
    ],
  ])('finds %s', async (_, source, message, manifest = {}) => {
    expect((await checkImports(layers(source, manifest))).join('\n')).toContain(message);
  });

  it('does not take text for an import', async () => {
    const text =
      "export const text = `\nimport { y } from 'left-pad';\n`;\n// import { y } from 'left-pad';\n";
    expect(await checkImports(layers(text))).toEqual([]);
  });

  it('lets Node modules into src/node, apps and benchmarks, and nowhere into training', async () => {
    const source = "import { join } from 'node:path';\nexport const j = join;\n";
    const root = (file: string, name = '@unroll/a') =>
      workspace({ [`${file.split('/').slice(0, 2).join('/')}/package.json`]: { name }, [file]: source });
    expect(await checkImports(root('packages/a/src/node/a.ts'))).toEqual([]);
    expect(await checkImports(root('packages/a/bench/a.ts'))).toEqual([]);
    expect(await checkImports(root('apps/a/src/a.ts'))).toEqual([]);
    expect(await checkImports(root('packages/a/src/a.ts'))).toHaveLength(1);
    expect(await checkImports(root('packages/training/src/node/a.ts', '@unroll/training'))).toHaveLength(1);
  });

  it('holds tests, benchmarks and settings against the dependencies of development', async () => {
    const source = "import y from 'left-pad';\nexport const z = y;\n";
    for (const file of ['src/x.test.ts', 'bench/x.ts', 'vitest.config.ts']) {
      expect(await checkImports(layers(source, {}, file))).toEqual([
        `packages/layers/${file}: imports left-pad, which package.json does not declare for it`,
      ]);
      expect(await checkImports(layers(source, { devDependencies: { 'left-pad': '1' } }, file))).toEqual([]);
    }
  });

  it('finds a dependency that nothing imports, and an index that does more than re-export', async () => {
    const declared = { dependencies: { '@unroll/tensor': '1', 'left-pad': '1' } };
    expect(await checkImports(layers('export {};\n', declared))).toEqual([
      'packages/layers/package.json: declares left-pad and never imports it',
    ]);
    const peers = { peerDependencies: { 'left-pad': '1' } };
    expect((await checkImports(layers('export {};\n', peers))).join()).toContain('declares left-pad');
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

  it('sees what an entry point exports in other ways', () => {
    const root = workspace({
      'packages/a/package.json': { name: '@unroll/a', exports: { '.': { types: './dist/index.d.ts' } } },
      'packages/a/dist/index.d.ts':
        "export * from './f.js';\nexport { Outside } from 'elsewhere';\ndeclare const hidden: 1;\nexport declare const shown: 2;\n",
      'packages/a/dist/f.d.ts': "export { g as h } from './g.js';\nexport declare function f(): void;\n",
      'packages/a/dist/g.d.ts': 'export declare function g(x: 1): 1;\nexport declare function g(x: 2): 2;\n',
    });
    checkExports(root, join(root, 'snapshots'), true);
    expect(readFileSync(join(root, 'snapshots/a.txt'), 'utf8')).toBe(
      [
        '## @unroll/a',
        "export { Outside } from 'elsewhere';",
        'export declare function f(): void;',
        '// as h\nexport declare function g(x: 1): 1;\nexport declare function g(x: 2): 2;',
        'export declare const shown: 2;\n',
      ].join('\n\n'),
    );
  });

  it('shows a line that goes although another declaration has the same, and a package that is gone', () => {
    const type = (name: string, body: string) => `export interface ${name} {\n${body}}\n`;
    const face = (body: string) => ({
      'packages/a/package.json': { name: '@unroll/a', exports: { '.': { types: './dist/index.d.ts' } } },
      'packages/a/dist/index.d.ts': type('A', '    x: number;\n') + type('B', body),
    });
    const root = workspace(face('    x: number;\n'));
    checkExports(root, join(root, 'snapshots'), true);
    const changed = workspace({ ...face(''), 'snapshots/old.txt': '## @unroll/old\n' });
    cpSync(join(root, 'snapshots'), join(changed, 'snapshots'), { recursive: true });
    expect(checkExports(changed, join(changed, 'snapshots'), false)).toEqual([
      'a.txt: the public exports changed\n    export interface B {\n  -     x: number;',
      'old.txt: no published package has this name',
      expect.stringContaining('run pnpm exports:update'),
    ]);
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

  it('packs, and finds what publint and attw find', async () => {
    const root = workspace({
      LICENSE: 'MIT',
      'packages/a/package.json': {
        ...good,
        name: '@unroll/a',
        version: '1.0.0',
        files: ['dist'],
        exports: {
          '.': { types: './dist/index.d.ts', default: './dist/index.js' },
          './b': { default: './dist/missing.js' },
        },
      },
      'packages/a/README.md': '# a',
      'packages/a/LICENSE': 'MIT',
      'packages/a/dist/index.js': 'export const a = 1;\n',
      'packages/a/dist/index.d.ts': 'export declare const a = 1;\n',
      'packages/b/package.json': { name: '@unroll/b', version: '1.0.0', private: true },
    });
    const [packed, ...others] = await packAll(root, join(root, 'tarballs'));
    expect(others).toEqual([]);
    expect(packed?.problems).toEqual([]);
    const problems = packed ? await checkTarball(root, packed) : [];
    expect(problems.filter((problem) => problem.startsWith('@unroll/a: publint: '))).not.toEqual([]);
    expect(problems.filter((problem) => problem.startsWith('@unroll/a: attw:'))).not.toEqual([]);
    expect(problems.filter((problem) => !/: (publint|attw):/.test(problem))).toEqual([]);
  });
});

describe('the bundle sizes', () => {
  it('finds a bundle over its budget, and a source that should not be in one', async () => {
    // As a package has it: one file, with a map that says which part came from where.
    const built = await build({
      stdin: {
        contents: "export * from './small.js'; export * from './reference.js';",
        resolveDir: sources(),
      },
      bundle: true,
      write: false,
      format: 'esm',
      sourcemap: 'inline',
      outdir: '.',
    });
    const check = (budgets: object[]) => {
      const root = workspace({
        'package.json': { sideEffects: false },
        'dist.js': built.outputFiles[0]?.text ?? '',
        'budgets.json': budgets,
      });
      return checkSizes(join(root, 'budgets.json'), root);
    };
    const all = { name: 'all', code: "export * from './dist.js';", limit: 1000 };
    const part = { name: 'part', code: "export { x } from './dist.js';", limit: 1000, without: 'reference' };
    expect((await check([all, part])).problems).toEqual([]);

    const drags = { ...part, code: "export { y } from './dist.js';" };
    expect((await check([drags])).problems.join()).toMatch(/^part: \S*reference\.js is in the bundle/);
    expect((await check([part])).problems.join()).toContain(
      "no budget's bundle holds a source with reference",
    );
    expect((await check([{ ...all, limit: 10 }])).problems.join()).toMatch(
      /^all: \d+ bytes gzip, the budget is 10/,
    );
  });

  it('counts what is loaded at once, in whichever file, and not what is loaded later', async () => {
    const root = workspace({
      'shared.js': `export const shared = '${unlikely(3000)}';`,
      'later.js': `import { shared } from './shared.js'; export const later = shared + '${unlikely(9000)}';`,
      'budgets.json': [
        {
          name: 'both',
          code: "export { shared } from './shared.js'; export const later = () => import('./later.js');",
          limit: 0,
        },
      ],
    });
    const [problem] = (await checkSizes(join(root, 'budgets.json'), root)).problems;
    const size = Number(/both: (\d+) bytes/.exec(problem ?? '')?.[1]);
    expect(size).toBeGreaterThan(2000);
    expect(size).toBeLessThan(5000);
  });
});

const sources = () =>
  workspace({ 'small.js': 'export const x = 1;', 'reference.js': "export const y = 'a backend';" });

/** Text that gzip cannot make much smaller: three quarters of it stay. */
const unlikely = (length: number) =>
  createHash('shake256', { outputLength: length }).update('seed').digest('base64').slice(0, length);

describe('the clean installation', () => {
  it('finds a tarball that cannot be installed, and a program that fails', async () => {
    const root = workspace({});
    const missing = [{ name: 'a', tarball: join(root, 'missing.tgz') }];
    expect((await install(missing, join(root, 'one'), [], [])).join()).toContain('npm install failed');
    const failing = await install(
      [],
      join(root, 'two'),
      [process.execPath],
      [{ command: ['node', '-e', 'process.exit(1)'] }],
    );
    expect(failing.join()).toContain('failed');
    const differing = await install(
      [],
      join(root, 'three'),
      [process.execPath, process.execPath],
      [{ command: ['node', '-e', 'console.log(process.pid)'] }],
    );
    expect(differing.join()).toContain('prints different things');
    const wrong = await install(
      [],
      join(root, 'four'),
      [process.execPath],
      [{ command: ['node', '-e', 'console.log(1)'], prints: '2' }],
    );
    expect(wrong.join()).toContain('expected 2, got 1');
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

describe('the run of all steps', () => {
  it('goes on after a failure, but not with what needs what failed, and shows what was found', async () => {
    const lines: string[] = [];
    const step = (what: string, problems: string[], needs: string[] = []) => ({
      what,
      needs,
      run: async () => ({ problems }),
    });
    const thrown = { what: 'd', run: () => Promise.reject(new Error('boom')) };
    const steps = {
      a: step('build', ['x.ts: broken']),
      b: step('b', [], ['a']),
      c: step('c', []),
      d: thrown,
      e: step('e', [], ['b']),
    };
    const result = await runSteps(steps, Object.keys(steps), (line) => lines.push(line));
    expect(result).toEqual({ passed: ['c'], failed: ['a', 'd'], skipped: ['b', 'e'] });
    const text = lines.join('\n');
    expect(text).toMatch(/^FAIL {2}build .* s\nx\.ts: broken\n/);
    expect(text).toMatch(/^skipped {2}b: it needs what did not pass, build$/m);
    expect(text).toMatch(/^ok {4}c .* s$/m);
    expect(text).toContain('Error: boom');
  });

  it.each([[['--only', 'nonsense']], [['--only']], [['--update']], [['--olny', 'size']]])(
    'refuses %j',
    async (args) => {
      const check = fileURLToPath(new URL('../check.mjs', import.meta.url));
      const { code, output } = await runCommand(process.execPath, [check, ...args], { cwd: tmpdir() });
      expect(code).toBe(2);
      expect(output).toMatch(/^check: /);
    },
  );
});

describe('npm start', () => {
  const where = { from: '/home/me/here', root: '/home/me', ownText: () => 'runs/own.txt', out: 'runs/now' };
  const started = (...given: string[]) => startArguments(given, where);
  const recipe = ['--recipe', 'char', '--sample-size', '200'];

  it('trains on its own text where nothing is said', () => {
    expect(started()).toEqual(['train', '--data', 'runs/own.txt', '--out', 'runs/now', ...recipe]);
  });

  it('takes paths from where the person is, as many as there are, and leaves standard input alone', () => {
    expect(started('--data', 'a.txt', '../b.txt', '--threads', '2', '--out=mine')).toEqual([
      ...['train', ...recipe, '--data', 'here/a.txt', 'b.txt', '--threads', '2', '--out=here/mine'],
    ]);
    expect(started('--data', '-', '--valid', '..', '--recipe', 'hour', '--sample-size=0')).toEqual([
      ...['train', '--out', 'runs/now', '--data', '-', '--valid', '.', '--recipe', 'hour', '--sample-size=0'],
    ]);
  });

  it('adds nothing to what a configuration file says', () => {
    expect(started('--config', 'my.yaml')).toEqual(['train', '--config', 'here/my.yaml']);
  });
});
