import { Affine } from './affine.ts';

/** `xs @ W + b` for every time step at once: xs `(N, T, D)` to `(N, T, M)`. Book section 5.4.2. */
export class TimeAffine extends Affine {
  protected override get name(): string {
    return 'TimeAffine';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T'];
  }
}
