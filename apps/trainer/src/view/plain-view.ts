import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';
import { count, duration, figure, plain, visible } from '../format.ts';
import { describeEpoch, describeEvaluation, SHORT_EPOCH } from './sentences.ts';
import { TimeLeft } from './time-left.ts';
import type { Fact, RunShape, View } from './view.ts';

/** Lines, for where no terminal is: one for each logged step, without control characters. */
export class PlainView implements View {
  readonly #stream: NodeJS.WriteStream;
  readonly #shape: RunShape;
  readonly #timeLeft: TimeLeft;

  constructor(stream: NodeJS.WriteStream, shape: RunShape) {
    this.#stream = stream;
    this.#shape = shape;
    this.#timeLeft = new TimeLeft(shape);
  }

  begin(title: string, facts: readonly Fact[]): void {
    this.line(title);
    for (const [name, value] of facts) this.line(`${name.padEnd(12)}${value}`);
    this.line('');
  }

  line(text: string): void {
    this.#stream.write(`${visible(text)}\n`);
  }

  warn(text: string): void {
    this.line(`warning: ${text}`);
  }

  step(event: StepEvent): void {
    const { step, epoch, loss, perplexity, lr, gradNorm, tokensPerSecond } = event;
    const { steps, epochs, maxGrad, vocabSize } = this.#shape;
    this.#timeLeft.step(event);
    const left = this.#timeLeft.ofRun();
    const parts = [
      `epoch ${padded(epoch, epochs)}`,
      `step ${padded(step, steps)}/${steps}`,
      `loss ${loss.toFixed(3)}`,
      `perplexity ${figure(perplexity).padStart(Math.max(6, count(vocabSize).length))}`,
      `lr ${plain(lr)}`,
      `grad ${figure(gradNorm)}${maxGrad > 0 ? (gradNorm > maxGrad ? ' clipped' : '        ') : ''}`,
      `${count(Math.round(tokensPerSecond)).padStart(7)} tokens/s`,
      ...(left === undefined ? [] : [`${duration(left)} left`]),
    ];
    this.line(parts.join('  '));
  }

  epoch(event: EpochEvent): void {
    if (event.seconds >= SHORT_EPOCH) this.line(describeEpoch(event));
  }

  evaluation(event: EvaluationEvent): void {
    const { what, note } = describeEvaluation(event);
    this.line(`${what}${note}`);
  }

  sample(_: number, text: string): void {
    for (const line of text.trim().split('\n')) this.line(`  | ${line.replaceAll('\t', '  ')}`);
  }

  close(): void {}
}

/** As wide as the largest there will be, so that columns do not jump. */
function padded(value: number, most: number): string {
  return String(value).padStart(String(most).length);
}
