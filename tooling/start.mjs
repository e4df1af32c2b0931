#!/usr/bin/env node
/**
 * What `npm start` does: trains a small character model on this repository's own text (or, with `--data`, on yours) in a
 * minute or two, and says which `unroll train` that was. All options of `unroll train` may follow: `npm start -- --data my.txt`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startArguments } from './checks/src/start-arguments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const has = (option) => given.some((word) => word === option || word.startsWith(`${option}=`));

const textFiles = new Set(['.ts', '.mjs', '.js', '.py', '.md']);
const notOurs = new Set(['node_modules', 'dist', 'runs', '.git', '.pnpm', '.turbo']);

/** Builds what is not built yet; its output is of interest only where it fails. */
function build() {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const { status, stdout, stderr } = spawnSync(
    turbo,
    ['run', 'build', '--filter=@unroll/trainer', '--output-logs=errors-only'],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status === 0) return;
  console.error(`${stdout}${stderr}\nunroll: the build failed`);
  process.exit(1);
}

/** The paths of the repository's own files; without git, of all that lie in it. */
function ownFiles() {
  try {
    const listed = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.toString().split('\0').filter(Boolean);
  } catch {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
      .filter((path) => !path.split(/[\\/]/).some((part) => notOurs.has(part)));
  }
}

/** All of it as one text. Files follow each other in a mixed order, so that the part held back resembles the rest. */
function repositoryText() {
  const mixed = (path) => createHash('sha256').update(path).digest('hex');
  const paths = ownFiles()
    .filter((path) => textFiles.has(extname(path)) && existsSync(join(root, path)))
    // Hundreds of Hangul syllables, each a character of its own, would be too much for a minute's model.
    .filter((path) => !/[\\/]ko[\\/.]/.test(path))
    .sort((a, b) => (mixed(a) < mixed(b) ? -1 : 1));
  const path = join('runs', 'repository.txt');
  mkdirSync(join(root, 'runs'), { recursive: true });
  writeFileSync(join(root, path), paths.map((name) => readFileSync(join(root, name), 'utf8')).join('\n'));
  return path;
}

// npm takes options for itself that do not follow a `--`, and tells of them only here.
if (process.env.npm_config_data && !has('--data')) {
  console.error(
    `npm kept --data for itself; put two dashes before it: npm start -- --data ${process.env.npm_config_data}`,
  );
  process.exit(2);
}
build();
const { main } = await import('../apps/trainer/dist/index.js');
const stamp = new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
const args = startArguments(given, {
  from: process.env.INIT_CWD ?? process.cwd(), // npm remembers where the person is, and runs scripts in the root
  ...{ root, ownText: repositoryText, out: join('runs', stamp) },
});
process.chdir(root);
if (!has('--help') && !has('-h')) console.error(`This is: unroll ${args.join(' ')}\n`);
process.exitCode = await main(args, 'node apps/trainer/bin/unroll.js');
