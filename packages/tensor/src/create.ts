import type { Backend } from './backend.ts';
import { type DType, makeArray } from './dtype.ts';
import type { Random } from './random.ts';
import { checkShape, type Shape, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/** A new tensor of zeros. Its memory is held until `dispose()`. */
export function zeros(backend: Backend, shape: Shape, dtype: DType = 'f32'): Tensor {
  checkShape('zeros', shape);
  return new Tensor(backend, backend.allocate(dtype, sizeOf(shape)), shape);
}

/** A new tensor that holds these values, row after row. */
export function tensor(
  backend: Backend,
  values: ArrayLike<number>,
  shape: Shape,
  dtype: DType = 'f32',
): Tensor {
  const made = zeros(backend, shape, dtype);
  try {
    made.write(values);
  } catch (error) {
    made.dispose();
    throw error;
  }
  return made;
}

/** A new tensor of normally distributed numbers with mean 0 and this standard deviation. */
export function randn(
  backend: Backend,
  shape: Shape,
  random: Random,
  deviation = 1,
  dtype: DType = 'f32',
): Tensor {
  checkShape('randn', shape);
  const made = zeros(backend, shape, dtype);
  const values = makeArray(dtype, made.size);
  for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
  made.write(values);
  return made;
}
