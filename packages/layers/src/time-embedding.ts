import { Embedding } from './embedding.ts';

/** Word vectors for every time step at once: ids `(N, T)` to `(N, T, D)`. Book section 5.4.2. */
export class TimeEmbedding extends Embedding {
  protected override get name(): string {
    return 'TimeEmbedding';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T'];
  }
}
