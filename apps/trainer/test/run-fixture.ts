import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a test says of a run; the rest is as in any. */
export interface RunFixture {
  readonly steps?: readonly Readonly<Record<string, unknown>>[];
  readonly evaluations?: readonly Readonly<Record<string, unknown>>[];
  readonly samples?: string;
  /** As YAML. */
  readonly settings?: string;
}

export function stepLine(
  step: number,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const loss = 2 + 1 / step;
  return {
    ...{ step, epoch: 1, loss, perplexity: Math.exp(loss), lr: 0.5, gradNorm: 0.75, tokensPerSecond: 1000 },
    ...more,
  };
}

export function evaluationLine(step: number, loss: number): Record<string, unknown> {
  return { step, epoch: 1, loss, perplexity: Math.exp(loss), predictions: 350 };
}

/** The folder of a run as a run leaves it, without a model. */
export async function writeRun(
  folder: string,
  { steps = [], evaluations = [], samples = '', settings = defaults }: RunFixture,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const lines = (records: readonly object[]): string =>
    records.map((record) => `${JSON.stringify(record)}\n`).join('');
  await writeFile(join(folder, 'metrics.jsonl'), lines(steps));
  await writeFile(join(folder, 'evaluations.jsonl'), lines(evaluations));
  await writeFile(join(folder, 'samples.txt'), samples);
  await writeFile(join(folder, 'config.resolved.yaml'), settings);
  return folder;
}

const defaults = `
model:
  name: rnnlm
training:
  batchSize: 2
  timeSize: 5
  maxGrad: 0.25
optimizer:
  name: sgd
  lr: 20
`;
