import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';
import { packagesOf } from './workspace.mjs';

/** Packages that work on any backend, and so may name none. */
const backendFree = new Set(['@unroll/layers', '@unroll/losses', '@unroll/optimizers', '@unroll/rnnlm']);

/**
 * Holds what every source file imports against what its package declares.
 * @param {string} root
 * @returns {Promise<string[]>} the problems
 */
export async function checkImports(root) {
  const found = await Promise.all(packagesOf(root).map(problemsOf));
  return found.flat();
}

/** @param {import('./workspace.mjs').Package} package_ */
async function problemsOf({ folder, path, manifest }) {
  const files = sourceFiles(join(path, 'src'));
  const testFiles = [...sourceFiles(join(path, 'test')), ...sourceFiles(join(path, 'bench'))];
  const runtime = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  const all = new Set([manifest.name, ...runtime, ...Object.keys(manifest.devDependencies ?? {})]);
  const used = new Set();
  const problems = [];

  for (const file of [...files, ...testFiles]) {
    const name = `${folder}/${relative(path, file).split(sep).join('/')}`;
    const isTest = testFiles.includes(file) || /\.test\.m?ts$/.test(file);
    for (const { specifier, typeOnly } of await importsOf(file)) {
      const problem = judge(specifier, { file, path, folder, isTest, typeOnly, runtime, all });
      if (problem) problems.push(`${name}: ${problem}`);
      if (!isTest) used.add(packageName(specifier));
    }
    if (!isTest && backendFree.has(manifest.name)) {
      const source = readFileSync(file, 'utf8');
      if (/\bReferenceBackend\b/.test(withoutComments(source))) {
        problems.push(
          `${name}: names ReferenceBackend; ${manifest.name} takes any backend from the tensors it is given`,
        );
      }
    }
    if (file === join(path, 'src', 'index.ts') && folder.startsWith('packages/')) {
      const rest = withoutComments(readFileSync(file, 'utf8')).replace(
        /export\s+(type\s+)?(\*|\{[^}]*\})\s*(as\s+\w+\s*)?from\s*'[^']+';?/g,
        '',
      );
      if (rest.trim() !== '')
        problems.push(`${name}: does more than re-export: ${rest.trim().split('\n')[0]}`);
    }
  }
  if (files.length > 0 && !folder.startsWith('tooling/')) {
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (!used.has(dependency))
        problems.push(`${folder}/package.json: declares ${dependency} and never imports it`);
    }
  }
  return problems;
}

function judge(specifier, { file, path, folder, isTest, typeOnly, runtime, all }) {
  if (specifier.startsWith('.')) {
    const target = resolve(file, '..', specifier);
    return target.startsWith(path + sep) ? undefined : `imports ${specifier}, which lies outside the package`;
  }
  if (specifier.startsWith('node:')) {
    const nodeOnly = isTest || !folder.startsWith('packages/') || file.includes(`${sep}src${sep}node${sep}`);
    return nodeOnly
      ? undefined
      : `imports ${specifier}; only files under src/node may, the rest runs in browsers too`;
  }
  const name = packageName(specifier);
  if (isTest || folder.startsWith('tooling/')) {
    return all.has(name) ? undefined : `imports ${name}, which package.json does not declare`;
  }
  if (/^@unroll\/tensor-/.test(name) && backendFree.has(`@unroll/${folder.split('/')[1]}`)) {
    return `imports the backend ${name}; it takes any backend from the tensors it is given`;
  }
  if (runtime.has(name)) return undefined;
  if (typeOnly && all.has(name)) return undefined;
  return `imports ${name}, which is not among the dependencies`;
}

/**
 * The specifiers of a file: what esbuild keeps of it, and imports of types, which it drops.
 * @param {string} file
 */
async function importsOf(file) {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      {
        name: 'external',
        setup: ({ onResolve }) =>
          onResolve({ filter: /.*/ }, ({ kind, path: specifier }) =>
            kind === 'entry-point' ? undefined : { path: specifier, external: true },
          ),
      },
    ],
  });
  const kept = new Set(
    Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  );
  // Statements begin a line; what else looks like one is text.
  const statement = /^(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'/gm;
  const written = withoutComments(readFileSync(file, 'utf8')).matchAll(statement);
  const specifiers = new Set([...kept, ...[...written].map(([, specifier]) => specifier)]);
  return [...specifiers].map((specifier) => ({ specifier, typeOnly: !kept.has(specifier) }));
}

const withoutComments = (source) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function sourceFiles(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && /\.(ts|mts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
      )
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
