/** A result cannot be made, or what is recorded of one is not as it was written. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
  /** What to say to the shell. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
