import { TextError } from './text-error.ts';
import type { TokenIds } from './token-ids.ts';

/** Shares of the whole, each at least 0; together less than 1. */
export interface SplitFractions {
  readonly valid?: number;
  readonly test?: number;
}

export interface SplitIds<Ids extends TokenIds = TokenIds> {
  readonly train: Ids;
  readonly valid: Ids;
  readonly test: Ids;
}

/**
 * Cuts one text into three: the beginning to train, what follows to validate, the end to test. The parts are views of
 * `ids`, not copies, since neighbouring tokens must stay neighbours for a recurrent model.
 *
 * @throws {TextError} if a fraction is not a number from 0 to 1, or nothing would be left to train on
 */
export function splitIds<Ids extends TokenIds>(
  ids: Ids,
  { valid = 0.05, test = 0.05 }: SplitFractions = {},
): SplitIds<Ids> {
  checkFraction('valid', valid);
  checkFraction('test', test);
  if (valid + test >= 1) {
    throw new TextError(
      `splitIds: expected valid + test below 1, got ${valid} + ${test}. Leave a part to train on.`,
    );
  }
  // Rounded rather than cut off: 0.29 * 100 is 28.999… in floating point.
  const validSize = Math.round(ids.length * valid);
  const testSize = Math.round(ids.length * test);
  const trainSize = ids.length - validSize - testSize;
  const part = (from: number, to: number): Ids => ids.subarray(from, to) as Ids;
  return {
    train: part(0, trainSize),
    valid: part(trainSize, trainSize + validSize),
    test: part(trainSize + validSize, ids.length),
  };
}

function checkFraction(name: string, fraction: number): void {
  if (!(fraction >= 0 && fraction < 1)) {
    throw new TextError(`splitIds: expected ${name} to be a fraction from 0 to below 1, got ${fraction}`);
  }
}
