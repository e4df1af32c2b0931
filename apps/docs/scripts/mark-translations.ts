/**
 * Says of Korean pages that they translate the English ones as they are now: `pnpm run translated guides/sizes`, or all of them without a name.
 * Run it when a translation has been brought up to date, and only then.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { content } from '../src/build/root.ts';
import { markTranslated, versionOf } from '../src/build/translation.ts';

const bare = (name: string): string => name.replace(/\.md$/, '');
const wanted = process.argv.slice(2).map(bare);
const all = readdirSync(join(content, 'ko'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);
const unknown = wanted.filter((name) => !all.map(bare).includes(name));
if (unknown.length > 0) {
  console.error(`expected Korean pages, such as ${bare(all[0])}; got ${unknown.join(', ')}`);
  process.exit(1);
}
for (const name of all) {
  if (wanted.length > 0 && !wanted.includes(bare(name))) continue;
  const path = join(content, 'ko', name);
  writeFileSync(
    path,
    markTranslated(readFileSync(path, 'utf8'), versionOf(readFileSync(join(content, name), 'utf8'))),
  );
}
