// A stand-in with the agreed surface, so that the rest compiles: to be replaced by the live view.
import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';

export type LogFormat = 'pretty' | 'plain' | 'json';
export interface RunShape {
  steps: number;
  stepsPerEpoch: number;
  tokensPerStep: number;
  vocabSize: number;
  maxGrad: number;
  evaluates: boolean;
}
export interface Past {
  steps: readonly { step: number; loss: number }[];
  evaluations: readonly { step: number; loss: number }[];
}
export interface View {
  begin(title: string, facts: readonly (readonly [name: string, value: string])[], past?: Past): void;
  line(text: string): void;
  warn(text: string): void;
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  evaluation(event: EvaluationEvent): void;
  sample(step: number, text: string): void;
  close(): void;
}
export function makeView(
  stream: NodeJS.WriteStream,
  _shape: RunShape,
  { quiet }: { format?: LogFormat; quiet?: boolean },
): View {
  const say = (text: string) => {
    if (!quiet) stream.write(`${text}\n`);
  };
  return {
    begin: (title, facts) => {
      say(title);
      for (const [name, value] of facts) say(`${name.padEnd(12)}${value}`);
    },
    line: say,
    warn: (text) => void stream.write(`${text}\n`),
    step: ({ epoch, step, loss }) => say(`epoch ${epoch}  step ${step}  loss ${loss.toFixed(3)}`),
    epoch: () => {},
    evaluation: ({ step, loss, best }) =>
      say(`step ${step}  validation loss ${loss.toFixed(3)}${best ? '  best so far, saved' : ''}`),
    sample: (_, text) => say(text.replace(/^/gm, '  | ')),
    close: () => {},
  };
}
