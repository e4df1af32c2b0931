import {
  formatShape,
  Memory,
  type Parameter,
  type Shape,
  StateError,
  sameShape,
  sizeOf,
  type Tensor,
  type TypedArray,
  zeros,
} from '@unroll/tensor';

/** Tensors by name (`lstm.Wx.m`), as plain values. */
export type SavedTensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: TypedArray }>;

/** What is kept beside each parameter: for every slot a tensor of its shape, zeros at first, made when it is first asked for. */
export class KeptTensors {
  readonly #owner: string;
  readonly #slots: readonly string[];
  readonly #memory = new Memory();
  readonly #kept = new Map<Parameter, readonly Tensor[]>();

  /**
   * @param owner its name, for messages
   * @param slots what the tensors of a parameter are called
   */
  constructor(owner: string, slots: readonly string[]) {
    this.#owner = owner;
    this.#slots = slots;
  }

  /** In the order of the slots. */
  of(parameter: Parameter): readonly Tensor[] {
    const known = this.#kept.get(parameter);
    if (known) return known;
    const { value } = parameter;
    const made = this.#slots.map(() => this.#memory.own(zeros(value.backend, value.shape, value.dtype)));
    this.#kept.set(parameter, made);
    return made;
  }

  /** Whether anything is kept beside this parameter. */
  has(parameter: Parameter): boolean {
    return this.#kept.has(parameter);
  }

  /** A copy of all at the time of the call. */
  async read(): Promise<SavedTensors> {
    const kept = new Map<string, Tensor>();
    for (const [{ name }, tensors] of this.#kept) {
      for (const [i, tensor] of tensors.entries()) {
        const key = `${name}.${this.#slots[i]}`;
        if (kept.has(key)) {
          throw new StateError(
            `${this.#owner}.getState: expected parameters of different names, got ${name} twice; name one when you make it: parameter('lstm.${name}', tensor)`,
          );
        }
        kept.set(key, tensor);
      }
    }
    // All are asked for before the first is awaited, so that they belong together.
    const copies = [...kept].map(
      async ([key, tensor]) => [key, { shape: tensor.shape, data: await tensor.read() }] as const,
    );
    return new Map(await Promise.all(copies));
  }

  /** Refuses tensors that are not, by name and shape, those kept for these parameters. */
  expect(params: readonly Parameter[], tensors: SavedTensors): void {
    const wanted = new Map<string, Shape>();
    for (const { name, value } of params) {
      for (const slot of this.#slots) wanted.set(`${name}.${slot}`, value.shape);
    }
    for (const [name, shape] of wanted) {
      const saved = tensors.get(name);
      if (!saved || !sameShape(saved.shape, shape) || saved.data.length !== sizeOf(shape)) {
        const got = saved ? `${formatShape(saved.shape)} with ${saved.data.length} numbers` : 'none';
        throw new StateError(
          `${this.#owner}.setState: expected ${name} ${formatShape(shape)}, got ${got}; is it the state of another model?`,
        );
      }
    }
    for (const name of tensors.keys()) {
      if (!wanted.has(name)) {
        throw new StateError(
          `${this.#owner}.setState: expected only tensors of the parameters at hand, got ${name}; is it the state of another model?`,
        );
      }
    }
  }

  /** Sets all to zeros, and those of these parameters, if there are tensors at all, to what was saved. */
  write(params: readonly Parameter[], tensors: SavedTensors): void {
    for (const kept of this.#kept.values()) {
      for (const tensor of kept) tensor.backend.fill(tensor, 0);
    }
    for (const parameter of tensors.size > 0 ? params : []) {
      this.of(parameter).forEach((tensor, i) => {
        tensor.write(tensors.get(`${parameter.name}.${this.#slots[i]}`)?.data ?? []);
      });
    }
  }

  /** Held now. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

/** @throws StateError unless it is the state of this kind, with so many updates as there can be */
export function expectState(owner: string, kind: string, updates: number): void {
  if (kind !== owner) {
    throw new StateError(`${owner}.setState: expected the state of ${owner}, got that of ${kind}`);
  }
  if (!Number.isSafeInteger(updates) || updates < 0) {
    throw new StateError(
      `${owner}.setState: expected updates to be a whole number from 0, got ${updates}; is the state damaged?`,
    );
  }
}
