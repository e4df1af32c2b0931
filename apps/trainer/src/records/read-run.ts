import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DataError, UsageError } from '../exit-code.ts';
import { readLines } from './read-lines.ts';
import { readScalars } from './read-scalars.ts';
import type { EvaluationRecord, Result, Run, Sample, Scalar, StepRecord } from './run.ts';
import { settingOf } from './setting-of.ts';
import { Thinned } from './thinned.ts';

/** More points than a screen has pixels across would only make files large. */
const MOST_POINTS = 4096;
const MOST_SAMPLES = 40;
const MOST_OF_A_SAMPLE = 10_000;

/**
 * Reads the folder of a run, of any length, also while it is being written. A last line that was cut off is passed over.
 *
 * @throws UsageError if it is not the folder of a run
 * @throws DataError naming file and line that are not as a run writes them
 */
export async function readRun(path: string): Promise<Run> {
  await expectRun(path);
  const file = (name: string): string => join(path, name);
  const resolved = await readScalars(file('config.resolved.yaml'));
  const settings = resolved.size > 0 ? resolved : withoutGroup(await readScalars(file('run.json')));
  const environment = await readScalars(file('env.json'));
  const parameters = environment.get('parameters');
  const tokensPerStep = tokensPerStepOf(settings);
  return {
    path,
    name: basename(resolve(path)),
    settings,
    environment,
    model: await readScalars(file('config.json')),
    tokensPerStep,
    parameters: Number.isSafeInteger(parameters) ? (parameters as number) : undefined,
    ...(await readSteps(file('metrics.jsonl'), tokensPerStep)),
    ...(await readEvaluations(file('evaluations.jsonl'))),
    test: resultOf(await readScalars(file('test.json'))),
    samples: await readSamples(file('samples.txt')),
  };
}

/** With blocks of random length, about. */
function tokensPerStepOf(settings: ReadonlyMap<string, Scalar>): number | undefined {
  const sizes = [settingOf(settings, 'batchSize'), settingOf(settings, 'timeSize')];
  const [N, T, n] = [...sizes, settingOf(settings, 'accumulate') ?? 1];
  return typeof N === 'number' && typeof T === 'number' && typeof n === 'number' ? N * T * n : undefined;
}

async function expectRun(path: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is nothing'
        : code === 'ENOTDIR'
          ? 'it is a file'
          : `cannot be read (${code})`;
    throw new UsageError(`${path}: expected the folder of a run, but ${why}; check the path`);
  }
  if (!names.includes('metrics.jsonl')) {
    throw new UsageError(
      `${path}: expected the folder of a run, but there is no metrics.jsonl in it; check the path`,
    );
  }
}

/** `run.json` has the settings in a group of their own, beside what is none. */
function withoutGroup(values: ReadonlyMap<string, Scalar>): Map<string, Scalar> {
  const inGroup = [...values].filter(([name]) => name.startsWith('settings.'));
  return new Map(inGroup.map(([name, value]) => [name.slice('settings.'.length), value]));
}

async function readSteps(
  path: string,
  tokensPerStep: number | undefined,
): Promise<Pick<Run, 'steps' | 'lastStep' | 'seconds'>> {
  const steps = new Thinned(MOST_POINTS, meanStep);
  let lastStep: StepRecord | undefined;
  let seconds = 0;
  for await (const { step, number } of readRecords(path)) {
    const record: StepRecord = {
      ...step,
      loss: number('loss'),
      lr: number('lr'),
      gradNorm: number('gradNorm'),
      tokensPerSecond: number('tokensPerSecond'),
    };
    steps.push(record);
    if (tokensPerStep !== undefined) {
      const time = ((record.step - (lastStep?.step ?? 0)) * tokensPerStep) / record.tokensPerSecond;
      if (Number.isFinite(time)) seconds += time;
    }
    lastStep = record;
  }
  return { steps: steps.items(), lastStep, seconds: tokensPerStep === undefined ? undefined : seconds };
}

function meanStep(stretch: readonly StepRecord[]): StepRecord {
  if (stretch.length === 1) return stretch[0];
  const mean = (name: keyof StepRecord): number =>
    stretch.reduce((sum, record) => sum + record[name], 0) / stretch.length;
  const { step, epoch } = stretch[stretch.length - 1];
  return {
    step,
    epoch,
    loss: mean('loss'),
    lr: mean('lr'),
    gradNorm: mean('gradNorm'),
    tokensPerSecond: mean('tokensPerSecond'),
  };
}

async function readEvaluations(path: string): Promise<Pick<Run, 'evaluations' | 'best'>> {
  const evaluations = new Thinned<EvaluationRecord>(MOST_POINTS, bestOf);
  for await (const { step, number } of readRecords(path)) {
    evaluations.push({ ...step, loss: number('loss'), perplexity: number('perplexity') });
  }
  const items = evaluations.items();
  return { evaluations: items, best: items.length > 0 ? bestOf(items) : undefined };
}

/** The one with the lowest loss. */
function bestOf(evaluations: readonly EvaluationRecord[]): EvaluationRecord {
  return evaluations.reduce((best, one) => (one.loss < best.loss || Number.isNaN(best.loss) ? one : best));
}

/** A line of a record: where it is of, and its other numbers by name. */
interface RecordLine {
  readonly step: Pick<StepRecord, 'step' | 'epoch'>;
  /** NaN where JSON had no word for a number: for NaN and infinity it says null. */
  readonly number: (name: string) => number;
}

/** Lines of JSON, each of a later step than the one before. */
async function* readRecords(path: string): AsyncGenerator<RecordLine> {
  let before = 0;
  for await (const line of readLines(path)) {
    const problem = (expected: string): DataError =>
      new DataError(
        `${path}: line ${line.number}: expected ${expected}, got ${line.text.slice(0, 80)}; restore the file, or take this line out`,
      );
    const record = parseObject(line.text);
    if (record === undefined) {
      if (!line.isWhole) return;
      throw problem('an object in JSON');
    }
    const number = (name: string): number => {
      const value = record.get(name);
      if (value === null) return Number.NaN;
      if (typeof value !== 'number') throw problem(`a number as ${name}`);
      return value;
    };
    const [step, epoch] = [number('step'), number('epoch')];
    if (!Number.isSafeInteger(step) || step <= before) throw problem(`a step after ${before}`);
    if (!Number.isSafeInteger(epoch) || epoch < 1) throw problem('an epoch from 1');
    before = step;
    yield { step: { step, epoch }, number };
  }
}

/** A map has the names that were read, and no others. */
function parseObject(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

function resultOf(values: ReadonlyMap<string, Scalar>): Result | undefined {
  const [loss, perplexity] = [values.get('loss'), values.get('perplexity')];
  return typeof loss === 'number' && typeof perplexity === 'number' ? { loss, perplexity } : undefined;
}

async function readSamples(path: string): Promise<Sample[]> {
  const samples = new Thinned<Sample>(MOST_SAMPLES, (stretch) => stretch[stretch.length - 1]);
  let step: number | undefined;
  let text = '';
  const end = (): void => {
    // A sample is followed by an empty line.
    if (step !== undefined) samples.push({ step, text: text.replace(/\n\n?$/, '') });
    text = '';
  };
  for await (const line of readLines(path)) {
    const heading = /^--- step (\d{1,15}) ---$/.exec(line.text);
    if (heading && line.isWhole) {
      end();
      step = Number(heading[1]);
    } else if (step === undefined) {
      if (!line.isWhole) break;
      throw new DataError(
        `${path}: line ${line.number}: expected a line such as "--- step 100 ---"; restore the file, or take this line out`,
      );
    } else if (line.isWhole && text.length < MOST_OF_A_SAMPLE) {
      text += `${line.text.slice(0, MOST_OF_A_SAMPLE)}\n`;
    }
  }
  end();
  return samples.items();
}
