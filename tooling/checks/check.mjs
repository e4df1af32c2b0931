#!/usr/bin/env node
/**
 * Everything that must hold: what `npm test` runs. A line for each step; the whole output of a step that fails.
 *
 *   npm test -- --only <step>
 *   node tooling/checks/check.mjs --only exports --update
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkCleanInstall } from './src/clean-install.mjs';
import { checkExports } from './src/exports.mjs';
import { checkImports } from './src/imports.mjs';
import { checkTarball, packAll } from './src/pack.mjs';
import { runCommand } from './src/run-command.mjs';
import { runSteps } from './src/run-steps.mjs';
import { checkSizes } from './src/size.mjs';
import { collectResults, forgetResults } from './src/test-results.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const { only, update } = readArgs();
const temporary = mkdtempSync(join(tmpdir(), 'unroll-check-'));
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.env.TURBO_TELEMETRY_DISABLED = '1';
process.env.DO_NOT_TRACK = '1';

/** A step that is a command. */
const command =
  (name, ...args) =>
  async () => {
    const { code, output } = await runCommand(name, args, { cwd: root });
    return { problems: code === 0 ? [] : [output] };
  };
const turbo = (...args) =>
  command('turbo', 'run', ...args, '--output-logs=errors-only', '--log-order=grouped');

/** Packed once, for two steps. */
let packed;
const tarballs = () => {
  packed ??= packAll(root, join(temporary, 'tarballs'));
  return packed;
};

const tests = { passed: 0, failed: 0, skipped: [] };

/** @type {Record<string, import('./src/run-steps.mjs').Step>} */
const steps = {
  lint: {
    what: 'format and lint',
    run: command('biome', 'ci', '.', '--colors=off', '--max-diagnostics=none'),
  },
  build: { what: 'build', run: turbo('build') },
  types: { what: 'types', run: turbo('typecheck') },
  unit: {
    what: 'tests',
    run: async () => {
      forgetResults(root);
      const { problems } = await turbo('test', '--concurrency=2', '--continue')();
      const { missing, ...results } = collectResults(root);
      Object.assign(tests, results);
      const silent = missing.map((folder) => `${folder}: its tests wrote no results`);
      return {
        problems: [...problems, ...silent],
        show: results.skipped.map((name) => `skipped  ${name}`).join('\n'),
      };
    },
  },
  site: {
    what: 'the site in a browser',
    needs: ['build'],
    run: async () => {
      const { findChromium } = await import('@unroll/browser-checks/find-chromium');
      try {
        findChromium(process.env);
      } catch (error) {
        tests.skipped.push('the site in a browser');
        return { problems: [], show: `skipped  the site in a browser: ${error.message}` };
      }
      return turbo('site')();
    },
  },
  imports: { what: 'imports', run: async () => ({ problems: await checkImports(root) }) },
  exports: {
    what: 'public exports',
    needs: ['build'],
    run: async () => ({ problems: checkExports(root, join(here, 'snapshots'), update) }),
  },
  pack: {
    what: 'packages (publint, attw)',
    needs: ['build'],
    run: async () => {
      const all = await tarballs();
      const found = [];
      for (const each of all)
        found.push(...each.problems, ...(each.problems.length > 0 ? [] : await checkTarball(root, each)));
      return { problems: found };
    },
  },
  size: {
    what: 'bundle sizes',
    needs: ['build'],
    run: async () => {
      const { table, problems } = await checkSizes(join(here, 'budgets.json'), here);
      return { problems, show: only === 'size' || problems.length > 0 ? table : '' };
    },
  },
  install: {
    what: 'clean install, Node 20 and 24',
    needs: ['build'],
    run: async () => ({ problems: await checkCleanInstall(await tarballs(), join(temporary, 'install')) }),
  },
};

if (only !== undefined && !Object.hasOwn(steps, only)) {
  console.error(`check: expected --only ${Object.keys(steps).join(' | ')}, got ${only}`);
  process.exit(2);
}
const wanted = only === undefined ? Object.keys(steps) : [...(steps[only].needs ?? []), only];
const { passed, failed, skipped } = await runSteps(steps, wanted, console.log);

if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}; one alone: npm test -- --only <step>`);
const counts = [
  `${tests.passed + passed.length} passed`,
  `${tests.failed + failed.length} failed`,
  `${tests.skipped.length + skipped.length} skipped`,
];
console.log(`\n${counts.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function readArgs() {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, update: { type: 'boolean' } } });
    if (values.update && values.only !== 'exports') throw new Error('--update goes with --only exports');
    return values;
  } catch (error) {
    console.error(`check: ${error.message}`);
    process.exit(2);
  }
}
