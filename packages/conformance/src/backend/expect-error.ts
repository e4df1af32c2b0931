import { UnrollError } from '@unroll/tensor';

/**
 * Demands an error of this kind. An operation on ids may find out late, on a device: then the error may come from the
 * reading that is awaited in `run` too.
 */
export async function expectError(
  kind: 'DTypeError' | 'ShapeError' | 'StateError' | 'ValueError',
  run: () => unknown,
): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    // By name, since another copy of the package has other classes.
    if (UnrollError.isInstance(error) && error.name === kind) return;
    thrown = error;
  }
  throw new Error(`expected a ${kind}, ${thrown === undefined ? 'nothing was thrown' : `got ${thrown}`}`);
}
