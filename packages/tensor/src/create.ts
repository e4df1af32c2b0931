import type { Backend } from './backend.ts';
import type { DType } from './dtype.ts';
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
  dtype: 'f32' | 'f64' = 'f32',
): Tensor {
  checkShape('randn', shape);
  const made = zeros(backend, shape, dtype);
  const values = dtype === 'f64' ? new Float64Array(made.size) : new Float32Array(made.size);
  random.normals(values, deviation);
  made.write(values);
  return made;
}
