import { MatMul } from './matmul.ts';

/** `xs @ W` for every time step at once: xs `(N, T, D)` to `(N, T, M)`. */
export class TimeMatMul extends MatMul {
  protected override get name(): string {
    return 'TimeMatMul';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T'];
  }
}
