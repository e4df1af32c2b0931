import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';
import type { Fact, View } from './view.ts';

/** One JSON object a line, each with a `type`. */
export class JsonView implements View {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  begin(title: string, facts: readonly Fact[]): void {
    this.#write({ type: 'begin', title, facts: Object.fromEntries(facts) });
  }

  line(message: string): void {
    this.#write({ type: 'message', message });
  }

  warn(message: string): void {
    this.#write({ type: 'warning', message });
  }

  step(event: StepEvent): void {
    this.#write(event);
  }

  epoch(event: EpochEvent): void {
    this.#write(event);
  }

  evaluation(event: EvaluationEvent): void {
    this.#write(event);
  }

  sample(step: number, text: string): void {
    this.#write({ type: 'sample', step, text });
  }

  close(): void {}

  #write(record: object): void {
    this.#stream.write(`${JSON.stringify(record)}\n`);
  }
}
