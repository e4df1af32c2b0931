import { Dropout } from './dropout.ts';

/** Dropout with a mask of its own for every time step: xs `(N, T, D)`. Book section 6.5.2. */
export class TimeDropout extends Dropout {
  protected override get name(): string {
    return 'TimeDropout';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T', 'D'];
  }
}
