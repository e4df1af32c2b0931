import { showCount } from '../show.ts';
import type { SplitFractions } from '../split-ids.ts';
import type { TokenizerKind } from '../tokenizer.ts';
import type { CorpusFiles, PartFiles } from './find-corpus.ts';

/** How many tokens were read for each part. */
export interface CorpusSizes {
  readonly train: number;
  readonly valid: number | undefined;
  readonly test: number | undefined;
}

/** How much text there is and how it was divided, for a reader: `one text of 1,000 words: first 90 % to train, …`. */
export function describeCorpus(
  files: CorpusFiles,
  sizes: CorpusSizes,
  held: Required<SplitFractions>,
  kind: TokenizerKind,
): string {
  const leftOut = [files.train, files.valid, files.test].reduce((sum, part) => sum + (part?.leftOut ?? 0), 0);
  const note = leftOut === 0 ? '' : `; ${counted(leftOut, 'file')} left out, empty or not text`;
  const train = `${showCount(sizes.train)} ${unitOf(kind)}`;
  const { length } = files.train.paths;
  if (sizes.valid === undefined && sizes.test === undefined) {
    const one = length > 1 ? `${showCount(length)} files joined to one text` : 'one text';
    return `${one} of ${train}: ${shares(held)}${note}`;
  }
  const parts = [
    held.valid > 0
      ? `${train}${joined(files.train)}, ${shares(held)}`
      : `${train} to train${joined(files.train)}`,
    ...(sizes.valid === undefined ? [] : [`${showCount(sizes.valid)} to validate${joined(files.valid)}`]),
    ...(sizes.test === undefined ? [] : [`${showCount(sizes.test)} to test${joined(files.test)}`]),
  ];
  return `${parts.length === 3 ? 'three' : 'two'} texts: ${parts.join(held.valid > 0 ? '; ' : ', ')}${note}`;
}

function shares({ valid, test }: Required<SplitFractions>): string {
  if (valid + test === 0) return 'all to train';
  return [
    `first ${percent(1 - valid - test)} to train`,
    ...(valid > 0 ? [`${test > 0 ? 'next' : 'last'} ${percent(valid)} to validate`] : []),
    ...(test > 0 ? [`last ${percent(test)} to test`] : []),
  ].join(', ');
}

function joined(part: PartFiles | undefined): string {
  return part && part.paths.length > 1 ? ` (${showCount(part.paths.length)} files)` : '';
}

function unitOf(kind: TokenizerKind): string {
  return kind === 'word' ? 'words' : kind === 'char' ? 'characters' : 'tokens';
}

function counted(count: number, what: string): string {
  return `${showCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(2))} %`;
}
