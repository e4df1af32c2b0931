/**
 * Short runs that differ from a recipe in one thing each: what a choice is worth before an hour goes into it. On the validation text alone.
 *
 *     pnpm --filter @unroll/results run search [--only batch,head] [--data folder]
 *
 * Prints a table. A run that is there already is not made again: runs/search has them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count } from '@unroll/trainer/src/format.ts';
import { readRun } from '@unroll/trainer/src/records/read-run.ts';
import { runToEnd } from './command.ts';
import { pennTreebank } from './corpora.ts';
import { findCorpus } from './find-corpus.ts';
import { build, fromHere, root, run, unroll } from './program.ts';
import { ResultsError } from './results-error.ts';

/** Two epochs, so that a schedule comes to its end. */
const common = ['--recipe', 'hour', '--epochs', '2', '--sample-size', '0', '--seed', '1'];

/** By what they vary; the empty one is the recipe as it is. */
const variants: Readonly<Record<string, readonly (readonly string[])[]>> = {
  recipe: [[]],
  schedule: [
    ['--schedule', 'warmup'],
    ['--schedule', 'linear'],
    ['--schedule', 'one-cycle'],
  ],
  batch: [
    ['--batch-size', '16'],
    ['--batch-size', '64'],
  ],
  head: [
    ['--head', 'affine'],
    ['--head', 'tied', '--wordvec-size', '650'],
  ],
  averaging: [
    ['--average', 'none'],
    ['--average', 'ema', '--average-decay', '0.99'],
  ],
  size: [
    ['--hidden-size', '512'],
    ['--hidden-size', '800'],
  ],
  dropout: [
    ['--dropout-weights', '0'],
    [
      '--dropout-input',
      '0.15',
      '--dropout-output',
      '0.2',
      '--dropout-words',
      '0.05',
      '--dropout-weights',
      '0.1',
    ],
  ],
};

await run(search);

async function search(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, data: { type: 'string' } } });
  const wanted = values.only?.split(',') ?? Object.keys(variants);
  const unknown = wanted.find((name) => !Object.hasOwn(variants, name));
  if (unknown !== undefined) {
    const names = Object.keys(variants).join(', ');
    throw new ResultsError(`--only: expected some of ${names}, got ${unknown}`, 2);
  }
  const data = findCorpus(pennTreebank, fromHere(values.data));
  build();
  const lines: string[] = [];
  for (const more of wanted.flatMap((name) => variants[name])) lines.push(await lineOf(more, data));
  const head = ['| | steps | parameters | validation perplexity | minutes |', '|---|---:|---:|---:|---:|'];
  console.log([...head, ...lines].join('\n'));
}

/** Of the table: trains it, goes on with it, or takes what is there. */
async function lineOf(more: readonly string[], data: string): Promise<string> {
  const name = more.length === 0 ? 'recipe' : more.join(' ').replaceAll('--', '').replaceAll(' ', '-');
  const out = join(root, 'runs', 'search', name);
  const args = existsSync(join(out, 'run.json'))
    ? ['resume', out, '--data', data] // which has nothing to do where it has come to its end
    : ['train', '--data', data, ...common, ...more, '--out', out];
  const code = await runToEnd(unroll, args);
  if (code !== 0) throw new ResultsError(`${out}: unroll ${args[0]} ended with ${code}`, code);
  const { best, parameters = 0, lastStep, seconds = 0 } = await readRun(out);
  const what = more.length === 0 ? '`--recipe hour --epochs 2`' : `\`${more.join(' ')}\``;
  const figures = [count(lastStep?.step ?? 0), count(parameters), best?.perplexity.toFixed(1) ?? ''];
  return `| ${[what, ...figures, (seconds / 60).toFixed(1)].join(' | ')} |`;
}
