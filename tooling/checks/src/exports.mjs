import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isPublished, packagesOf } from './workspace.mjs';

/**
 * Holds the public exports of every published package, as its built declarations give them, against the snapshot of them.
 * @param {string} root
 * @param {string} snapshots the folder of the snapshots
 * @param {boolean} update write instead of compare
 * @returns {string[]} the problems
 */
export function checkExports(root, snapshots, update) {
  mkdirSync(snapshots, { recursive: true });
  const faces = new Map(
    packagesOf(root)
      .filter(isPublished)
      .map((package_) => [`${package_.manifest.name.split('/').pop()}.txt`, publicFace(package_)]),
  );
  const stale = readdirSync(snapshots).filter((file) => !faces.has(file));
  if (update) {
    for (const file of stale) rmSync(join(snapshots, file));
    for (const [file, now] of faces) writeFileSync(join(snapshots, file), now);
    return [];
  }
  const changes = [...faces].flatMap(([file, now]) => {
    const path = join(snapshots, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return before === now ? [] : [`${file}: the public exports changed\n${difference(before, now)}`];
  });
  const problems = [...changes, ...stale.map((file) => `${file}: no published package has this name`)];
  return problems.length === 0
    ? []
    : [
        ...problems,
        'If these changes are meant, run pnpm exports:update and commit tooling/checks/snapshots.',
      ];
}

/** Each entry point with the names it exports and their declarations. */
function publicFace({ path, manifest }) {
  const exports = manifest.publishConfig?.exports ?? manifest.exports ?? {};
  return Object.entries(exports)
    .filter(([, target]) => target.types)
    .map(([entry, { types }]) => {
      const names = [...exportsOf(join(path, types))].sort(([a], [b]) => (a < b ? -1 : 1));
      const blocks = names.map(([name, { from, text }]) => (from === name ? text : `// as ${name}\n${text}`));
      return `## ${manifest.name}${entry.slice(1)}\n\n${blocks.join('\n\n')}\n`;
    })
    .join('\n');
}

/**
 * What a declaration file exports, wherever it is declared.
 * @param {string} file
 * @returns {Map<string, { from: string, text: string }>} by name, with the name and the text of the declaration
 */
function exportsOf(file) {
  if (!existsSync(file)) throw new Error(`${file} is missing; build first`);
  const source = withoutComments(readFileSync(file, 'utf8'));
  const declared = declarationsIn(source);
  const found = new Map();
  for (const [name, text] of declared) {
    if (text.startsWith('export ')) found.set(name, { from: name, text });
  }
  const lists = /^export\s+(?:type\s+)?(\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*(?:from\s*['"]([^'"]+)['"])?/gm;
  for (const [statement, list, from] of source.matchAll(lists)) {
    const target = from?.startsWith('.')
      ? exportsOf(resolve(dirname(file), from.replace(/\.(js|ts)$/, '.d.ts')))
      : undefined;
    if (list === '*') {
      for (const [name, each] of target ?? [[`* from ${from}`, { from: `* from ${from}`, text: statement }]])
        found.set(name, each);
      continue;
    }
    if (list.startsWith('*')) {
      const name = list.split(/\s+/).pop();
      found.set(name, { from: name, text: statement });
      continue;
    }
    for (const item of list.slice(1, -1).split(',')) {
      const [name, as = name] = item
        .trim()
        .replace(/^type\s+/, '')
        .split(/\s+as\s+/);
      if (name === '') continue;
      const local = declared.has(name) ? { from: name, text: declared.get(name) } : undefined;
      const elsewhere = { from: name, text: `export { ${name} }${from ? ` from '${from}'` : ''};` };
      found.set(as, (target ? target.get(name) : local) ?? elsewhere);
    }
  }
  return found;
}

const withoutComments = (source) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\n/gm, '');

/**
 * Top-level declarations; those of an overloaded function together.
 * @param {string} source of a .d.ts file
 * @returns {Map<string, string>} text by name
 */
function declarationsIn(source) {
  const declared = new Map();
  const starts = [
    ...source.matchAll(
      /^(?:(?:export|declare|abstract)\s+)*(?:(?:class|function|const|interface|type)\s+([\w$]+)|import\b|export\b|module\b|global\b)/gm,
    ),
  ];
  for (const [i, { index, 1: name }] of starts.entries()) {
    if (name === undefined) continue;
    const text = source.slice(index, starts[i + 1]?.index).trimEnd();
    declared.set(name, declared.has(name) ? `${declared.get(name)}\n${text}` : text);
  }
  return declared;
}

/** What changed, line by line, each change under the declaration that it is in. */
function difference(before, now) {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  // common[i][j]: how many lines old from i on and fresh from j on share, in order.
  const common = Array.from({ length: old.length + 1 }, () => new Array(fresh.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      common[i][j] =
        old[i] === fresh[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const shown = [];
  let [i, j, heading] = [0, 0, ''];
  const show = (sign, line) => {
    if (heading !== '' && /^\s/.test(line)) shown.push(`    ${heading}`);
    if (line.trim() !== '') shown.push(`  ${sign} ${line}`);
    heading = '';
  };
  while (i < old.length || j < fresh.length) {
    if (old[i] === fresh[j] && i < old.length) {
      if (/^\S/.test(old[i]) && old[i] !== '}') heading = old[i];
      i++;
      j++;
    } else if (j === fresh.length || (i < old.length && common[i + 1][j] >= common[i][j + 1])) {
      show('-', old[i++]);
    } else show('+', fresh[j++]);
  }
  return shown.join('\n');
}
