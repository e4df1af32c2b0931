import type { TrainingState } from './training-state.ts';

/** The best evaluation of a run, and how many have not been better since. */
export class BestEvaluation {
  /** Infinity before the first. */
  loss: number;
  /** Null before the first. */
  step: number | null;
  evaluationsSince: number;

  constructor(state?: TrainingState) {
    this.loss = state?.bestLoss ?? Number.POSITIVE_INFINITY;
    this.step = state?.bestStep ?? null;
    this.evaluationsSince = state?.evaluationsSinceBest ?? 0;
  }

  /** Is this one the best so far? */
  take(step: number, loss: number): boolean {
    const isBest = loss < this.loss;
    if (isBest) {
      this.loss = loss;
      this.step = step;
    }
    this.evaluationsSince = isBest ? 0 : this.evaluationsSince + 1;
    return isBest;
  }
}
