import type { Parameter, Tensor } from '@unroll/tensor';
import { checkTensors } from './check-tensors.ts';
import { CheckpointError } from './checkpoint-error.ts';
import type { NamedArray } from './named-array.ts';

/** Copies the weights out, by name: what `writeModelFolder` and `serializeSafetensors` take. */
export async function paramsToArrays(params: readonly Parameter[]): Promise<Map<string, NamedArray>> {
  const arrays = new Map<string, NamedArray>();
  for (const { name, value } of params) {
    if (arrays.has(name)) {
      throw new CheckpointError(
        `paramsToArrays: expected a name of its own for each parameter, got "${name}" twice; name one when you make it: parameter('lstm.${name}', tensor)`,
      );
    }
    arrays.set(name, { dtype: value.dtype, shape: value.shape, data: await value.read() });
  }
  return arrays;
}

/**
 * Fills the weights from arrays of the same names and shapes; f64 becomes f32 where the model wants it.
 *
 * @param source names the file in messages
 * @throws CheckpointError, before anything is written, if a name or a shape does not fit, or a weight is not a number
 */
export function assignParams(
  params: readonly Parameter[],
  tensors: ReadonlyMap<string, NamedArray>,
  source: string,
): void {
  checkTensors(
    tensors,
    params.map(({ name, value }) => ({ name, shape: value.shape })),
    source,
  );
  const writes: [Tensor, NamedArray['data']][] = [];
  for (const { name, value } of params) {
    const array = tensors.get(name);
    if (!array) continue; // checkTensors found them all
    if (array.dtype === 'i32') {
      throw new CheckpointError(`${source}: expected "${name}" in F32 or F64, got I32`);
    }
    // As a number of the model's type: what is finite as f64 may not be as f32.
    const as = value.dtype === 'f32' ? Math.fround : Number;
    const bad = array.data.findIndex((number: number) => !Number.isFinite(as(number)));
    if (bad >= 0) {
      throw new CheckpointError(
        `${source}: expected numbers in "${name}", got ${array.data[bad]} at ${bad}; the model is of no use, take an earlier one`,
      );
    }
    writes.push([value, array.data]);
  }
  for (const [value, data] of writes) value.write(data);
}
