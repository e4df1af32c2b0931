import { CheckpointError, parseConfig } from '@unroll/checkpoint';
import { UnrollError } from '@unroll/tensor';
import type { TrainingState } from '@unroll/training';
import { checkTrainingState } from '@unroll/training/src/training-state.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

export const stateSeed: TrainingState = {
  step: 5,
  epoch: 1,
  epochLoss: 10.5,
  epochSteps: 5,
  evaluationDue: false,
  bestLoss: 2.5,
  bestStep: 5,
  evaluationsSinceBest: 0,
  stepsAbove: 0,
  position: 70,
  schedule: { lr: 0.1, best: null },
};

/** An object that was read from a file: `train` looks at what is in it. */
export const trainingState: Target = {
  name: 'training-state',
  refusals: 'CheckpointError, UnrollError',
  make: (random) => mutatedDocument([stateSeed], random),
  run(input) {
    checkTrainingState(parseConfig(input, 'state.json') as unknown as TrainingState);
  },
  isRefusal: (error) => CheckpointError.isInstance(error) || UnrollError.isInstance(error),
};
