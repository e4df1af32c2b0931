import type { ModelState } from '@unroll/rnnlm';

/** States of one row each, beneath each other as a state of so many rows; zeros where there is none. */
export function stackStates(states: readonly (ModelState | undefined)[], rows: number): ModelState {
  const known = states.find((state) => state !== undefined) ?? new Map();
  return new Map(
    [...known].map(([name, { shape }]) => {
      const [, size] = shape;
      const data = new Float64Array(rows * size); // holds the numbers of either floating type
      for (const [row, state] of states.entries()) data.set(state?.get(name)?.data ?? [], row * size);
      return [name, { shape: [rows, size], data }];
    }),
  );
}

/** A copy of one row. */
export function rowOfState(state: ModelState, row: number): ModelState {
  return new Map(
    [...state].map(([name, { shape, data }]) => {
      const [, size] = shape;
      return [name, { shape: [1, size], data: data.slice(row * size, (row + 1) * size) }];
    }),
  );
}
