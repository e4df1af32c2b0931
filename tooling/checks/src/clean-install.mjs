import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

/** A release of Node 20, for machines that have none. */
const OLD_NODE = '20.19.5';

/**
 * Installs packed packages with plain npm into a folder outside the workspace, and uses them there on two versions of Node.
 * @param {{ name: string, tarball: string }[]} packed
 * @param {string} target an empty folder
 * @returns {Promise<string[]>} the problems
 */
export async function checkCleanInstall(packed, target) {
  const nodes = [process.execPath, await oldNode(join(target, 'node20'))];
  const few = packed.filter(({ name }) => ['@unroll/tensor', '@unroll/layers'].includes(name));
  return [
    ...(await install(few, join(target, 'two'), nodes, [['layer.mjs']])),
    ...(await install(
      packed.filter(({ name }) => name !== '@unroll/conformance'),
      join(target, 'all'),
      nodes,
      [['layer.mjs'], ['node_modules/@unroll/trainer/bin/unroll.js', '--version']],
    )),
  ];
}

/**
 * @param {{ name: string, tarball: string }[]} packed
 * @param {string} folder
 * @param {string[]} nodes paths of Node
 * @param {string[][]} programs what each of them runs there; all must print the same
 */
export async function install(packed, folder, nodes, programs) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  copyFileSync(
    fileURLToPath(new URL('../clean-install-script.mjs', import.meta.url)),
    join(folder, 'layer.mjs'),
  );
  // Neither pnpm's settings nor the workspace's conditions may reach it.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm|pnpm)_|^NODE_OPTIONS$/i.test(key)),
  );
  const tarballs = packed.map(({ tarball }) => tarball);
  const installed = await runCommand(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs],
    { cwd: folder, env },
  );
  if (installed.code !== 0) return [`npm install failed in a fresh folder\n${installed.output}`];

  const problems = [];
  for (const program of programs) {
    const printed = [];
    for (const node of nodes) {
      const { code, output } = await runCommand(node, program, { cwd: folder, env });
      if (code !== 0) problems.push(`${node} ${program.join(' ')} failed\n${output}`);
      printed.push(output);
    }
    if (new Set(printed).size > 1)
      problems.push(`${program.join(' ')} prints different things:\n${printed.join('\n')}`);
  }
  return problems;
}

/** The path of a Node 20: the machine's own, or one from the npm registry. */
async function oldNode(folder) {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(place, 'node');
    if (!existsSync(node)) continue;
    const { output } = await runCommand(node, ['--version'], { cwd: process.cwd() });
    if (output.startsWith('v20.')) return node;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const { code, output } = await runCommand(
    'npm',
    ['install', '--no-audit', '--no-fund', `${name}@${OLD_NODE}`],
    { cwd: folder },
  );
  if (code !== 0)
    throw new Error(`no Node 20 on this machine, and ${name}@${OLD_NODE} could not be installed\n${output}`);
  return join(folder, 'node_modules', name, 'bin', 'node');
}
