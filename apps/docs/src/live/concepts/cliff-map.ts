/** An RNN of one cell, h = tanh(w h + b), run for 8 steps from h = 0.5: the loss is (h - 0.2)². After Pascanu et al. 2013, figure 6. */
export const STEPS = 8;
export const START = 0.5;
export const TARGET = 0.2;

/** The part of the (w, b) plane that is shown: the cliff is where h leaves one of its resting places for the other. */
export const range = { w: [0.5, 4.5], b: [-2, 2] } as const;

/** The same as the layer computes, written out, to colour a whole map of it. */
export function cliffLoss(w: number, b: number): number {
  let h = START;
  for (let t = 0; t < STEPS; t++) h = Math.tanh(w * h + b);
  return (h - TARGET) ** 2;
}

export interface PathPoint {
  readonly w: number;
  readonly b: number;
  readonly loss: number;
  /** Of the gradient, before it is clipped. */
  readonly norm: number;
}
