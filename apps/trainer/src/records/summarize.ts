import type { EvaluationRecord, Result, Run, Scalar } from './run.ts';

/** What a run came to. */
export interface Summary {
  /** Kind and sizes, in a few words: rnnlm, D 100, H 100, V 65. */
  readonly model: string;
  readonly parameters?: number;
  readonly steps: number;
  readonly tokens?: number;
  /** In training alone. */
  readonly seconds?: number;
  /** The median over the logged steps. */
  readonly tokensPerSecond?: number;
  readonly lastLoss?: number;
  readonly best?: EvaluationRecord;
  readonly test?: Result;
}

export function summarize(run: Run): Summary {
  const steps = run.lastStep?.step ?? 0;
  return {
    model: describeModel(run.model),
    parameters: run.parameters,
    steps,
    tokens: run.tokensPerStep === undefined ? undefined : steps * run.tokensPerStep,
    seconds: run.seconds,
    tokensPerSecond: median(run.steps.map(({ tokensPerSecond }) => tokensPerSecond)),
    lastLoss: run.lastStep?.loss,
    best: run.best,
    test: run.test,
  };
}

function describeModel(model: ReadonlyMap<string, Scalar>): string {
  const sizes = [
    ['D', 'wordvecSize'],
    ['H', 'hiddenSize'],
    ['V', 'vocabSize'],
  ].map(([letter, name]) => (model.has(name) ? `${letter} ${model.get(name)}` : undefined));
  return [model.get('model'), ...sizes].filter((part) => part !== undefined).join(', ');
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
