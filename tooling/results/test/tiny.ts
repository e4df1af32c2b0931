import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Command } from '../src/command.ts';
import type { Corpus } from '../src/corpora.ts';
import type { Row } from '../src/row.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-results-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const text = 'the cat sat on the mat\nand the dog ran to the tree\n';
const texts = { 'train.txt': text.repeat(40), 'valid.txt': text.repeat(8), 'test.txt': text.repeat(8) };

export const tinyCorpus: Corpus = {
  name: 'tiny corpus',
  folder: 'tiny',
  files: Object.fromEntries(
    Object.entries(texts).map(([name, content]) => [
      name,
      createHash('sha256').update(content).digest('hex'),
    ]),
  ),
  typed: 'texts/tiny',
  source: 'the test writes it',
};

/** Writes the tiny corpus into `tiny` in a folder. */
export async function writeTinyCorpus(folder: string): Promise<string> {
  const path = join(folder, 'tiny');
  await mkdir(path, { recursive: true });
  for (const [name, content] of Object.entries(texts)) await writeFile(join(path, name), content);
  return path;
}

export const tinyRow: Row = {
  id: 'tiny-char',
  about: 'That a row can be run.',
  corpus: tinyCorpus,
  train: [
    ...[
      '--tokenizer',
      'char',
      '--wordvec-size',
      '6',
      '--hidden-size',
      '8',
      '--optimizer',
      'adam',
      '--lr',
      '0.01',
    ],
    ...[
      '--batch-size',
      '4',
      '--time-size',
      '10',
      '--max-steps',
      '60',
      '--eval-interval',
      '20',
      '--log-every',
      '5',
    ],
    ...['--sample-size', '0'],
  ],
  split: 'test',
  measure: 'perplexity',
  extras: [{ name: 'exact', evaluate: ['--exact'] }],
  published: [{ value: 9.5, of: 'somebody', source: 'a book' }],
  goals: [
    { figure: 'plain', atMost: 13.9 },
    { figure: 'exact', atMost: 1 },
  ],
};

/** A program beside this file, run from sources. */
export const program = (name: string): Command => [
  ...([process.execPath, '--conditions=@unroll/source', '--disable-warning=ExperimentalWarning'] as const),
  fileURLToPath(new URL(name, import.meta.url)),
];
