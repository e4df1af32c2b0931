import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the site says in one language, as plain prose: the text that its own small models learn. */
export function siteText(content: string, lang: 'en' | 'ko'): string {
  const pages = readdirSync(content, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !name.startsWith('generated/'))
    .filter((name) => name.startsWith('ko/') === (lang === 'ko'))
    .sort();
  return `${pages.map((name) => proseOf(readFileSync(join(content, name), 'utf8'))).join('\n\n')}\n`;
}

/** A page without its code, formulas, pictures and marks; of a reading, what is said of its lines. */
export function proseOf(markdown: string): string {
  return markdown
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/^```(read|broken)[^\n]*\n([\s\S]*?)^```$/gm, (_, __, notes: string) =>
      notes.replace(/^.*? \| /gm, ''),
    )
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/\$\$[\s\S]*?\$\$/g, '')
    .replace(/\$[^$\n]+\$/g, '')
    .replace(/<[^>]+>/g, '')
    .replace(/^\|.*\|$/gm, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/^#+ /gm, '')
    .replace(/[`*_]/g, '')
    .replace(/\n(?=[^\n-])(?<=[^\n]\n)/g, ' ')
    .replace(/[^\S\n]+([.,:;)])/g, '$1')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n{2,}/g, '\n')
    .trim();
}
