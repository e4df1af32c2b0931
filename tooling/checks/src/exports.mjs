import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  return packagesOf(root)
    .filter(isPublished)
    .flatMap((package_) => {
      const file = join(snapshots, `${package_.folder.replace('/', '-')}.txt`);
      const now = publicFace(package_);
      if (update) {
        writeFileSync(file, now);
        return [];
      }
      const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (before === now) return [];
      return [
        `${package_.manifest.name}: the public exports changed; if they are meant to, run pnpm exports:update\n${difference(before, now)}`,
      ];
    });
}

/** Each entry point with the names it exports and their declarations. */
function publicFace({ path, manifest }) {
  const exports = manifest.publishConfig?.exports ?? manifest.exports ?? {};
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  return entries
    .map(([entry, { types }]) => {
      const names = [...exportsOf(join(path, types))].sort(([a], [b]) => (a < b ? -1 : 1));
      return `## ${manifest.name}${entry.slice(1)}\n\n${names.map(([, text]) => text).join('\n\n')}\n`;
    })
    .join('\n');
}

/** @returns {Map<string, string>} name to declaration */
function exportsOf(file) {
  const found = new Map();
  if (!existsSync(file)) throw new Error(`${file} is missing; build first`);
  const source = readFileSync(file, 'utf8');
  for (const [, names, from] of source.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g)) {
    const target = resolve(dirname(file), from.replace(/\.(js|ts)$/, '.d.ts'));
    const declared = declarationsOf(target);
    for (const item of names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)) {
      const [name, as = name] = item.replace(/^type\s+/, '').split(/\s+as\s+/);
      found.set(as, declared.get(name) ?? `${as} (declared elsewhere)`);
    }
  }
  return found;
}

/** Top-level declarations of a .d.ts file without their comments. */
function declarationsOf(file) {
  const declared = new Map();
  const source = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\n/gm, '');
  const starts = [
    ...source.matchAll(
      /^(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(class|function|const|interface|type)\s+([\w$]+)/gm,
    ),
  ];
  for (const [i, match] of starts.entries()) {
    const next = /^(?:export|declare|import|interface|type|class|function|const)\b/gm;
    next.lastIndex = match.index + match[0].length;
    const end = next.exec(source)?.index ?? source.length;
    const text = source.slice(match.index, Math.min(end, starts[i + 1]?.index ?? source.length)).trimEnd();
    declared.set(match[2], declared.has(match[2]) ? `${declared.get(match[2])}\n${text}` : text);
  }
  return declared;
}

/** The lines that only one of the two has. */
function difference(before, now) {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `  - ${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
  ].join('\n');
}
