import { readdirSync } from 'node:fs';
import { built } from './browse.ts';

/** The path of every page that VitePress made: `reading/time-lstm`, `ko/`; those of sources are made otherwise. */
export function builtPages(): string[] {
  return readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html') && !name.startsWith('source') && name !== '404.html')
    .map((name) => name.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, ''))
    .sort();
}
