import type { StepEvent } from '@unroll/training';
import type { RunShape } from './view.ts';

/** How much the newest interval counts in the moving average. */
const NEWEST = 0.2;

/** Estimates how long epoch and run still take, from how long the last steps took and what came between them. */
export class TimeLeft {
  readonly #shape: Pick<RunShape, 'steps' | 'stepsPerEpoch' | 'tokensPerStep'>;
  readonly #now: () => number;
  #secondsPerStep: number | undefined;
  #step = 0;
  #first: { readonly step: number; readonly time: number } | undefined;
  /** Seconds of training since the first logged step, evaluations and saving left out. */
  #training = 0;
  #told = 0;

  constructor(
    shape: Pick<RunShape, 'steps' | 'stepsPerEpoch' | 'tokensPerStep'>,
    now: () => number = () => performance.now(),
  ) {
    this.#shape = shape;
    this.#now = now;
  }

  step({ step, tokensPerSecond }: Pick<StepEvent, 'step' | 'tokensPerSecond'>): void {
    const seconds = this.#shape.tokensPerStep / tokensPerSecond;
    const made = step - this.#step;
    this.#step = step;
    this.#told = this.#now();
    if (this.#first === undefined) {
      // The first interval holds all that happens once: memory, threads, compilation.
      this.#first = { step, time: this.#told };
      return;
    }
    this.#training += made * seconds;
    this.#secondsPerStep =
      this.#secondsPerStep === undefined ? seconds : (1 - NEWEST) * this.#secondsPerStep + NEWEST * seconds;
  }

  /** Smoothed; undefined as long as nothing is known. */
  get tokensPerSecond(): number | undefined {
    return this.#secondsPerStep && this.#shape.tokensPerStep / this.#secondsPerStep;
  }

  /** In seconds, evaluations and saving taken in as they were so far; undefined as long as nothing is known. */
  ofRun(): number | undefined {
    if (this.#secondsPerStep === undefined || this.#first === undefined) return undefined;
    const whole = (this.#told - this.#first.time) / 1000;
    const between = this.#training > 0 ? Math.max(1, whole / this.#training) : 1;
    return this.#less((this.#shape.steps - this.#step) * this.#secondsPerStep * between);
  }

  /** In seconds, of training alone. */
  ofEpoch(): number | undefined {
    if (this.#secondsPerStep === undefined) return undefined;
    const { steps, stepsPerEpoch } = this.#shape;
    const end = Math.min(steps, Math.ceil(this.#step / stepsPerEpoch) * stepsPerEpoch);
    return this.#less((end - this.#step) * this.#secondsPerStep);
  }

  /** What has passed since the last logged step is no longer left. */
  #less(seconds: number): number {
    return Math.max(0, seconds - (this.#now() - this.#told) / 1000);
  }
}
