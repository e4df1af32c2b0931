import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** uPlot as a script that defines `uPlot`, and its style sheet, from the package that is installed; with its licence. */
export function plotLibrary(): { script: string; style: string } {
  const read = (name: string): string => readFileSync(require.resolve(`uplot/${name}`), 'utf8');
  return {
    script: `/*\n${read('LICENSE')}*/\n${read('dist/uPlot.iife.min.js')}`,
    style: read('dist/uPlot.min.css'),
  };
}
