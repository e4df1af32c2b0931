import type { Backend } from './backend.ts';
import { zeros } from './create.ts';
import { bytesPerElement, type DType } from './dtype.ts';
import { StateError } from './errors.ts';
import { type Parameter, parameter } from './parameter.ts';
import { checkShape, type Shape, sameShape, sizeOf } from './shape.ts';
import { Tensor } from './tensor.ts';

/**
 * The one owner of what a layer or a model allocates: buffers that are planned once for a shape and used ever after,
 * and weights. `dispose()` gives all of it back.
 */
export class Memory {
  readonly #buffers = new Map<string, Tensor>();
  readonly #owned: Tensor[] = [];
  #disposed = false;

  /**
   * The buffer of this name: for the same shape the same tensor, for another shape the same memory as long as it
   * fits. What it holds is left over from its last use.
   */
  take(name: string, backend: Backend, shape: Shape, dtype: DType): Tensor {
    this.#expectOpen(name);
    checkShape('Memory.take', shape);
    const known = this.#buffers.get(name);
    if (known && known.backend === backend && known.dtype === dtype) {
      if (sameShape(known.shape, shape)) return known;
      if (sizeOf(shape) <= known.storage.length) {
        const view = new Tensor(backend, known.storage, shape);
        this.#buffers.set(name, view);
        return view;
      }
    }
    this.#buffers.delete(name); // before it is given back: there may be no room for what follows
    known?.dispose();
    const made = zeros(backend, shape, dtype);
    this.#buffers.set(name, made);
    return made;
  }

  /** Takes charge of this tensor. */
  own(tensor: Tensor): Tensor {
    this.#expectOpen('a tensor');
    this.#owned.push(tensor);
    return tensor;
  }

  /** A parameter as it is; a weight as a new parameter whose gradient is owned here. */
  parameter(name: string, source: Tensor | Parameter): Parameter {
    this.#expectOpen(name);
    if (!(source instanceof Tensor)) return source;
    const made = parameter(name, source);
    this.own(made.grad);
    return made;
  }

  /** Held now. */
  get bytes(): number {
    let bytes = 0;
    for (const { storage } of [...this.#buffers.values(), ...this.#owned]) {
      if (!storage.freed) bytes += storage.length * bytesPerElement(storage.dtype);
    }
    return bytes;
  }

  dispose(): void {
    for (const tensor of this.#buffers.values()) tensor.dispose();
    for (const tensor of this.#owned) tensor.dispose();
    this.#buffers.clear();
    this.#owned.length = 0;
    this.#disposed = true;
  }

  #expectOpen(what: string): void {
    if (this.#disposed) {
      throw new StateError(
        `Memory: expected to be in use when asked for ${what}, but dispose() was called; make a new layer or model`,
      );
    }
  }
}
