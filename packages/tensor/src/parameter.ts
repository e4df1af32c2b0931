import { zeros } from './create.ts';
import type { Tensor } from './tensor.ts';

/** A weight and its gradient. Layers add to `grad`; whoever trains sets it back to zero. */
export interface Parameter {
  readonly name: string;
  readonly value: Tensor;
  /** Of the shape of `value`. */
  readonly grad: Tensor;
}

/** A parameter around this weight, with a gradient of zeros. */
export function parameter(name: string, value: Tensor): Parameter {
  return { name, value, grad: zeros(value.backend, value.shape, value.dtype) };
}

/** The same weight seen transposed, as a tied output layer uses an embedding; both add to one gradient. */
export function transposed(source: Parameter): Parameter {
  return { name: source.name, value: source.value.T, grad: source.grad.T };
}
