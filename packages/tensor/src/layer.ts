import type { Parameter } from './parameter.ts';
import type { Tensor } from './tensor.ts';

/**
 * What a layer is: it computes, remembers what it needs, and turns the gradient of its output into the gradient of its
 * input, adding to the gradients of its parameters on the way.
 *
 * A tensor that a method returns is lent until that method's next call.
 */
export interface Layer<In = Tensor, Out = Tensor, GradIn = In> {
  readonly params: readonly Parameter[];
  forward(x: In): Out;
  backward(dout: Out): GradIn;
  /** Bytes held by buffers and by gradients made here. */
  readonly bytes: number;
  /** Gives back the memory that the layer took; weights that it was handed stay. */
  dispose(): void;
}
