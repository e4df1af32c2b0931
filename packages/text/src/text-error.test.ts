import { expect, test } from 'vitest';
import { TextError } from './text-error.ts';

test('is an Error with its own name, its message and its cause', () => {
  const cause = new Error('below');
  const error = new TextError('readTextFile: no', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('TextError: readTextFile: no');
  expect(error.cause).toBe(cause);
});

test('is known by its marker, also when it comes from another copy of the package', () => {
  const foreign = Object.assign(new Error(), { [Symbol.for('unroll.error')]: 'text' });
  expect(TextError.isInstance(new TextError(''))).toBe(true);
  expect(TextError.isInstance(foreign)).toBe(true);
});

test.each([
  ['another error', new Error()],
  ["another package's error", Object.assign(new Error(), { [Symbol.for('unroll.error')]: 'shape' })],
  ['a plain object', { [Symbol.for('unroll.error')]: 'text' }],
  ['null', null],
  ['undefined', undefined],
  ['a string', 'text'],
])('does not take %s for its own', (_, value) => {
  expect(TextError.isInstance(value)).toBe(false);
});
