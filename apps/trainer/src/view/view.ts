import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';
import { visible } from '../format.ts';
import { JsonView } from './json-view.ts';
import { LiveView } from './live-view.ts';
import type { LogFormat } from './log-format.ts';
import { PlainView } from './plain-view.ts';

export type { LogFormat };

/** Of the whole run: what a view needs to say how far it is. */
export interface RunShape {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** N * T */
  readonly tokensPerStep: number;
  /** V */
  readonly vocabSize: number;
  /** 0: gradients are not clipped. */
  readonly maxGrad: number;
}

/** What was recorded before a resume, so that the curve begins where the run began. */
export interface Past {
  readonly steps: readonly Point[];
  readonly evaluations: readonly Point[];
}

/** A loss, in nats. */
export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** A line of what is about to be done: `model`, `rnnlm, D 100, H 100: 2,080,800 parameters`. */
export type Fact = readonly [name: string, value: string];

/** Tells people, or programs, how a run goes. */
export interface View {
  /** Before training. */
  begin(title: string, facts: readonly Fact[], past?: Past): void;
  /** A remark that stays. */
  line(text: string): void;
  /** Likewise, and even if nothing else is to be told. */
  warn(text: string): void;
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  evaluation(event: EvaluationEvent): void;
  sample(step: number, text: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

export interface ViewOptions {
  /** Without it pretty on a terminal, else plain; pretty needs a terminal. */
  readonly format?: LogFormat;
  /** Nothing but warnings. */
  readonly quiet?: boolean;
}

export function makeView(
  stream: NodeJS.WriteStream,
  shape: RunShape,
  { format, quiet }: ViewOptions = {},
): View {
  if (quiet) return new QuietView(stream, format === 'json');
  if (format === 'json') return new JsonView(stream);
  const isTerminal = stream.isTTY && process.env.TERM !== 'dumb';
  return isTerminal && format !== 'plain' ? new LiveView(stream, shape) : new PlainView(stream, shape);
}

/** Tells nothing but warnings. */
class QuietView implements View {
  readonly warn: (text: string) => void;

  constructor(stream: NodeJS.WriteStream, asJson: boolean) {
    this.warn = asJson
      ? (text) => new JsonView(stream).warn(text)
      : (text) => void stream.write(`warning: ${visible(text)}\n`);
  }

  begin(): void {}
  line(): void {}
  step(): void {}
  epoch(): void {}
  evaluation(): void {}
  sample(): void {}
  close(): void {}
}
