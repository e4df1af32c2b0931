import type { Layer, Tensor } from '@unroll/tensor';

/** A layer as part of a model; ids, which come first, have no gradient. */
export type Part = Layer<Tensor, Tensor, unknown>;

/** A part that carries a state from block to block. */
export interface RecurrentPart extends Layer {
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[];
  getState(): Record<string, Tensor> | undefined;
  setState(...state: Tensor[]): void;
  resetState(): void;
}

/** A part that does something only while training. */
export interface TrainingPart extends Part {
  training: boolean;
}

/** A part that draws a mask in each block of training, and counts them. */
export interface MaskedPart extends TrainingPart {
  readonly ratio: number;
  calls: number;
}

export function isRecurrent(part: Part): part is RecurrentPart {
  return 'stateNames' in part && 'stateful' in part && part.stateful === true;
}

export function isForTraining(part: Part): part is TrainingPart {
  return 'training' in part;
}

export function isMasked(part: Part): part is MaskedPart {
  return isForTraining(part) && 'calls' in part;
}
