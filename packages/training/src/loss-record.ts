import type { LanguageModel } from '@unroll/rnnlm';
import type { Tensor } from '@unroll/tensor';
import { DivergedError, describeLoss, hasDiverged } from './diverged-error.ts';
import { StepHistory } from './step-history.ts';
import type { TrainingState } from './training-state.ts';

/** So many steps in a row with a loss worse than blind guessing by far are no bump on the way. */
const LONG = 200;

/** What is to be known of the losses of all steps, which stay on the backend until someone asks. */
export class LossRecord {
  /** The sum over this epoch's steps, as far as they were read. */
  epochLoss: number;
  /** How many those are. */
  epochSteps: number;
  /** How many steps in a row had a loss far above that of guessing blindly. */
  stepsAbove: number;
  readonly #history: StepHistory;
  readonly #twiceBlind: number;

  /** @param capacity how many steps it holds before they must be read */
  constructor({ backend, params, config }: LanguageModel, capacity: number, state?: TrainingState) {
    this.#history = new StepHistory(backend, params[0].value.dtype === 'f64' ? 'f64' : 'f32', capacity);
    this.#twiceBlind = 2 * Math.log(config.vocabSize);
    this.epochLoss = state?.epochLoss ?? 0;
    this.epochSteps = state?.epochSteps ?? 0;
    this.stepsAbove = state?.stepsAbove ?? 0;
  }

  get isFull(): boolean {
    return this.#history.isFull;
  }

  /** Both `(1)`. */
  add(loss: Tensor, norm: Tensor): void {
    this.#history.add(loss, norm);
  }

  /**
   * Reads what the last steps left on the backend.
   * @param step the last of them
   * @returns the numbers of that one
   * @throws DivergedError naming the first step that went wrong
   */
  async read(step: number): Promise<{ loss: number; gradNorm: number }> {
    const { losses, norms } = await this.#history.take();
    for (let i = 0; i < losses.length; i++) {
      const at = step - losses.length + 1 + i;
      if (hasDiverged(losses[i]) || !Number.isFinite(norms[i])) {
        throw new DivergedError(at, `loss ${describeLoss(losses[i])}, gradient norm ${norms[i]}`);
      }
      this.stepsAbove = losses[i] > this.#twiceBlind ? this.stepsAbove + 1 : 0;
      if (this.stepsAbove === LONG) {
        throw new DivergedError(
          at,
          `for ${LONG} steps the loss has been above ${this.#twiceBlind.toFixed(2)}, twice that of guessing blindly`,
        );
      }
      this.epochLoss += losses[i];
      this.epochSteps++;
    }
    return { loss: losses[losses.length - 1], gradNorm: norms[norms.length - 1] };
  }

  /** The mean over the steps of the epoch that ended; the next one begins. */
  endEpoch(): number {
    const mean = this.epochLoss / this.epochSteps;
    this.epochLoss = 0;
    this.epochSteps = 0;
    return mean;
  }

  dispose(): void {
    this.#history.dispose();
  }
}
