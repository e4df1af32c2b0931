import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const here = import.meta.dirname;
const names = [
  'train-contender',
  'products-contender',
  'generate-contender',
  'growth-contender',
  'cold-start',
];

/**
 * The programs that are measured, as plain JavaScript beside their sources: what Node needs to run TypeScript would count as their
 * memory and their time.
 */
const folder = mkdtempSync(join(here, '..', 'node_modules', '.bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
buildSync({
  entryPoints: names.map((name) => join(here, `${name}.${name === 'cold-start' ? 'mjs' : 'ts'}`)),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node24',
});

export const programOf = (name: string): string => join(folder, `${name}.mjs`);

/** Node's arguments for the program that takes recipes from the trainer's sources, and so everything from sources. */
export const recipesProgram: readonly string[] = [
  '--conditions=@unroll/source',
  '--disable-warning=ExperimentalWarning',
  join(here, 'recipes-contender.ts'),
];
