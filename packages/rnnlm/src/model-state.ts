import { StateError, type Tensor, tensor } from '@unroll/tensor';
import type { ModelState } from './language-model.ts';

/** Copies a layer's state out, as it is at the time of the call: `{ h }` as `lstm.h`. */
export async function copyState(layer: string, state: object | undefined): Promise<ModelState> {
  // All are asked for before the first is awaited, so that they belong together.
  const copies = Object.entries((state ?? {}) as Record<string, Tensor>).map(
    async ([name, value]) => [`${layer}.${name}`, { shape: value.shape, data: await value.read() }] as const,
  );
  return new Map(await Promise.all(copies));
}

/**
 * Hands copied tensors to `use` for a moment.
 * @throws StateError if one of them is missing
 */
export function pasteState(
  state: ModelState,
  names: readonly string[],
  like: Tensor,
  use: (...tensors: Tensor[]) => void,
): void {
  const saved = names.map((name) => {
    const found = state.get(name);
    if (!found) {
      throw new StateError(
        `setState: expected ${names.join(', ')}, got ${[...state.keys()].join(', ') || 'nothing'}; is it the state of another model?`,
      );
    }
    return found;
  });
  const tensors: Tensor[] = [];
  try {
    for (const { data, shape } of saved) tensors.push(tensor(like.backend, data, shape, like.dtype));
    use(...tensors);
  } finally {
    for (const made of tensors) made.dispose();
  }
}
