import type { Corpus } from './corpora.ts';

/** One line of the table of results: a run that anybody can repeat, and what others reach. */
export interface Row {
  readonly id: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  readonly corpus: Corpus;
  /** Arguments of `unroll train`; --data, --seed and --out are added. */
  readonly train: readonly string[];
  /** The text on which the trained model is measured. */
  readonly split: 'valid' | 'test';
  /** What is compared: perplexity, or nats for each token. */
  readonly measure: 'perplexity' | 'loss';
  /** Measured beside the plain figure. */
  readonly extras: readonly Extra[];
  readonly published: readonly Published[];
  readonly goals: readonly Goal[];
}

/** Another way to measure the same model. */
export interface Extra {
  /** Of the figure: cache. */
  readonly name: string;
  /** More arguments for `unroll evaluate`. */
  readonly evaluate: readonly string[];
  /** Where `unroll evaluate --json` says it: the name of an object in what it prints. Without it, that as a whole. */
  readonly under?: string;
}

export interface Published {
  readonly value: number;
  readonly of: string;
  /** Where it says so. */
  readonly source: string;
}

/** What the mean over the seeds should not exceed. */
export interface Goal {
  /** plain, or the name of an extra. */
  readonly figure: string;
  readonly atMost: number;
}
