#!/usr/bin/env node
/**
 * Runs pnpm at the version that package.json pins, on a machine that has only Node and npm.
 *
 *   node tooling/with-pnpm.mjs run check
 *
 * The first call installs pnpm into .pnpm/ (git-ignored) and then the workspace's dependencies; later calls
 * find both there. Outside this folder only npm's cache and pnpm's store, in the home folder, are written to.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = manifest.packageManager.split('@')[1];
const home = join(root, '.pnpm', version);
const binaries = join(home, 'node_modules', '.bin');
const isWindows = process.platform === 'win32';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `unroll: needs Node 20.19 or newer, this is ${process.versions.node}. Install a newer Node and try again.`,
  );
  process.exit(1);
}

// npm hands its own settings down as npm_* variables; pnpm would read some of them as its own.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
env.PATH = [binaries, env.PATH].join(delimiter);
env.TURBO_TELEMETRY_DISABLED = '1';
env.DO_NOT_TRACK = '1';

/** Runs a command to its end; spawn rather than spawnSync, which would keep signals from arriving. */
function run(command, args, { cwd = process.cwd(), quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: isWindows,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 143), output }));
  });
}

async function step(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) {
    console.error(output);
    console.error(`unroll: could not ${what} (exit code ${code}). Is the npm registry reachable from here?`);
    process.exit(code);
  }
}

async function installPnpm() {
  if (existsSync(join(home, 'ready'))) return;
  console.error(`unroll: installing pnpm ${version} into .pnpm/ (once)`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true }));
  // npm may refuse to run install scripts, so pnpm's is called by hand.
  await step(
    'install pnpm',
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', `pnpm@${version}`],
    {
      cwd: home,
      quiet: true,
    },
  );
  await step('set up pnpm', process.execPath, ['install.js'], {
    cwd: join(home, 'node_modules', 'pnpm'),
    quiet: true,
  });
  writeFileSync(join(home, 'ready'), '');
}

async function installWorkspace() {
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'));
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'));
  const stamp = join(root, 'node_modules', '.unroll-installed');
  const wanted = createHash('sha256').update(lockfile).update(workspace).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('unroll: installing dependencies');
  await step(
    'install the dependencies',
    'pnpm',
    ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'],
    { cwd: root, quiet: true },
  );
  writeFileSync(stamp, wanted);
}

// The child gets the same Ctrl-C from the terminal; this process waits for it to end in its own way.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

await installPnpm();
const args = process.argv.slice(2);
if (args[0] === 'install') {
  process.exit((await run('pnpm', args, { cwd: root })).code);
}
await installWorkspace();
process.exit((await run('pnpm', args)).code);
