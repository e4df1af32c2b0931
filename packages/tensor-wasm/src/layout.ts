// Where things lie in the memory that all tensors share, below them; assembly/memory.ts has the same numbers.

/** Of the arguments of a call, in bytes. */
export const ARGS = 0x10000;
/** Which argument says where a list of rows lies; LIST in assembly/memory.ts. */
export const LIST = 22;
/** Of the packed operands of each thread. */
export const SCRATCH = 0x20000;
export const SCRATCH_BYTES = 0x60000;
/** A product with more rows is cut by rows, one with as many or fewer by columns; BLOCK_ROWS in assembly/matmul.ts. */
export const FEW_ROWS = 140;
/** How much of the common axis is worked through at a time; DEPTH in assembly/matmul.ts. */
export const DEPTH = 352;
/** So many chunks have a place for what they add up. */
export const MOST_PARTIALS = 4096;

/** The operations by number, as in assembly/threads.ts. */
export const Operation = {
  packB: 0,
  multiplyRows: 1,
  fill: 2,
  copy: 3,
  add: 4,
  scale: 5,
  multiplyOutside: 6,
  addSumRows: 7,
  gather: 8,
  scatterAdd: 9,
  sigmoid: 10,
  sigmoidBackward: 11,
  dropout: 12,
  tanh: 13,
  tanhBackward: 14,
  lstmCell: 15,
  lstmCellBackward: 16,
  gruGates: 17,
  gruCell: 18,
  gruCellBackward: 19,
  gruGatesBackward: 20,
  softmaxCrossEntropy: 21,
  softmaxCrossEntropyBackward: 22,
  sigmoidCrossEntropy: 23,
  sigmoidCrossEntropyBackward: 24,
  sumSquares: 25,
  clip: 26,
  sgd: 27,
  momentum: 28,
  nesterov: 29,
  adagrad: 30,
  rmsprop: 31,
  adam: 32,
  packA: 33,
  multiplyColumns: 34,
  addScaled: 35,
  lerp: 36,
  multiply: 37,
  scaleRows: 38,
  layerNorm: 39,
  layerNormBackward: 40,
  layerNormGrads: 41,
  lstmCellCapped: 42,
  lstmCellCappedBackward: 43,
  lstmCellCoupled: 44,
  lstmCellCoupledBackward: 45,
  recurrence: 46,
  recurrenceBackward: 47,
  sgdWithDecay: 48,
} as const;
