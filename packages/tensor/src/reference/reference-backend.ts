import type { Backend, Storage } from '../backend.ts';
import { bytesPerElement, type DType, makeArray, type TypedArray } from '../dtype.ts';
import { MemoryError, StateError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import { affine, affineGrads } from './affine.ts';
import * as cells from './cells.ts';
import * as elementwise from './elementwise.ts';
import { layerNorm, layerNormBackward } from './layer-norm.ts';
import * as losses from './losses.ts';
import { PackedMatmul } from './matmul.ts';
import * as optimizers from './optimizers.ts';
import { recurrence, recurrenceBackward } from './recurrence.ts';
import { dataOf, ReferenceStorage } from './storage.ts';

/**
 * Every operation in plain TypeScript, for f32 and f64: written to be read, and what faster backends are held to. One
 * file beside this one for each family of kernels.
 */
export class ReferenceBackend implements Backend {
  readonly name = 'reference';
  readonly #matmul = new PackedMatmul();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  allocate(dtype: DType, length: number): Storage {
    const bytes = length * bytesPerElement(dtype);
    try {
      const storage = new ReferenceStorage(dtype, length);
      this.#bytes += bytes;
      return storage;
    } catch {
      throw new MemoryError(
        `ReferenceBackend: expected room for ${bytes} more bytes, but the machine has none; ${this.#bytes} are held`,
      );
    }
  }

  free(storage: Storage): void {
    if (!(storage instanceof ReferenceStorage)) {
      throw new StateError(
        "ReferenceBackend.free: expected memory of the reference backend, got another one's",
      );
    }
    if (storage.freed) return;
    storage.free();
    this.#bytes -= storage.length * bytesPerElement(storage.dtype);
  }

  /** It holds nothing beside memory. */
  dispose(): void {}

  async read(x: Tensor): Promise<TypedArray> {
    const data = dataOf('read', x);
    const values = makeArray(x.dtype, x.size);
    for (let i = 0; i < values.length; i++) values[i] = data[elementwise.addressOf(x, i)];
    return values;
  }

  write(x: Tensor, values: ArrayLike<number>): void {
    const data = dataOf('write', x);
    for (let i = 0; i < x.size; i++) data[elementwise.addressOf(x, i)] = values[i];
  }

  matmul(out: Tensor, a: Tensor, b: Tensor): void {
    this.#matmul.run('matmul', out, a, b, false);
  }

  addmm(out: Tensor, a: Tensor, b: Tensor): void {
    this.#matmul.run('addmm', out, a, b, true);
  }

  affine(out: Tensor, x: Tensor, W: Tensor, b: Tensor): void {
    affine(this.#matmul, out, x, W, b);
  }

  affineGrads(dW: Tensor, db: Tensor, x: Tensor, dout: Tensor): void {
    affineGrads(this.#matmul, dW, db, x, dout);
  }

  readonly fill: Backend['fill'] = elementwise.fill;
  readonly copy: Backend['copy'] = elementwise.copy;
  readonly add: Backend['add'] = elementwise.add;
  readonly scale: Backend['scale'] = elementwise.scale;
  readonly multiply: Backend['multiply'] = elementwise.multiply;
  readonly scaleRows: Backend['scaleRows'] = elementwise.scaleRows;
  readonly lerp: Backend['lerp'] = elementwise.lerp;
  readonly gather: Backend['gather'] = elementwise.gather;
  readonly scatterAdd: Backend['scatterAdd'] = elementwise.scatterAdd;
  readonly sigmoid: Backend['sigmoid'] = elementwise.sigmoid;
  readonly sigmoidBackward: Backend['sigmoidBackward'] = elementwise.sigmoidBackward;
  readonly tanh: Backend['tanh'] = elementwise.tanh;
  readonly tanhBackward: Backend['tanhBackward'] = elementwise.tanhBackward;
  readonly layerNorm: Backend['layerNorm'] = layerNorm;
  readonly layerNormBackward: Backend['layerNormBackward'] = layerNormBackward;
  readonly dropout: Backend['dropout'] = elementwise.dropout;
  readonly addSumSquares: Backend['addSumSquares'] = elementwise.addSumSquares;
  readonly sqrt: Backend['sqrt'] = elementwise.sqrt;
  readonly clip: Backend['clip'] = elementwise.clip;

  readonly rnnCell: Backend['rnnCell'] = cells.rnnCell;
  readonly rnnCellBackward: Backend['rnnCellBackward'] = cells.rnnCellBackward;
  readonly lstmCell: Backend['lstmCell'] = cells.lstmCell;
  readonly lstmCellBackward: Backend['lstmCellBackward'] = cells.lstmCellBackward;
  readonly gruGates: Backend['gruGates'] = cells.gruGates;
  readonly gruCell: Backend['gruCell'] = cells.gruCell;
  readonly gruCellBackward: Backend['gruCellBackward'] = cells.gruCellBackward;
  readonly gruGatesBackward: Backend['gruGatesBackward'] = cells.gruGatesBackward;

  readonly recurrence: Backend['recurrence'] = recurrence;
  readonly recurrenceBackward: Backend['recurrenceBackward'] = recurrenceBackward;

  readonly softmaxCrossEntropy: Backend['softmaxCrossEntropy'] = losses.softmaxCrossEntropy;
  readonly softmaxCrossEntropyBackward: Backend['softmaxCrossEntropyBackward'] =
    losses.softmaxCrossEntropyBackward;
  readonly sigmoidCrossEntropy: Backend['sigmoidCrossEntropy'] = losses.sigmoidCrossEntropy;
  readonly sigmoidCrossEntropyBackward: Backend['sigmoidCrossEntropyBackward'] =
    losses.sigmoidCrossEntropyBackward;

  readonly sgd: Backend['sgd'] = optimizers.sgd;
  readonly momentum: Backend['momentum'] = optimizers.momentum;
  readonly nesterov: Backend['nesterov'] = optimizers.nesterov;
  readonly adagrad: Backend['adagrad'] = optimizers.adagrad;
  readonly rmsprop: Backend['rmsprop'] = optimizers.rmsprop;
  readonly adam: Backend['adam'] = optimizers.adam;
}
