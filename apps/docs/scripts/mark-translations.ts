/**
 * Says of Korean pages that they translate the English ones as they are now: `pnpm run translated guides/sizes`, or all of them without a name.
 * Run it when a translation has been brought up to date, and only then.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { content } from '../src/build/root.ts';
import { markTranslated, versionOf } from '../src/build/translation.ts';

const wanted = process.argv.slice(2);
for (const name of readdirSync(join(content, 'ko'), { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.md') || (wanted.length > 0 && !wanted.includes(name.replace(/\.md$/, '')))) continue;
  const path = join(content, 'ko', name);
  writeFileSync(
    path,
    markTranslated(readFileSync(path, 'utf8'), versionOf(readFileSync(join(content, name), 'utf8'))),
  );
}
