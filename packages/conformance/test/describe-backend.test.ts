import { ReferenceBackend } from '@unroll/tensor';
import { expect, test } from 'vitest';
import { describeBackend } from '../src/describe-backend.ts';

const make = () => new ReferenceBackend();

test('a reason to skip something that is no kernel is refused, so that no misspelling hides', () => {
  const skip: Record<string, string> = { lstm: 'not yet' };
  expect(() => describeBackend('reference', { make, skip })).toThrow(
    'describeBackend: expected kernels of the contract in skip, got lstm',
  );
});
