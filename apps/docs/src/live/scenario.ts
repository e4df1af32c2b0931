import type { Backend, Tensor } from '@unroll/tensor';

/** Something small that runs a layer or a model, so that each of its operations can be looked at. */
export interface Scenario {
  /** Makes the layer anew, from the same numbers each time. */
  make(backend: Backend): Stage;
}

export interface Stage {
  /** What a reader may change, by the name that it has in the source. */
  readonly given: Readonly<Record<string, Tensor>>;
  forward(): void;
  /** Undefined for what has no backward pass. */
  backward?(): void;
  dispose(): void;
}

/** Numbers that a reader put in the place of others: `Wx` to its values, row after row. */
export type Changes = Readonly<Record<string, readonly number[]>>;
