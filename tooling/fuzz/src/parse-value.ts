/** The input was not even JSON, so that the parser behind it was not asked. */
export class NoJsonError extends Error {
  override readonly name = 'NoJsonError';
}

/** Of an input that stands for a value. */
export function parseValue(input: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(input));
  } catch (cause) {
    throw new NoJsonError('expected JSON', { cause });
  }
}
