import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { build } from 'esbuild';
import { packagesOf } from './workspace.mjs';

/** Packages that work on any backend, and so may name none. */
const backendFree = new Set(['@unroll/layers', '@unroll/losses', '@unroll/optimizers', '@unroll/rnnlm']);

/** Packages of which no part may need Node, not even one under src/node. */
const nodeFree = new Set(['@unroll/training']);

/** Folders that hold no sources; assembly/ is AssemblyScript, which has its own compiler and imports nothing. */
const passedOver = new Set(['node_modules', 'dist', 'assembly', 'fixtures', 'coverage']);

/**
 * Holds what every source file imports against what its package declares.
 * @param {string} root
 * @returns {Promise<string[]>} the problems
 */
export async function checkImports(root) {
  const packages = packagesOf(root);
  const found = await Promise.all(packages.map((package_) => problemsOf(package_, packages)));
  return found.flat();
}

/**
 * @param {import('./workspace.mjs').Package} package_
 * @param {import('./workspace.mjs').Package[]} packages
 */
async function problemsOf({ folder, path, manifest }, packages) {
  const isTool = folder.startsWith('tooling/');
  const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const runtime = new Set(needed);
  const all = new Set([manifest.name, ...needed, ...Object.keys(manifest.devDependencies ?? {})]);
  const used = new Set();
  const problems = [];

  for (const file of sourceFiles(path)) {
    const source = readFileSync(join(path, file), 'utf8');
    const development = isTool || !/^(src|bin)\//.test(file) || /\.test\.\w+$/.test(file);
    const nodeOnly = development || folder.startsWith('apps/') || file.startsWith('src/node/');
    const place = {
      file,
      name: manifest.name,
      declared: development ? all : runtime,
      mayUseNode: nodeOnly && (development || !nodeFree.has(manifest.name)),
      mayNameBackend: development || !backendFree.has(manifest.name),
    };
    const found = [];
    for (const specifier of await importsOf(file, source)) {
      found.push(judge(specifier, place));
      if (!development) used.add(packageName(specifier));
    }
    const code = withoutComments(source);
    if (!place.mayNameBackend && /\bReferenceBackend\b/.test(code)) {
      found.push(`names ReferenceBackend; ${manifest.name} takes any backend from the tensors it is given`);
    }
    if (!isTool && /^src\/(node\/)?index\.ts$/.test(file)) found.push(moreThanExports(code));
    problems.push(...found.filter(Boolean).map((problem) => `${folder}/${file}: ${problem}`));
  }
  // Tools are used in other ways too: as commands, and by name in data.
  // And what a sibling imports if it is there is declared by who wants it to be there.
  const peers = packages
    .filter(({ manifest: sibling }) => needed.includes(sibling.name))
    .flatMap(({ manifest: sibling }) => Object.keys(sibling.peerDependencies ?? {}));
  const unused = isTool ? [] : needed.filter((name) => !used.has(name) && !peers.includes(name));
  return [
    ...problems,
    ...unused.map((dependency) => `${folder}/package.json: declares ${dependency} and never imports it`),
  ];
}

/** What is wrong with one import, if anything. */
function judge(specifier, { file, name, declared, mayUseNode, mayNameBackend }) {
  const nodeModule = `imports ${specifier}; only files under src/node may, the rest runs in browsers too`;
  if (specifier.startsWith('.')) {
    const target = posix.join(dirname(file), specifier);
    if (target.startsWith('../')) return `imports ${specifier}, which lies outside the package`;
    return target.startsWith('src/node/') && !mayUseNode ? nodeModule : undefined;
  }
  if (specifier.startsWith('node:')) return mayUseNode ? undefined : nodeModule;
  const imported = packageName(specifier);
  if (!mayNameBackend && imported.startsWith('@unroll/tensor-')) {
    return `imports the backend ${imported}; ${name} takes any backend from the tensors it is given`;
  }
  if (!declared.has(imported)) return `imports ${imported}, which package.json does not declare for it`;
  return /^@unroll\/[^/]+\/node$/.test(specifier) && !mayUseNode ? nodeModule : undefined;
}

/**
 * Every specifier of a file. esbuild parses it, so that text which looks like an import is none; it drops imports of types,
 * hence it gets them as imports of values.
 */
async function importsOf(file, source) {
  const { metafile } = await build({
    stdin: {
      contents: source.replace(/^(import|export)\s+type\b(?=\s*[{*]|\s+\w+\s+from\b)/gm, '$1'),
      sourcefile: file,
      loader: /\.m?js$/.test(file) ? 'js' : 'ts',
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [
      {
        name: 'external',
        setup: ({ onResolve }) =>
          onResolve({ filter: /.*/ }, ({ kind, path }) =>
            kind === 'entry-point' ? undefined : { path, external: true },
          ),
      },
    ],
  });
  const parsed = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports.map(({ path }) => path))
    .filter((path) => path !== '<runtime>'); // esbuild's own, for a template that holds </script>
  // Types written as import('x').T leave no trace in what esbuild gives; in tests such text is mostly text.
  const inTypes = /\.test\.\w+$/.test(file)
    ? []
    : withoutComments(source).matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return new Set([...parsed, ...[...inTypes].map(([, specifier]) => specifier)]);
}

function moreThanExports(code) {
  const rest = code
    .replace(/export\s+(type\s+)?(\*(\s*as\s+\w+)?|\{[^}]*\})\s*from\s*(['"])[^'"]+\4;?/g, '')
    .trim();
  return rest === '' ? undefined : `does more than re-export: ${rest.split('\n')[0]}`;
}

/** Strings come first, since a pattern for files looks like the start of a comment. */
const withoutComments = (source) =>
  source.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm,
    (_, string) => string ?? '',
  );

const packageName = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Paths from the package's folder, with forward slashes. */
function sourceFiles(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const file = below + entry.name;
    if (entry.isDirectory()) {
      const isOther = passedOver.has(entry.name) || entry.name.startsWith('.');
      // A folder with dependencies of its own, as that of the benchmark's peers, is no part of the package.
      const isPackage = existsSync(join(folder, file, 'package.json'));
      return isOther || isPackage ? [] : sourceFiles(folder, `${file}/`);
    }
    return /\.(m?ts|m?js)$/.test(file) && !file.endsWith('.d.ts') ? [file] : [];
  });
}
