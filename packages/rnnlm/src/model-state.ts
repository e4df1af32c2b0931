import { StateError, type Tensor, tensor } from '@unroll/tensor';
import type { ModelState } from './language-model.ts';
import { isRecurrent, type Part, type RecurrentPart } from './parts.ts';

type Named = readonly (readonly [name: string, part: Part])[];

/** Copies the state of all layers out, as it is at the time of the call: `{ h }` of `lstm` as `lstm.h`. */
export async function copyState(layers: Named): Promise<ModelState> {
  const states = recurrentOf(layers).flatMap(([layer, part]) =>
    Object.entries(part.getState() ?? {}).map(([name, value]) => [`${layer}.${name}`, value] as const),
  );
  // All are asked for before the first is awaited, so that they belong together.
  const copies = states.map(
    async ([name, value]) => [name, { shape: value.shape, data: await value.read() }] as const,
  );
  return new Map(await Promise.all(copies));
}

/**
 * Sets the state of all layers.
 * @param like has the backend and the type that states have
 * @throws StateError if some of it is missing
 */
export function pasteState(layers: Named, state: ModelState, like: Tensor): void {
  const wanted = recurrentOf(layers).map(([layer, part]) => ({
    part,
    names: part.stateNames.map((name) => `${layer}.${name}`),
  }));
  const names = wanted.flatMap(({ names }) => names);
  if (names.length !== state.size || !names.every((name) => state.has(name))) {
    throw new StateError(
      `setState: expected ${names.join(', ') || 'none'}, got ${[...state.keys()].join(', ')}; is it the state of another model?`,
    );
  }
  const made: Tensor[] = [];
  try {
    for (const { part, names } of wanted) {
      const tensors = names.map((name) => {
        const { data, shape } = state.get(name) as { data: ArrayLike<number>; shape: readonly number[] };
        const copied = tensor(like.backend, data, shape, like.dtype);
        made.push(copied);
        return copied;
      });
      part.setState(...tensors);
    }
  } finally {
    for (const copied of made) copied.dispose();
  }
}

function recurrentOf(layers: Named): (readonly [string, RecurrentPart])[] {
  return layers.flatMap(([name, part]) => (isRecurrent(part) ? [[name, part] as const] : []));
}
