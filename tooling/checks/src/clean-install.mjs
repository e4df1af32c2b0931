import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

/** A release of Node 20, for machines that have none. */
const OLD_NODE = '20.19.5';

/**
 * Installs packed packages with plain npm into folders outside the workspace, and uses them there on two versions of Node.
 * @param {{ name: string, version: string, tarball: string }[]} packed every published package
 * @param {string} target an empty folder
 * @returns {Promise<string[]>} the problems
 */
export async function checkCleanInstall(packed, target) {
  const nodes = [process.execPath, await oldNode(join(target, 'node20'))];
  const two = packed.filter(({ name }) => ['@unroll/tensor', '@unroll/layers'].includes(name));
  const trainer = packed.find(({ name }) => name === '@unroll/trainer');
  const layer = { command: ['node', 'layer.mjs'] };
  const version = { command: ['npx', '--no-install', 'unroll', '--version'], prints: trainer?.version };
  return [
    ...(await install(two, join(target, 'two'), nodes, [layer])),
    ...(await install(packed, join(target, 'all'), nodes, [layer, version])),
  ];
}

/**
 * @param {{ tarball: string }[]} packed
 * @param {string} folder
 * @param {string[]} nodes paths of Node
 * @param {{ command: string[], prints?: string }[]} programs what runs there on each Node; all must print the same
 * @returns {Promise<string[]>} the problems
 */
export async function install(packed, folder, nodes, programs) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  copyFileSync(
    fileURLToPath(new URL('../clean-install-script.mjs', import.meta.url)),
    join(folder, 'layer.mjs'),
  );
  const installed = await npmInstall(
    folder,
    packed.map(({ tarball }) => tarball),
  );
  if (installed.code !== 0) return [`npm install failed in a fresh folder\n${installed.output}`];

  const problems = [];
  for (const { command, prints } of programs) {
    const [name, ...args] = command;
    const shown = command.join(' ');
    const printed = [];
    for (const node of nodes) {
      const { code, output } = await runCommand(name, args, { cwd: folder, env: plainEnv(dirname(node)) });
      if (code !== 0) problems.push(`${shown} failed on ${node}\n${output}`);
      printed.push(output.trim());
    }
    if (new Set(printed).size > 1)
      problems.push(`${shown} prints different things on ${nodes.join(' and ')}:\n${printed.join('\n')}`);
    else if (prints !== undefined && printed.some((output) => output !== prints))
      problems.push(`${shown}: expected ${prints}, got ${printed[0]}`);
  }
  return problems;
}

const npmInstall = (folder, what) =>
  runCommand('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...what], {
    cwd: folder,
    env: plainEnv(),
  });

/**
 * Neither pnpm's settings nor the workspace's programs and conditions may reach what runs outside of it.
 * npm looks for its global settings (a proxy, a certificate) beside the Node that runs it: it must be the machine's own.
 */
function plainEnv(...first) {
  const kept = Object.entries(process.env).filter(([key]) => !/^(npm|pnpm)_|^NODE_OPTIONS$/i.test(key));
  const places = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((place) => !place.split(sep).includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: [...first, ...places].join(delimiter) };
}

/** The path of a Node 20: the machine's own, or one from the npm registry. */
async function oldNode(folder) {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(place, 'node');
    if (!existsSync(node)) continue;
    const { output } = await runCommand(node, ['--version'], { cwd: process.cwd() });
    const [, minor] = /^v20\.(\d+)\./.exec(output) ?? [];
    if (minor >= 19) return node;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const { code, output } = await npmInstall(folder, [`${name}@${OLD_NODE}`]);
  if (code !== 0)
    throw new Error(`no Node 20 on this machine, and ${name}@${OLD_NODE} could not be installed\n${output}`);
  return join(folder, 'node_modules', name, 'bin', 'node');
}
