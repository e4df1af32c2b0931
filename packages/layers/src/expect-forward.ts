import { StateError } from '@unroll/tensor';

/** What `forward` left for `backward`, if it was called. */
export function expectForward<Kept>(layer: string, kept: Kept | undefined): Kept {
  if (kept === undefined) throw new StateError(`${layer}.backward: call forward first`);
  return kept;
}

/** What `backward` left to be read, if it was called. */
export function expectBackward<Kept>(layer: string, name: string, kept: Kept | undefined): Kept {
  if (kept === undefined) throw new StateError(`${layer}.${name}: call backward first`);
  return kept;
}
