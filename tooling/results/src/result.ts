import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, machineSchema } from '@unroll/measured/machine';
import { z } from 'zod';
import { ResultsError } from './results-error.ts';

/** What a row came to from one seed: everything that the tables say of it. */
export interface Result {
  readonly row: string;
  readonly seed: number;
  /** As somebody would type it. */
  readonly command: string;
  /** When the run was begun, in ISO 8601. */
  readonly date: string;
  /** Of the code that ran, with a note if there were changes; unknown outside of git. */
  readonly commit: string;
  readonly machine: Machine;
  readonly backend: string;
  /** The same in more words. */
  readonly computed: string;
  readonly threads: number;
  /** From the start of `unroll train` to its end, reading, evaluating and saving included; in all parts of a run that was resumed. */
  readonly seconds: number;
  readonly parts: number;
  readonly steps: number;
  readonly parameters: number;
  /** While training: the harmonic mean over the steps. */
  readonly tokensPerSecond: number;
  readonly validation: readonly Evaluation[];
  /** Of the model that was kept. */
  readonly best: Evaluation;
  /** The plain figure, and each extra by name. */
  readonly measured: Readonly<Record<string, Figure>>;
  /** Of model.safetensors. */
  readonly sha256: string;
  /** Of the tokens and the vocabulary. */
  readonly dataSha256: string;
}

export interface Evaluation {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly perplexity: number;
}

export interface Figure {
  readonly command: string;
  readonly loss: number;
  readonly perplexity: number;
  readonly predictions: number;
}

const count = z.int().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256');
const evaluation = z.object({ step: count, epoch: count, loss: z.number(), perplexity: z.number() });
const figure = z.object({
  command: z.string(),
  loss: z.number(),
  perplexity: z.number(),
  predictions: count,
});

const schema: z.ZodType<Result> = z.object({
  row: z.string().regex(/^[a-z0-9-]+$/, 'expected the id of a row'),
  seed: z.int().min(0),
  command: z.string(),
  date: z.iso.datetime(),
  commit: z.string(),
  machine: machineSchema,
  backend: z.string(),
  computed: z.string(),
  threads: count,
  seconds: z.number().positive(),
  parts: count,
  steps: count,
  parameters: count,
  tokensPerSecond: z.number().positive(),
  validation: z.array(evaluation),
  best: evaluation,
  measured: z.record(z.string(), figure).refine(({ plain }) => plain, 'expected the plain figure'),
  sha256,
  dataSha256: sha256,
});

/** Names of the files of a result, without their endings. */
export const nameOf = ({ row, seed }: Pick<Result, 'row' | 'seed'>): string => `${row}-seed${seed}`;

/** @throws ResultsError naming what is not as it was written */
export function parseResult(value: unknown, path: string): Result {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: where, message }] = parsed.error.issues;
  throw new ResultsError(
    `${path}: ${where.join('.') || 'the whole'}: ${message}; restore the file, or run the row again`,
  );
}

/** All results in a folder, if it is there: by row, each in the order of the seeds. @throws ResultsError naming a file that is not as it was written */
export function readResults(folder: string): ReadonlyMap<string, readonly Result[]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const all = names.map((name) => {
    const path = join(folder, name);
    const result = parseResult(parseJson(path), path);
    if (name !== `${nameOf(result)}.json`) {
      throw new ResultsError(
        `${path}: expected its name to be ${nameOf(result)}.json, as it says; rename it`,
      );
    }
    return result;
  });
  const byRow = new Map<string, Result[]>();
  for (const result of all.sort((a, b) => a.seed - b.seed)) {
    byRow.set(result.row, [...(byRow.get(result.row) ?? []), result]);
  }
  return byRow;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ResultsError(
      `${path}: expected JSON (${(error as Error).message}); restore the file, or run the row again`,
    );
  }
}
