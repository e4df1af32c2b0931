import type { ScheduleState } from '@unroll/optimizers';
import { ValueError } from '@unroll/tensor';

/**
 * Where a training run stands between two steps, beside the weights, the optimizer's tensors and the model's carried state: plain
 * JSON. With all of these, a run goes on to the same bits as if it had never stopped.
 */
export interface TrainingState {
  /** Steps that were made. */
  readonly step: number;
  /** Of the next step, counted from 1. */
  readonly epoch: number;
  /** The sum of the losses of this epoch's steps so far. */
  readonly epochLoss: number;
  /** How many those are. */
  readonly epochSteps: number;
  /** Was the run ended before an evaluation that belongs after this step? */
  readonly evaluationDue: boolean;
  /** Of all evaluations; null before the first. */
  readonly bestLoss: number | null;
  /** The step of that evaluation; null before the first. */
  readonly bestStep: number | null;
  /** How many evaluations in a row were no better than that. */
  readonly evaluationsSinceBest: number;
  /** How many steps in a row had a loss far above that of guessing blindly. */
  readonly stepsAbove: number;
  /** Where in the text the next step begins. */
  readonly position: number;
  readonly schedule: ScheduleState;
}

/** A value of unknown origin, in a few words; what it is made of may not even be turned into text. */
function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** @throws ValueError naming what is not as `train` left it */
export function checkTrainingState(state: TrainingState): void {
  const { step, epoch, epochLoss, epochSteps, evaluationDue, bestLoss, position, schedule } = state;
  const { bestStep, evaluationsSinceBest, stepsAbove } = state;
  const expect = (name: string, right: boolean, expected: string, got: unknown): void => {
    if (!right) {
      throw new ValueError(
        `train: expected ${name} of the state to be ${expected}, got ${shown(got)}; is it damaged?`,
      );
    }
  };
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  expect('step', isCount(step), 'a whole number from 0', step);
  expect('epoch', isCount(epoch) && epoch >= 1, 'a whole number from 1', epoch);
  expect('epochLoss', Number.isFinite(epochLoss), 'a number', epochLoss);
  expect('epochSteps', isCount(epochSteps), 'a whole number from 0', epochSteps);
  expect('evaluationDue', typeof evaluationDue === 'boolean', 'true or false', evaluationDue);
  expect('bestLoss', bestLoss === null || Number.isFinite(bestLoss), 'a number or null', bestLoss);
  expect('bestStep', bestStep === null || isCount(bestStep), 'a whole number from 0 or null', bestStep);
  expect(
    'evaluationsSinceBest',
    isCount(evaluationsSinceBest),
    'a whole number from 0',
    evaluationsSinceBest,
  );
  expect('stepsAbove', isCount(stepsAbove), 'a whole number from 0', stepsAbove);
  expect('position', isCount(position), 'a whole number from 0', position);
  expect(
    'schedule',
    Number.isFinite(schedule?.lr) && (schedule.best === null || Number.isFinite(schedule.best)),
    'that of a schedule',
    schedule,
  );
}
