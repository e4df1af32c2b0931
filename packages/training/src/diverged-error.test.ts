import { StateError, UnrollError } from '@unroll/tensor';
import { expect, it } from 'vitest';
import { DivergedError } from './diverged-error.ts';

it('is told from every other error', () => {
  const error = new DivergedError(7, 'the loss is NaN');
  expect(error.step).toBe(7);
  expect(error.message).toContain('training diverged at step 7: the loss is NaN; try');
  for (const Kind of [DivergedError, UnrollError]) expect(Kind.isInstance(error)).toBe(true);
  expect(StateError.isInstance(error)).toBe(false);
  for (const other of [new StateError('a thread does not answer'), new Error('DivergedError'), undefined]) {
    expect(DivergedError.isInstance(other)).toBe(false);
  }
});
