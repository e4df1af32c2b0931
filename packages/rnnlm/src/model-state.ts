import { ShapeError, StateError, type Tensor, tensor, zeros } from '@unroll/tensor';
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
 * @throws StateError if some of it is missing, ShapeError if it does not fit; all layers then keep the state that they had
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
  const batches = new Set([...state.values()].map(({ shape }) => shape[0]));
  if (batches.size > 1) {
    throw new ShapeError(
      `setState: expected states of one batch size, got ${[...batches].join(' and ')}; is it the state of another model?`,
    );
  }
  const made: Tensor[] = [];
  const own = (copied: Tensor): Tensor => {
    made.push(copied);
    return copied;
  };
  const before = wanted.map(({ part }) =>
    Object.values(part.getState() ?? {}).map((value) => own(clone(value))),
  );
  try {
    for (const { part, names } of wanted) {
      const tensors = names.map((name) => {
        const { data, shape } = state.get(name) as { data: ArrayLike<number>; shape: readonly number[] };
        return own(tensor(like.backend, data, shape, like.dtype));
      });
      part.setState(...tensors);
    }
  } catch (error) {
    // All or none: a state that some layers refused leaves the others as they were, too.
    for (const [i, { part }] of wanted.entries()) {
      if (before[i].length > 0) part.setState(...before[i]);
      else part.resetState();
    }
    throw error;
  } finally {
    for (const copied of made) copied.dispose();
  }
}

function clone(value: Tensor): Tensor {
  const copied = zeros(value.backend, value.shape, value.dtype);
  value.backend.copy(copied, value);
  return copied;
}

function recurrentOf(layers: Named): (readonly [string, RecurrentPart])[] {
  return layers.flatMap(([name, part]) => (isRecurrent(part) ? [[name, part] as const] : []));
}
