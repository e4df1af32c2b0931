import { CheckpointError } from './checkpoint-error.ts';
import { formatShape } from './format-shape.ts';
import type { NamedArray } from './named-array.ts';
import { quote } from './quote.ts';

/** What a model expects of one tensor in its file. */
export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

const MOST_LISTED = 5;

/**
 * Checks that `tensors` are the expected ones: every name there with its shape, and no other.
 *
 * @param source names the file in messages
 * @throws CheckpointError that lists what is missing, what is too much and which shapes differ
 */
export function checkTensors(
  tensors: ReadonlyMap<string, Pick<NamedArray, 'shape'>>,
  expected: readonly ExpectedTensor[],
  source: string,
): void {
  const names = new Set(expected.map(({ name }) => name));
  const missing = expected.filter(({ name }) => !tensors.has(name)).map(({ name }) => quote(name));
  const unknown = [...tensors.keys()].filter((name) => !names.has(name)).map(quote);
  const misshapen = expected.flatMap(({ name, shape }) => {
    const got = tensors.get(name)?.shape;
    if (!got || sameShape(got, shape)) return [];
    return [`${quote(name)} expected ${formatShape(shape)}, got ${formatShape(got)}`];
  });

  const problems = [
    ...(missing.length > 0 ? [`missing ${list(missing)}`] : []),
    ...(unknown.length > 0 ? [`unknown ${list(unknown)}`] : []),
    ...(misshapen.length > 0 ? [`wrong shape: ${list(misshapen)}`] : []),
  ];
  if (problems.length === 0) return;
  throw new CheckpointError(
    `${source}: the tensors do not fit the model: ${problems.join('; ')}. ` +
      'Build the model with the kind and sizes that the file was written with, or choose the file that belongs to it.',
  );
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

function list(items: readonly string[]): string {
  const rest = items.length - MOST_LISTED;
  return items.slice(0, MOST_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
