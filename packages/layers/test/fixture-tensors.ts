import { type FixtureCase, type FixtureTensor, findCase } from '@unroll/fixtures/find-case';
import { type DType, ReferenceBackend, type Tensor, tensor } from '@unroll/tensor';

/** The tensors of one case, made in one type on one backend. */
export class FixtureTensors {
  readonly backend: ReferenceBackend = new ReferenceBackend();
  readonly dtype: DType;
  readonly #case: FixtureCase<unknown>;

  constructor(fixture: Parameters<typeof findCase>[0], name: string, dtype: DType) {
    this.#case = findCase(fixture, name);
    this.dtype = dtype;
  }

  /** The inputs of these names. */
  inputs(...names: string[]): Tensor[] {
    return names.map((name) => this.#tensor(name, this.#case.inputs[name], this.dtype));
  }

  ids(name: string): Tensor {
    return this.#tensor(name, this.#case.inputs[name], 'i32');
  }

  expected(name: string): readonly number[] {
    return this.#known(name, this.#case.expected[name]).data;
  }

  #tensor(name: string, found: FixtureTensor | undefined, dtype: DType): Tensor {
    const { data, shape } = this.#known(name, found);
    return tensor(this.backend, data, shape, dtype);
  }

  #known(name: string, found: FixtureTensor | undefined): FixtureTensor {
    if (!found) throw new TypeError(`the case ${this.#case.name} has no ${name}`);
    return found;
  }
}
