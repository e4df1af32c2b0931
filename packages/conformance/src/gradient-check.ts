import type { Tensor, TypedArray } from '@unroll/tensor';

export interface GradientCheck {
  /** What the loss depends on, by name; f64. */
  values: Readonly<Record<string, Tensor>>;
  /** The loss at the present values: the same number whenever they are the same, so any carried state is set in here. */
  loss: () => Promise<number>;
  /** The gradients that are to be checked, at the present values, under the names of `values`. */
  gradients: () => Promise<Readonly<Record<string, TypedArray>>>;
  /** How far each number is moved to both sides. */
  step?: number;
}

/**
 * Holds gradients against central differences, `(loss(x + step) - loss(x - step)) / (2 * step)`, for every number of every
 * value.
 *
 * @returns for each name the greatest difference, relative to the greatest gradient of that name
 */
export async function gradientCheck({
  values,
  loss,
  gradients,
  step = 1e-5,
}: GradientCheck): Promise<Record<string, number>> {
  const analytic = await gradients();
  const errors: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value.dtype !== 'f64') {
      throw new TypeError(
        `gradientCheck: expected ${name} in f64, got ${value.dtype}; f32 is too coarse for differences`,
      );
    }
    const given = analytic[name];
    if (given?.length !== value.size) {
      throw new TypeError(
        `gradientCheck: expected a gradient of ${value.size} numbers for ${name}, got ${given?.length}`,
      );
    }
    const at = await value.read();
    let difference = 0;
    let scale = 0;
    for (let i = 0; i < at.length; i++) {
      const x = at[i];
      at[i] = x + step;
      value.write(at);
      const above = await loss();
      at[i] = x - step;
      value.write(at);
      const below = await loss();
      at[i] = x;
      const numeric = (above - below) / (2 * step);
      difference = Math.max(difference, Math.abs(given[i] - numeric));
      scale = Math.max(scale, Math.abs(given[i]), Math.abs(numeric));
    }
    value.write(at);
    errors[name] = scale === 0 ? difference : difference / scale;
  }
  return errors;
}
