/** Something was accepted that should not have been: a finding. */
export class AcceptedError extends Error {
  override readonly name = 'AcceptedError';
}

export function expectThat(isTrue: boolean, what: string): void {
  if (!isTrue) throw new AcceptedError(`expected ${what}`);
}
