import { Memory, type Parameter, StateError } from '@unroll/tensor';
import { expectState, KeptTensors, type SavedTensors } from './kept-tensors.ts';

/** An average's tensors by name (`embed.W.average`), and plain JSON: all that it takes to go on, to the bit. */
export interface AverageState {
  readonly kind: string;
  /** How many updates it saw. */
  readonly updates: number;
  /** How many of them came before averaging began; null if it has not. */
  readonly start: number | null;
  /** Of the evaluations before it began, the first one first. */
  readonly losses: readonly number[];
  readonly tensors: SavedTensors;
}

/**
 * An average of the weights of many updates, kept beside the weights, which train on as if there were none. To evaluate the
 * average, `swap` it with the weights; swap again to train on.
 */
export abstract class WeightAverage {
  /** Of evaluations, as long as averaging has not begun. */
  protected losses: number[] = [];
  readonly #memory = new Memory();
  #kept: KeptTensors | undefined;
  #updates = 0;
  #start: number | null = null;
  #swapped = false;

  /** The name of the kind, `ExponentialAverage`. */
  abstract readonly kind: string;

  /** The part of the newest weights in an average that n weights before them made; n is 1 at least. */
  protected abstract partOfNewest(n: number): number;

  /** Whether there is an average yet. */
  get isActive(): boolean {
    return this.#start !== null && this.#updates > this.#start;
  }

  /** Whether averaging has begun: the next update counts. */
  get hasBegun(): boolean {
    return this.#start !== null;
  }

  /** Averaging begins with the next update. */
  protected begin(): void {
    this.#start = this.#updates;
  }

  /**
   * Takes the weights into the average. Call it after each step of the optimizer.
   * @throws StateError while the average stands in the weights' place
   */
  update(params: readonly Parameter[]): void {
    this.#expectWeights('update');
    this.#updates++;
    if (this.#start === null) return;
    const before = this.#updates - this.#start - 1;
    for (const parameter of params) {
      const { value } = parameter;
      const isNew = !this.#averages.has(parameter);
      const [average] = this.#averages.of(parameter);
      if (isNew || before === 0) value.backend.copy(average, value);
      else value.backend.lerp(average, value, this.partOfNewest(before));
    }
  }

  /** Tells it how an evaluation of the weights went; true if averaging begins because of it. */
  evaluated(_loss: number): boolean {
    return false;
  }

  /**
   * Exchanges the weights and their averages; a second time, it puts all back as it was, to the bit. Nothing is read back.
   * @throws StateError if there is no average yet
   */
  swap(params: readonly Parameter[]): void {
    if (!this.isActive) {
      throw new StateError(`${this.kind}.swap: expected an average, but none has begun; ask isActive before`);
    }
    const unknown = params.find((parameter) => !this.#averages.has(parameter));
    if (unknown) {
      throw new StateError(`${this.kind}.swap: expected parameters that it averages, got ${unknown.name}`);
    }
    for (const parameter of params) {
      const { backend, shape, dtype } = parameter.value;
      const [average] = this.#averages.of(parameter);
      const scratch = this.#memory.take('scratch', backend, shape, dtype);
      backend.copy(scratch, average);
      backend.copy(average, parameter.value);
      backend.copy(parameter.value, scratch);
    }
    this.#swapped = !this.#swapped;
  }

  /**
   * A copy of its state at the time of the call.
   * @throws StateError while the average stands in the weights' place
   */
  async getState(): Promise<AverageState> {
    this.#expectWeights('getState');
    const { kind } = this;
    const [updates, start, losses] = [this.#updates, this.#start, [...this.losses]];
    const tensors: SavedTensors = this.isActive ? await this.#averages.read() : new Map();
    return { kind, updates, start, losses, tensors };
  }

  /**
   * Goes on from a state that `getState` gave, with the weights of that time in the parameters.
   * @param params those that it will average
   * @throws StateError if the state belongs to another kind of average or to other parameters
   */
  setState(state: AverageState, params: readonly Parameter[]): void {
    const { kind, updates, start, losses, tensors } = state;
    expectState(this.kind, kind, updates);
    if (start !== null && !(Number.isSafeInteger(start) && start >= 0 && start <= updates)) {
      throw new StateError(
        `${kind}.setState: expected start to be null or a whole number from 0 to ${updates}, got ${start}; is the state damaged?`,
      );
    }
    if (!losses.every(Number.isFinite)) {
      throw new StateError(
        `${kind}.setState: expected losses to be numbers, got ${losses.find((loss) => !Number.isFinite(loss))}; is the state damaged?`,
      );
    }
    const isActive = start !== null && updates > start;
    this.#averages.expect(isActive ? params : [], tensors);
    this.#averages.write(params, tensors);
    this.losses = [...losses];
    this.#updates = updates;
    this.#start = start;
    this.#swapped = false;
  }

  /** Held for averages, and to swap. */
  get bytes(): number {
    return this.#averages.bytes + this.#memory.bytes;
  }

  dispose(): void {
    this.#averages.dispose();
    this.#memory.dispose();
  }

  #expectWeights(method: string): void {
    if (this.#swapped) {
      throw new StateError(
        `${this.kind}.${method}: expected the weights in the parameters, but the averages are there; swap them back first`,
      );
    }
  }

  /** Made when first asked for: the kind is known once the whole object is there. */
  get #averages(): KeptTensors {
    this.#kept ??= new KeptTensors(this.kind, ['average']);
    return this.#kept;
  }
}
