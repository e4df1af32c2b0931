/** @throws Error unless both lists are the same */
export function expectEqual<T>(actual: readonly T[], expected: readonly T[]): void {
  const same = actual.length === expected.length && actual.every((value, i) => Object.is(value, expected[i]));
  if (!same) throw new Error(`expected [${expected.join(', ')}], got [${actual.join(', ')}]`);
}

/** @throws Error unless each number is finite and as far from the expected one as `rtol` of it allows */
export function expectClose(actual: readonly number[], expected: readonly number[], rtol: number): void {
  const close =
    actual.length === expected.length &&
    actual.every((value, i) => Math.abs(value - expected[i]) <= rtol * Math.abs(expected[i]));
  if (!close) throw new Error(`expected [${expected.join(', ')}] to ${rtol}, got [${actual.join(', ')}]`);
}
