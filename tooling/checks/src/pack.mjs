import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { runCommand } from './run-command.mjs';
import { isPublished, packagesOf } from './workspace.mjs';

/**
 * Packs every published package.
 * @param {string} root
 * @param {string} target a folder for the tarballs
 * @returns {Promise<{ name: string, version: string, tarball: string, problems: string[] }[]>}
 */
export async function packAll(root, target) {
  mkdirSync(target, { recursive: true });
  const packed = [];
  for (const { path, manifest } of packagesOf(root).filter(isPublished)) {
    const { code, output } = await runCommand('pnpm', ['pack', '--pack-destination', target], { cwd: path });
    const tarball = join(
      target,
      `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`,
    );
    packed.push({
      name: manifest.name,
      version: manifest.version,
      tarball,
      problems: code === 0 ? [] : [`${manifest.name}: pnpm pack failed\n${output}`],
    });
  }
  return packed;
}

/**
 * What a user would stumble over in a packed package.
 * @param {string} root
 * @param {{ name: string, tarball: string }} packed
 * @returns {Promise<string[]>} the problems
 */
export async function checkTarball(root, { name, tarball }) {
  const listed = await runCommand('tar', ['-tzf', tarball], { cwd: root });
  if (listed.code !== 0) return [`${name}: ${tarball} cannot be read\n${listed.output}`];
  const files = listed.output
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
  const { output } = await runCommand('tar', ['-xOzf', tarball, 'package/package.json'], { cwd: root });
  const manifest = JSON.parse(output);
  const problems = [...fileProblems(files), ...manifestProblems(manifest)];

  const { messages } = await publint({
    pack: { tarball: toArrayBuffer(readFileSync(tarball)) },
    strict: true,
  });
  problems.push(
    ...messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`),
  );
  if (manifest.exports) {
    const attw = await runCommand('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'], {
      cwd: root,
    });
    if (attw.code !== 0) problems.push(`attw:\n${attw.output}`);
  }
  return problems.map((problem) => `${name}: ${problem}`);
}

/** @param {readonly string[]} files */
export function fileProblems(files) {
  const missing = ['README.md', 'LICENSE'].filter((file) => !files.includes(file));
  const unwanted = files.filter((file) => /\.test\.|(^|\/)(src|test|fixtures|bench)\//.test(file));
  return [
    ...missing.map((file) => `${file} is not in the tarball`),
    ...unwanted.map((file) => `${file} does not belong into the tarball`),
  ];
}

/** @param {Record<string, any>} manifest as it is in the tarball */
export function manifestProblems(manifest) {
  const problems = [];
  const dependencies = JSON.stringify([
    manifest.dependencies,
    manifest.peerDependencies,
    manifest.optionalDependencies,
    manifest.devDependencies,
  ]);
  for (const left of ['workspace:', 'catalog:']) {
    if (dependencies.includes(left)) problems.push(`package.json still says ${left}`);
  }
  if (JSON.stringify(manifest.exports ?? {}).includes('@unroll/source')) {
    problems.push('package.json: exports still lead to the sources');
  }
  if (manifest.type !== 'module') problems.push('package.json: expected "type": "module"');
  if (manifest.sideEffects !== false) problems.push('package.json: expected "sideEffects": false');
  if (!manifest.engines?.node) problems.push('package.json: expected "engines" to name a Node version');
  if (!manifest.license) problems.push('package.json: expected a license');
  return problems;
}

const toArrayBuffer = ({ buffer, byteOffset, byteLength }) =>
  buffer.slice(byteOffset, byteOffset + byteLength);
