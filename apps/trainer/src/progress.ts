import type { EpochEvent, EvaluationEvent, StepEvent } from '@unroll/training';
import pc from 'picocolors';
import { count, duration, figure, plain, visible } from './format.ts';

/** In seconds: epochs that end in less are no news, on a short text there are hundreds. */
const SHORT_EPOCH = 2;

/**
 * Tells on standard error how training goes. On a terminal the line of the step at hand is written over by the next one;
 * elsewhere every logged step is a line, without control characters.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #steps: number;
  readonly #tokensPerStep: number;
  #open = false;

  /**
   * @param steps of the whole run
   * @param tokensPerStep N * T
   */
  constructor(stream: NodeJS.WriteStream, steps: number, tokensPerStep: number) {
    this.#stream = stream;
    this.#steps = steps;
    this.#tokensPerStep = tokensPerStep;
  }

  line(text: string): void {
    this.#endLine();
    this.#stream.write(`${text}\n`);
  }

  step({ step, epoch, loss, perplexity, lr, gradNorm, tokensPerSecond }: StepEvent): void {
    const left = ((this.#steps - step) * this.#tokensPerStep) / tokensPerSecond;
    const parts = [
      `epoch ${epoch}`,
      `step ${String(step).padStart(String(this.#steps).length)}/${this.#steps}`,
      `loss ${loss.toFixed(3)}`,
      `perplexity ${figure(perplexity)}`,
      `${duration(left)} left`,
      `lr ${plain(lr)}`,
      `grad ${figure(gradNorm)}`,
      `${count(Math.round(tokensPerSecond))} tokens/s`,
    ];
    if (!this.#stream.isTTY) {
      this.#stream.write(`${parts.join('  ')}\n`);
      return;
    }
    // What does not fit is left out: a line that wraps could not be written over.
    const width = (this.#stream.columns || 80) - 1;
    while (parts.length > 1 && parts.join('  ').length > width) parts.pop();
    this.#stream.write(`\r\u001b[2K${parts.join('  ').slice(0, width)}`);
    this.#open = true;
  }

  epoch({ epoch, perplexity, seconds }: EpochEvent): void {
    if (seconds < SHORT_EPOCH) return;
    this.line(`epoch ${epoch} done in ${duration(seconds)}  train perplexity ${figure(perplexity)}`);
  }

  evaluation({ step, loss, perplexity, best, loweredLr }: EvaluationEvent): void {
    const note = best ? pc.green('  best so far, saved') : '';
    const lowered = loweredLr === undefined ? '' : `  lr lowered to ${plain(loweredLr)}`;
    this.line(
      `${pc.bold(`step ${step}  validation loss ${loss.toFixed(3)}  perplexity ${figure(perplexity)}`)}${note}${lowered}`,
    );
  }

  sample(text: string): void {
    this.#endLine();
    for (const line of visible(text).trim().split('\n')) this.#stream.write(pc.dim(`  | ${line}\n`));
  }

  #endLine(): void {
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
  }
}
