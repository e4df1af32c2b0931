import { CheckpointError, type ExpectedTensor, type NamedArray } from '@unroll/checkpoint';

/** Weights by name, once they are checked. */
export type Weights = (name: string) => NamedArray;

/**
 * The expected weights, each held against its name, its shape and its data.
 *
 * @param source names the operation or the file in messages
 * @param advice what to do about it, in messages
 * @throws CheckpointError if one is missing or too much, has another shape, or holds something else than finite numbers
 */
export function checkWeights(
  tensors: ReadonlyMap<string, NamedArray>,
  expected: readonly ExpectedTensor[],
  source: string,
  advice: string,
): Weights {
  checkNames(
    tensors,
    expected.map(({ name }) => name),
    source,
    advice,
  );
  const weights: Weights = (name) => tensors.get(name) as NamedArray; // all that are expected are there by now
  for (const { name, shape } of expected) {
    const problem = problemOf(weights(name), shape);
    if (problem) throw new CheckpointError(`${source}: "${name}": ${problem}. ${advice}`);
  }
  return weights;
}

/** @throws CheckpointError unless these are the names, all of them and no others */
function checkNames(
  tensors: ReadonlyMap<string, NamedArray>,
  names: readonly string[],
  source: string,
  advice: string,
): void {
  const missing = names.filter((name) => !tensors.has(name));
  const unknown = [...tensors.keys()].filter((name) => !names.includes(name));
  if (missing.length + unknown.length === 0) return;
  const problems = [
    ...(missing.length > 0 ? [`lacks ${list(missing)}`] : []),
    ...(unknown.length > 0 ? [`has ${list(unknown)} besides`] : []),
  ];
  throw new CheckpointError(
    `${source}: expected the tensors ${names.join(', ')}; ${problems.join(' and ')}. ${advice}`,
  );
}

function problemOf({ dtype, shape, data }: NamedArray, expected: readonly number[]): string | undefined {
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
    return `expected the shape ${formatShape(expected)}, got ${formatShape(shape)}`;
  }
  if (dtype !== 'f32' && dtype !== 'f64') return `expected numbers of type f32 or f64, got ${dtype}`;
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) return `expected ${size} numbers for ${formatShape(shape)}, got ${data.length}`;
  // A model computes in single precision: what is finite as f64 may not be as f32.
  const bad = data.findIndex((value: number) => !Number.isFinite(Math.fround(value)));
  return bad < 0 ? undefined : `expected finite numbers, got ${data[bad]} at ${bad}`;
}

/** `(20, 35)`; of a shape from a file no more than the beginning. */
export function formatShape(shape: readonly number[]): string {
  return `(${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''})`;
}

/** Names from a file, escaped and not too many, and each not too long. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => JSON.stringify(name.slice(0, 80)));
  return shown.join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');
}
