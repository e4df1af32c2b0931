import { StateError, type Tensor, tensor } from '@unroll/tensor';
import type { ModelState } from './language-model.ts';

/** Copies a layer's state out: `{ h }` as `lstm.h`. */
export async function copyState(layer: string, state: object | undefined): Promise<ModelState> {
  const copied = new Map<string, { shape: Tensor['shape']; data: Awaited<ReturnType<Tensor['read']>> }>();
  for (const [name, value] of Object.entries((state ?? {}) as Record<string, Tensor>)) {
    copied.set(`${layer}.${name}`, { shape: value.shape, data: await value.read() });
  }
  return copied;
}

/** Hands one copied tensor to `use` for a moment; undefined if the state is empty. */
export function pasteState(
  state: ModelState,
  names: readonly string[],
  like: Tensor,
  use: (...tensors: Tensor[]) => void,
): void {
  const tensors = names.map((name) => {
    const saved = state.get(name);
    if (!saved) {
      throw new StateError(
        `setState: expected ${names.join(', ')}, got ${[...state.keys()].join(', ') || 'nothing'}; is it the state of another model?`,
      );
    }
    return tensor(like.backend, saved.data, saved.shape, like.dtype);
  });
  use(...tensors);
  for (const made of tensors) made.dispose();
}
