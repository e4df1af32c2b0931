import {
  type Backend,
  bytesPerElement,
  type DType,
  DTypeError,
  formatShape,
  type InputGate,
  keyOf,
  makeArray,
  ShapeError,
  StateError,
  type Storage,
  sameShape,
  type Tensor,
  type TypedArray,
  ValueError,
} from '@unroll/tensor';
import { blockFor, chunksFor, columnsFor, LEAST_OUTSIDE, outsideBlockFor } from './chunks.ts';
import { Crew } from './crew.ts';
import { hasRelaxedSimd, hasSimd } from './features.ts';
import { Heap } from './heap.ts';
import { importsOf, type Kernels } from './kernels.ts';
import { ARGS, DEPTH, FEW_ROWS, LIST, MOST_PARTIALS, Operation, SCRATCH, SCRATCH_BYTES } from './layout.ts';
import type { Gemm, OpenGemm, OutsideProducts } from './outside.ts';
import { type RowList, WasmStorage } from './storage.ts';
import {
  addressOf,
  checkOperand,
  eachElement,
  expectAxes,
  expectLabels,
  expectMatrix,
  expectSame,
  expectTable,
  innerRows,
  isWhole,
  lastStride,
  liesEvenly,
  liesTogether,
  mayStayUnpacked,
  packedBytes,
  rowStride,
  storageOf,
} from './views.ts';
import { defaultThreads, startWorker, type Worker } from './workers.ts';

export interface WasmBackendOptions {
  /** The calling thread and so many less one beside it; by default one for each core, or 1 where memory cannot be shared. */
  threads?: number;
  /** Fused multiply-add; by default where the engine has it. Results differ in the last bits with and without. */
  relaxedSimd?: boolean;
  /** Who multiplies large matrices instead; by default nobody. */
  outside?: OutsideProducts;
}

/** A smaller matrix is gone through faster than a list is kept. */
const LEAST_LISTED = 65536;

/** What a product does beside multiplying. */
interface Also {
  /** Adds to what out holds. */
  readonly accumulate?: boolean;
  /** (N), added to every row of out. */
  readonly bias?: Tensor;
  /** (N), to which the sum of the rows of b is added. */
  readonly sums?: Tensor;
}

/** The kernels of an LSTM's step for each kind of input gate, and how many gates lie side by side. */
const lstmOf = {
  own: { gateCount: 4, forward: Operation.lstmCell, backward: Operation.lstmCellBackward },
  capped: { gateCount: 4, forward: Operation.lstmCellCapped, backward: Operation.lstmCellCappedBackward },
  coupled: { gateCount: 3, forward: Operation.lstmCellCoupled, backward: Operation.lstmCellCoupledBackward },
} as const;

/** How many views of one storage have a packed form: a GRU multiplies with four of its Wh. */
const MOST_PACKED = 8;

/**
 * The operations of the contract as WebAssembly SIMD, for f32. All tensors lie in one linear memory.
 *
 * A call is cut into chunks by its shapes (and by which rows of an embedding's gradient there are), and each chunk is computed in a
 * fixed order: the results are the same to the bit for any number of threads.
 */
export class WasmBackend implements Backend {
  readonly name: string;
  /** Does it use fused multiply-add? */
  readonly relaxedSimd: boolean;
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #crew: Crew;
  readonly #heap: Heap;
  /** Products of so many multiplications go outside. */
  readonly #leastOutside: number;
  #ints: Int32Array;
  #floats: Float32Array;
  #bytes = 0;
  /** For operands that are packed for one product only. */
  readonly #rooms = { a: { address: 0, bytes: 0 }, b: { address: 0, bytes: 0 } };
  readonly #stagings = new Map<DType, { address: number; length: number }>();

  private constructor(
    memory: WebAssembly.Memory,
    kernels: Kernels,
    crew: Crew,
    relaxedSimd: boolean,
    outside: OutsideProducts | undefined,
  ) {
    this.name = outside?.name ?? 'wasm';
    this.#leastOutside = outside ? (outside.least ?? LEAST_OUTSIDE) : Number.POSITIVE_INFINITY;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#crew = crew;
    this.relaxedSimd = relaxedSimd;
    this.#heap = new Heap(memory, SCRATCH + crew.threads * SCRATCH_BYTES);
    this.#ints = new Int32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
  }

  /**
   * Where nobody says how many threads, it takes one if memory cannot be shared or workers cannot be started.
   * @throws StateError where WebAssembly has no SIMD, or there is no room for its memory
   * @throws ValueError if threads is not a whole number from 1, or more than 1 where memory cannot be shared
   */
  static async create({ threads, relaxedSimd, outside }: WasmBackendOptions = {}): Promise<WasmBackend> {
    if (!hasSimd()) {
      throw new StateError(
        'WasmBackend: expected WebAssembly with SIMD, which this engine lacks; use a newer one (Node 20, Chrome 91, Firefox 89, Safari 16.4), or ReferenceBackend',
      );
    }
    const count = threads ?? defaultThreads();
    if (!Number.isInteger(count) || count < 1 || count > 64) {
      throw new ValueError(`WasmBackend: expected threads to be a whole number from 1 to 64, got ${threads}`);
    }
    if (count > 1 && typeof SharedArrayBuffer === 'undefined') {
      throw new ValueError(
        `WasmBackend: expected one thread where memory cannot be shared, got ${threads}; a page needs the isolation headers for more`,
      );
    }
    const relaxed = relaxedSimd ?? hasRelaxedSimd();
    if (relaxed && !hasRelaxedSimd()) {
      throw new StateError(
        'WasmBackend: expected relaxed SIMD, which this engine lacks; leave out relaxedSimd',
      );
    }
    const shared = count > 1;
    const { wasm } = await loadModule(relaxed, shared);
    const bytes = Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
    const initial = Math.ceil((SCRATCH + count * SCRATCH_BYTES) / 65536);
    const alone = (): Promise<WasmBackend> => WasmBackend.create({ relaxedSimd, outside, threads: 1 });
    const memory = makeMemory(initial, shared);
    if (!memory && threads === undefined && shared) return alone();
    if (!memory) {
      throw new StateError(
        `WasmBackend: expected room for a memory of up to 4 GiB, ${shared ? 'shared by all threads, but it cannot be had; ask for { threads: 1 }' : 'but it cannot be had; is there a limit on memory here (ulimit -v)?'}`,
      );
    }
    const module = await WebAssembly.compile(bytes);
    const gemm = outside && (await openOutside(outside, memory));
    const instance = await WebAssembly.instantiate(module, importsOf(memory, gemm));
    const kernels = instance.exports as unknown as Kernels;
    const workers: Worker[] = [];
    try {
      while (workers.length < count - 1) {
        workers.push(startWorker(module, memory, workers.length + 1, outside));
      }
    } catch (error) {
      for (const worker of workers) worker.stop();
      if (threads === undefined) return alone();
      const detail = error instanceof Error ? error.message : String(error);
      throw new StateError(
        `WasmBackend: expected ${count - 1} threads beside this one, but one cannot be started (${detail}); ask for fewer`,
      );
    }
    const backend = new WasmBackend(memory, kernels, new Crew(kernels, workers), relaxed, outside);
    try {
      // A thread that cannot load what is outside would be missing without a word.
      if (outside) await Promise.all(workers.map(({ ready }) => ready));
    } catch (error) {
      backend.dispose();
      throw outside ? outsideFails(outside, error) : error;
    }
    return backend;
  }

  get threads(): number {
    return this.#crew.threads;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How large the linear memory has grown, in bytes. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Ends the workers. Tensors can still be read. */
  dispose(): void {
    this.#crew.dispose();
  }

  allocate(dtype: DType, length: number): Storage {
    if (dtype === 'f64') {
      throw new DTypeError('WasmBackend: expected f32 or i32, got f64; check gradients on ReferenceBackend');
    }
    const address = this.#take(length * 4);
    this.#ints.fill(0, address >>> 2, (address >>> 2) + length);
    this.#bytes += length * bytesPerElement(dtype);
    return new WasmStorage(dtype, length, address, this.#heap);
  }

  free(storage: Storage): void {
    if (!(storage instanceof WasmStorage) || storage.heap !== this.#heap) {
      throw new StateError("WasmBackend.free: expected memory of this wasm backend, got another one's");
    }
    if (storage.freed) return;
    storage.freed = true;
    this.#bytes -= storage.length * bytesPerElement(storage.dtype);
    this.#heap.give(storage.address);
    for (const { address } of storage.packed.values()) {
      if (address !== undefined) this.#heap.give(address);
    }
    storage.packed.clear();
    if (storage.list) this.#heap.give(storage.list.address);
    storage.list = undefined;
  }

  async read(x: Tensor): Promise<TypedArray> {
    const { storage, data, start } = this.#elements('read', x);
    if (liesTogether(x)) return data.slice(start, start + x.size);
    const values = makeArray(storage.dtype, x.size);
    eachElement(x, start, (i, at) => {
      values[i] = data[at];
    });
    return values;
  }

  write(x: Tensor, values: ArrayLike<number>): void {
    const { storage, data, start } = this.#elements('write', x);
    if (liesTogether(x)) data.set(values, start);
    else
      eachElement(x, start, (i, at) => {
        data[at] = values[i];
      });
    storage.version++;
  }

  fill(x: Tensor, value: number): void {
    const storage = this.#storageOf('fill', x);
    const isInt = storage.dtype === 'i32';
    const zero = Object.is(value, 0);
    const list = zero ? this.#listOf(x) : undefined;
    this.#rows('fill', x);
    this.#out('fill', 4, x, isInt ? 'i32' : 'f32');
    if (isInt) this.#int(7, value);
    else this.#float(7, value);
    this.#runRows(Operation.fill, x, 1, list);
    if (zero && isWhole(x)) {
      storage.zeroVersion = storage.version;
      if (storage.list) {
        storage.list.marks.fill(0);
        storage.list.count = 0;
        storage.list.version = storage.version;
      }
    }
  }

  copy(out: Tensor, x: Tensor): void {
    expectSame('copy', out, x);
    const [a, b] = [this.#storageOf('copy', out), this.#storageOf('copy', x)];
    if (a.dtype !== b.dtype) throw new DTypeError(`copy: expected ${a.dtype}, got ${b.dtype}`);
    if (out.transposed !== x.transposed || (out.transposed && out.shape.length === 3)) {
      // Rows of one are columns of the other: element by element.
      this.#copySlowly(out, x);
      return;
    }
    const [to, from] = out.transposed ? [out.T, x.T] : [out, x];
    this.#int(0, to.rows);
    this.#int(1, to.cols);
    this.#int(2, innerRows(to));
    this.#place(4, to, a);
    this.#place(7, from, b);
    this.#int(10, lastStride(to) * 4);
    this.#int(11, lastStride(from) * 4);
    a.version++;
    this.#runRows(Operation.copy, to, 1);
  }

  #copySlowly(out: Tensor, x: Tensor): void {
    const from = this.#elements('copy', x);
    const to = this.#elements('copy', out);
    const values = new Float64Array(x.size);
    eachElement(x, from.start, (i, at) => {
      values[i] = from.data[at];
    });
    eachElement(out, to.start, (i, at) => {
      to.data[at] = values[i];
    });
    to.storage.version++;
  }

  add(out: Tensor, x: Tensor, factor = 1): void {
    this.#float(10, factor);
    this.#alike('add', factor === 1 ? Operation.add : Operation.addScaled, 1, out, x);
  }

  multiply(out: Tensor, a: Tensor, b: Tensor): void {
    this.#alike('multiply', Operation.multiply, 1, out, a, b);
  }

  scaleRows(out: Tensor, x: Tensor, factors: Tensor): void {
    if (factors.size !== x.rows) {
      throw new ShapeError(
        `scaleRows: expected factors (${x.rows}), one for each row of x ${formatShape(x.shape)}, got ${formatShape(factors.shape)}`,
      );
    }
    this.#int(10, this.#side('scaleRows', factors));
    this.#alike('scaleRows', Operation.scaleRows, 1, out, x);
  }

  lerp(out: Tensor, x: Tensor, weight: number): void {
    this.#float(10, weight);
    this.#alike('lerp', Operation.lerp, 1, out, x);
  }

  scale(out: Tensor, factor: number): void {
    this.#rows('scale', out);
    this.#out('scale', 4, out);
    this.#float(7, factor);
    this.#runRows(Operation.scale, out, 1);
  }

  matmul(out: Tensor, a: Tensor, b: Tensor): void {
    this.#product('matmul', out, a, b, {});
  }

  addmm(out: Tensor, a: Tensor, b: Tensor): void {
    this.#product('addmm', out, a, b, { accumulate: true });
  }

  affine(out: Tensor, x: Tensor, W: Tensor, b: Tensor): void {
    expectMatrix('affine', 'b', b, 1, W.cols);
    checkOperand('affine', out);
    this.#in('affine', 16, b);
    this.#product('affine', out, x, W, { bias: b });
  }

  affineGrads(dW: Tensor, db: Tensor, x: Tensor, dout: Tensor): void {
    expectMatrix('affineGrads', 'db', db, 1, dout.cols);
    this.#in('affineGrads', 17, db);
    // Columns of dout are packed where few rows of dW are computed, and summed on the way.
    const alongside = !dW.transposed && dW.rows <= FEW_ROWS;
    this.#product('affineGrads', dW, x.T, dout, { accumulate: true, sums: alongside ? db : undefined });
    if (!alongside) this.#addSumRows('affineGrads', db, dout);
  }

  #addSumRows(operation: string, out: Tensor, x: Tensor): void {
    this.#rows(operation, x);
    this.#in(operation, 4, x);
    this.#out(operation, 7, out);
    const columns = columnsFor(x.rows);
    this.#int(8, columns);
    this.#crew.run(Operation.addSumRows, Math.ceil(x.cols / columns));
  }

  #product(operation: string, out: Tensor, a: Tensor, b: Tensor, also: Also): void {
    const [M, K, N] = [a.rows, a.cols, b.cols];
    if (b.rows !== K || out.rows !== M || out.cols !== N) {
      throw new ShapeError(
        `${operation}: expected out (M, N), a (M, K), b (K, N), got ${[out, a, b].map((x) => formatShape(x.shape)).join(', ')}`,
      );
    }
    if (out.transposed) {
      // outᵀ = bᵀ @ aᵀ
      this.#product(operation, out.T, b.T, a.T, also);
      return;
    }
    checkOperand(operation, a.transposed ? a.T : a);
    checkOperand(operation, b.transposed ? b.T : b);
    this.#in(operation, 9, out); // before anything is packed, so that nothing is done in vain
    if (M * N * K >= this.#leastOutside && liesEvenly(out)) {
      this.#multiplyOutside(operation, out, a, b, also);
      return;
    }
    if (M > FEW_ROWS) this.#multiplyRows(operation, out, a, b, also);
    else this.#multiplyColumns(operation, out, a, b, also);
  }

  #multiplyRows(operation: string, out: Tensor, a: Tensor, b: Tensor, also: Also): void {
    const [M, K, N] = [a.rows, a.cols, b.cols];
    let packed = this.#packedForm(operation, b);
    if (packed === 0) {
      packed = this.#room('b', packedBytes(b));
      this.#pack(operation, b, packed);
    }
    this.#operands(operation, M, N, K, a);
    this.#int(8, packed);
    this.#result(operation, out, also);
    const [rows, panels] = blockFor(M, N, K, a.transposed);
    this.#int(14, rows);
    this.#int(15, panels);
    this.#crew.run(Operation.multiplyRows, Math.ceil(M / rows) * Math.ceil(N / 8 / panels));
  }

  #multiplyColumns(operation: string, out: Tensor, a: Tensor, b: Tensor, also: Also): void {
    const [M, K, N] = [a.rows, a.cols, b.cols];
    const packedB = this.#packedForm(operation, b);
    const packedA = this.#room('a', Math.ceil(M / 5) * 20 * K);
    this.#operands(operation, packedA, M, K, a);
    this.#crew.run(Operation.packA, Math.ceil(K / DEPTH));
    this.#operands(operation, M, N, K, b);
    this.#int(8, packedB);
    this.#result(operation, out, also);
    this.#int(14, packedA);
    const panels = Math.ceil(N / 8);
    const each = Math.ceil(panels / chunksFor(M * N * K));
    this.#int(15, each);
    this.#int(18, packedB === 0 && mayStayUnpacked(b) ? rowStride(b) * 4 : 0);
    this.#crew.run(Operation.multiplyColumns, Math.ceil(panels / each));
  }

  #multiplyOutside(operation: string, out: Tensor, a: Tensor, b: Tensor, also: Also): void {
    const [M, K, N] = [a.rows, a.cols, b.cols];
    const places = [this.#evenly(operation, 'a', a), this.#evenly(operation, 'b', b)];
    this.#out(operation, 9, out);
    places.forEach(({ address, stride }, i) => {
      this.#int(3 + 3 * i, [a, b][i].transposed ? 1 : 0);
      this.#int(4 + 3 * i, address);
      this.#int(5 + 3 * i, stride);
    });
    this.#int(0, M);
    this.#int(1, N);
    this.#int(2, K);
    this.#int(10, rowStride(out));
    this.#int(11, also.accumulate ? 1 : 0);
    this.#int(12, also.bias ? addressOf(this.#storageOf(operation, also.bias), also.bias) : 0);
    const [rows, columns] = outsideBlockFor(M, N, K);
    this.#int(13, rows);
    this.#int(14, columns);
    this.#crew.run(Operation.multiplyOutside, Math.ceil(M / rows) * Math.ceil(N / columns));
    if (also.sums) this.#addSumRows(operation, also.sums, b);
  }

  /** Where an operand lies, one distance between all its rows: where it is, or in a copy. */
  #evenly(operation: string, operand: 'a' | 'b', x: Tensor): { address: number; stride: number } {
    const stored = x.transposed ? x.T : x;
    const storage = this.#in(operation, 7, stored);
    if (liesEvenly(stored)) return { address: addressOf(storage, stored), stride: rowStride(stored) };
    const address = this.#room(operand, stored.size * 4);
    this.#rows(operation, stored);
    this.#int(4, address);
    this.#int(5, stored.cols * innerRows(stored) * 4);
    this.#int(6, stored.cols * 4);
    this.#int(10, 4);
    this.#int(11, 4);
    this.#runRows(Operation.copy, stored, 1);
    return { address, stride: stored.cols };
  }

  /** 3..7: one operand, and before it three numbers: M, N, K of the product, or target, rows and columns of a packing. */
  #operands(operation: string, first: number, second: number, third: number, x: Tensor): void {
    const stored = x.transposed ? x.T : x;
    this.#int(3, x.transposed ? 1 : 0);
    this.#in(operation, 4, stored);
    this.#int(7, innerRows(stored));
    this.#int(0, first);
    this.#int(1, second);
    this.#int(2, third);
  }

  /** 9..13, 16 and 17 */
  #result(operation: string, out: Tensor, { accumulate, bias, sums }: Also): void {
    this.#out(operation, 9, out);
    this.#int(12, innerRows(out));
    this.#int(13, accumulate ? 1 : 0);
    this.#int(16, bias ? addressOf(this.#storageOf(operation, bias), bias) : 0);
    this.#int(17, sums ? addressOf(this.#storageOf(operation, sums), sums) : 0);
    if (sums) this.#storageOf(operation, sums).version++;
  }

  /**
   * Where b lies in packed form, or 0. What is multiplied with more than once while it stays the same, such as Wh in every time
   * step, gets a packed form of its own.
   */
  #packedForm(operation: string, b: Tensor): number {
    const storage = this.#storageOf(operation, b);
    const known = storage.packed.get(b);
    if (!known) {
      this.#forgetOldest(storage);
      storage.packed.set(b, { address: undefined, version: storage.version });
      return 0;
    }
    const unchanged = known.version === storage.version;
    known.version = storage.version;
    if (known.address === undefined) {
      if (!unchanged) return 0;
      known.address = this.#take(packedBytes(b));
      this.#pack(operation, b, known.address);
    } else if (!unchanged) this.#pack(operation, b, known.address);
    return known.address;
  }

  /** A buffer that changes its shape is seen through ever new views: of those, few are remembered. */
  #forgetOldest({ packed }: WasmStorage): void {
    if (packed.size < MOST_PACKED) return;
    for (const [view, { address }] of packed) {
      if (address !== undefined) this.#heap.give(address);
      packed.delete(view);
      return;
    }
  }

  /** Room for an operand that is packed for one product. */
  #room(operand: 'a' | 'b', bytes: number): number {
    const room = this.#rooms[operand];
    if (room.bytes < bytes) {
      // Forgotten before it is given back: what follows may find no room.
      this.#rooms[operand] = { address: 0, bytes: 0 };
      if (room.bytes > 0) this.#heap.give(room.address);
      this.#rooms[operand] = { address: this.#take(bytes), bytes };
    }
    return this.#rooms[operand].address;
  }

  #pack(operation: string, b: Tensor, address: number): void {
    const panels = Math.ceil(b.cols / 8);
    const each = Math.max(1, Math.ceil(65536 / (b.rows * 8)));
    this.#operands(operation, address, b.rows, b.cols, b);
    this.#int(8, each);
    this.#crew.run(Operation.packB, Math.ceil(panels / each));
  }

  gather(out: Tensor, W: Tensor, ids: Tensor): void {
    expectMatrix('gather', 'out', out, ids.size, W.cols);
    this.#checkIds('gather', W, ids);
    this.#rows('gather', out);
    this.#in('gather', 7, W);
    this.#int(10, this.#labels('gather', ids));
    this.#out('gather', 4, out);
    this.#runRows(Operation.gather, out, 1);
  }

  scatterAdd(dW: Tensor, ids: Tensor, dout: Tensor): void {
    expectMatrix('scatterAdd', 'dout', dout, ids.size, dW.cols);
    this.#checkIds('scatterAdd', dW, ids);
    this.#rows('scatterAdd', dout);
    this.#in('scatterAdd', 4, dout);
    this.#int(10, this.#labels('scatterAdd', ids));
    const list = this.#listOf(dW) ?? this.#beginList(dW);
    this.#out('scatterAdd', 7, dW);
    this.#crew.run(Operation.scatterAdd, 1);
    if (list) this.#enlist(list, dW, ids);
  }

  /** The rows of x that may be other than zeros, if they are known. */
  #listOf(x: Tensor): RowList | undefined {
    // What is no memory of this backend, or was given back, has no list; the call itself refuses it.
    const { list, version } = x.storage as Partial<WasmStorage>;
    return list && list.version === version && isWhole(x) && list.marks.length === x.rows ? list : undefined;
  }

  /** Rows of x are listed from now on, if it is all zeros; else from when it is next filled with zeros. */
  #beginList(x: Tensor): RowList | undefined {
    const storage = this.#storageOf('scatterAdd', x);
    if (storage.list || !isWhole(x) || x.size < LEAST_LISTED) return undefined;
    const address = this.#take(x.rows * 4);
    storage.list = { version: storage.zeroVersion, address, count: 0, marks: new Uint8Array(x.rows) };
    return storage.version === storage.zeroVersion ? storage.list : undefined;
  }

  #enlist(list: RowList, x: Tensor, ids: Tensor): void {
    const at = this.#labels('scatterAdd', ids) >>> 2;
    for (const id of this.#ints.subarray(at, at + ids.size)) {
      if (list.marks[id] === 1) continue;
      list.marks[id] = 1;
      this.#ints[(list.address >>> 2) + list.count++] = id;
    }
    list.version = this.#storageOf('scatterAdd', x).version;
  }

  sigmoid(out: Tensor, x: Tensor): void {
    this.#alike('sigmoid', Operation.sigmoid, 8, out, x);
  }

  sigmoidBackward(dx: Tensor, dout: Tensor, out: Tensor): void {
    this.#alike('sigmoidBackward', Operation.sigmoidBackward, 1, dx, dout, out);
  }

  tanh(out: Tensor, x: Tensor): void {
    this.#alike('tanh', Operation.tanh, 8, out, x);
  }

  tanhBackward(dx: Tensor, dout: Tensor, out: Tensor): void {
    this.#alike('tanhBackward', Operation.tanhBackward, 1, dx, dout, out);
  }

  layerNorm(out: Tensor, stats: Tensor, x: Tensor, gain: Tensor, bias: Tensor, eps: number): void {
    const operation = 'layerNorm';
    expectMatrix(operation, 'stats', stats, x.rows, 2);
    expectMatrix(operation, 'gain', gain, 1, x.cols);
    expectMatrix(operation, 'bias', bias, 1, x.cols);
    this.#in(operation, 10, gain);
    this.#in(operation, 13, bias);
    const kept = this.#side(operation, stats);
    this.#int(16, kept);
    this.#float(17, eps);
    this.#alike(operation, Operation.layerNorm, 4, out, x);
    this.#putBack(operation, stats, kept);
  }

  layerNormBackward(
    dx: Tensor,
    dgain: Tensor,
    dbias: Tensor,
    dout: Tensor,
    x: Tensor,
    stats: Tensor,
    gain: Tensor,
  ): void {
    const operation = 'layerNormBackward';
    expectMatrix(operation, 'stats', stats, x.rows, 2);
    for (const vector of [dgain, dbias, gain]) expectMatrix(operation, 'gain and bias', vector, 1, x.cols);
    this.#in(operation, 13, gain);
    this.#in(operation, 17, dgain);
    this.#in(operation, 20, dbias);
    this.#int(16, this.#side(operation, stats));
    this.#alike(operation, Operation.layerNormBackward, 4, dx, dout, x);
    this.#out(operation, 17, dgain);
    this.#out(operation, 20, dbias);
    const columns = columnsFor(x.rows);
    this.#int(23, columns);
    this.#crew.run(Operation.layerNormGrads, Math.ceil(x.cols / columns));
  }

  dropout(out: Tensor, x: Tensor, ratio: number, seed: number, call: number): void {
    expectSame('dropout', out, x);
    const [key0, key1] = keyOf(seed);
    this.#rows('dropout', out);
    this.#in('dropout', 7, x);
    this.#out('dropout', 4, out);
    this.#int(10, Math.min(Math.ceil(ratio * 2 ** 32), 2 ** 32 - 1));
    this.#float(11, 1 / (1 - ratio));
    this.#int(12, key0);
    this.#int(13, key1);
    this.#int(14, call);
    this.#runRows(Operation.dropout, out, 16);
  }

  rnnCell(hs: Tensor, gates: Tensor, t: number): void {
    this.#alike('rnnCell', Operation.tanh, 16, hs.at(t + 1), gates.at(t));
  }

  rnnCellBackward(dgates: Tensor, dh: Tensor, hs: Tensor, t: number): void {
    this.#alike('rnnCellBackward', Operation.tanhBackward, 4, dgates.at(t), dh, hs.at(t + 1));
  }

  lstmCell(hs: Tensor, cs: Tensor, gates: Tensor, t: number, inputGate: InputGate = 'own'): void {
    const [c, cNext, hNext, gate] = [cs.at(t), cs.at(t + 1), hs.at(t + 1), gates.at(t)];
    const { gateCount, forward } = lstmOf[inputGate];
    expectSame('lstmCell', hNext, cNext);
    expectMatrix('lstmCell', 'gates[:, t]', gate, c.rows, gateCount * c.cols);
    this.#rows('lstmCell', hNext);
    this.#in('lstmCell', 7, c);
    this.#out('lstmCell', 4, hNext);
    this.#out('lstmCell', 10, cNext);
    this.#out('lstmCell', 13, gate);
    this.#runRows(forward, hNext, 64);
  }

  lstmCellBackward(
    dgates: Tensor,
    dc: Tensor,
    dh: Tensor,
    gates: Tensor,
    cs: Tensor,
    t: number,
    inputGate: InputGate = 'own',
  ): void {
    const [dgate, gate, c, cNext] = [dgates.at(t), gates.at(t), cs.at(t), cs.at(t + 1)];
    const { gateCount, backward } = lstmOf[inputGate];
    expectSame('lstmCellBackward', dc, dh);
    expectSame('lstmCellBackward', c, dh);
    expectMatrix('lstmCellBackward', 'gates[:, t]', gate, dh.rows, gateCount * dh.cols);
    expectSame('lstmCellBackward', dgate, gate);
    this.#rows('lstmCellBackward', dh);
    this.#in('lstmCellBackward', 10, dh);
    this.#in('lstmCellBackward', 13, gate);
    this.#in('lstmCellBackward', 16, c);
    this.#in('lstmCellBackward', 19, cNext);
    this.#out('lstmCellBackward', 4, dgate);
    this.#out('lstmCellBackward', 7, dc);
    this.#runRows(backward, dh, 48);
  }

  gruGates(rh: Tensor, gates: Tensor, hs: Tensor, t: number): void {
    const [next, gate, h] = [rh.at(t), gates.at(t), hs.at(t)];
    expectSame('gruGates', next, h);
    expectMatrix('gruGates', 'gates[:, t]', gate, h.rows, 3 * h.cols);
    this.#rows('gruGates', next);
    this.#in('gruGates', 10, h);
    this.#out('gruGates', 4, next);
    this.#out('gruGates', 7, gate);
    this.#runRows(Operation.gruGates, next, 32);
  }

  gruCell(hs: Tensor, gates: Tensor, t: number): void {
    const [hNext, gate, h] = [hs.at(t + 1), gates.at(t), hs.at(t)];
    expectMatrix('gruCell', 'gates[:, t]', gate, h.rows, 3 * h.cols);
    this.#rows('gruCell', hNext);
    this.#in('gruCell', 10, h);
    this.#out('gruCell', 4, hNext);
    this.#out('gruCell', 7, gate);
    this.#runRows(Operation.gruCell, hNext, 24);
  }

  gruCellBackward(dgates: Tensor, dh: Tensor, gates: Tensor, hs: Tensor, t: number): void {
    const [dgate, gate, h] = [dgates.at(t), gates.at(t), hs.at(t)];
    expectSame('gruCellBackward', h, dh);
    expectMatrix('gruCellBackward', 'gates[:, t]', gate, dh.rows, 3 * dh.cols);
    expectSame('gruCellBackward', dgate, gate);
    this.#rows('gruCellBackward', dh);
    this.#in('gruCellBackward', 10, gate);
    this.#in('gruCellBackward', 13, h);
    this.#out('gruCellBackward', 4, dgate);
    this.#out('gruCellBackward', 7, dh);
    this.#runRows(Operation.gruCellBackward, dh, 8);
  }

  gruGatesBackward(dgates: Tensor, dh: Tensor, drh: Tensor, gates: Tensor, hs: Tensor, t: number): void {
    const [dgate, gate, h] = [dgates.at(t), gates.at(t), hs.at(t)];
    expectSame('gruGatesBackward', drh, dh);
    expectSame('gruGatesBackward', h, dh);
    expectMatrix('gruGatesBackward', 'gates[:, t]', gate, dh.rows, 3 * dh.cols);
    expectSame('gruGatesBackward', dgate, gate);
    this.#rows('gruGatesBackward', dh);
    this.#in('gruGatesBackward', 10, drh);
    this.#in('gruGatesBackward', 13, gate);
    this.#in('gruGatesBackward', 16, h);
    this.#out('gruGatesBackward', 4, dgate);
    this.#out('gruGatesBackward', 7, dh);
    this.#runRows(Operation.gruGatesBackward, dh, 8);
  }

  recurrence(hs: Tensor, a: Tensor, b: Tensor): void {
    expectSame('recurrence', a, b);
    this.#out('recurrence', 4, hs);
    this.#in('recurrence', 7, a);
    this.#in('recurrence', 10, b);
    this.#runSteps('recurrence', Operation.recurrence, hs, a);
  }

  recurrenceBackward(da: Tensor, db: Tensor, dh: Tensor, dhs: Tensor, a: Tensor, hs: Tensor): void {
    const operation = 'recurrenceBackward';
    for (const x of [da, db, dhs]) expectSame(operation, a, x);
    expectAxes(operation, 'dh', dh, [a.shape[0], a.cols]);
    this.#out(operation, 4, da);
    this.#out(operation, 7, db);
    this.#out(operation, 10, dh);
    this.#in(operation, 13, dhs);
    this.#in(operation, 16, a);
    this.#in(operation, 19, hs);
    this.#runSteps(operation, Operation.recurrenceBackward, hs, a);
  }

  /** Runs a call whose chunks each go through all steps, of some sequences or of some columns of one. */
  #runSteps(operation: string, code: number, hs: Tensor, a: Tensor): void {
    const [N, T, H] = a.shape;
    if (a.shape.length !== 3 || !sameShape(hs.shape, [N, T + 1, H])) {
      throw new ShapeError(
        `${operation}: expected hs (N, T + 1, H) and a (N, T, H), got ${formatShape(hs.shape)} and ${formatShape(a.shape)}`,
      );
    }
    const columns = Math.ceil(Math.max(32768 / T, 64) / 64) * 64;
    const each = Math.max(1, Math.floor(32768 / (T * H)));
    this.#int(0, N);
    this.#int(1, H);
    this.#int(2, T);
    this.#int(3, each);
    this.#int(23, columns);
    this.#crew.run(code, Math.ceil(N / each) * Math.ceil(H / columns));
  }

  softmaxCrossEntropy(
    loss: Tensor,
    count: Tensor,
    normalizers: Tensor,
    scores: Tensor,
    ts: Tensor,
    ignoreLabel: number,
    smoothing = 0,
  ): void {
    const operation = 'softmaxCrossEntropy';
    expectLabels(operation, scores, ts);
    expectMatrix(operation, 'normalizers', normalizers, scores.rows, 2);
    this.#checkLabels(operation, ts, scores.cols, ignoreLabel);
    this.#rows(operation, scores);
    this.#in(operation, 4, scores);
    this.#int(7, this.#labels(operation, ts));
    const kept = this.#side(operation, normalizers);
    this.#int(8, kept);
    this.#int(9, ignoreLabel);
    this.#float(10, smoothing);
    const chunks = this.#runRows(Operation.softmaxCrossEntropy, scores, 8);
    this.#putBack(operation, normalizers, kept);
    this.#finishLoss(operation, loss, count, ts, ignoreLabel, chunks);
  }

  softmaxCrossEntropyBackward(
    dscores: Tensor,
    scores: Tensor,
    normalizers: Tensor,
    ts: Tensor,
    count: Tensor,
    ignoreLabel: number,
    dout: number,
    smoothing = 0,
  ): void {
    const operation = 'softmaxCrossEntropyBackward';
    expectSame(operation, dscores, scores);
    expectLabels(operation, scores, ts);
    expectMatrix(operation, 'normalizers', normalizers, scores.rows, 2);
    this.#checkLabels(operation, ts, scores.cols, ignoreLabel); // they may be others than those of forward
    this.#rows(operation, scores);
    this.#in(operation, 4, scores);
    this.#int(7, this.#labels(operation, ts));
    this.#int(8, this.#side(operation, normalizers));
    this.#int(9, ignoreLabel);
    this.#out(operation, 10, dscores);
    this.#int(13, this.#side(operation, count));
    this.#float(14, dout);
    this.#float(15, smoothing);
    this.#runRows(Operation.softmaxCrossEntropyBackward, scores, 8);
  }

  sigmoidCrossEntropy(loss: Tensor, count: Tensor, scores: Tensor, ts: Tensor, ignoreLabel: number): void {
    const operation = 'sigmoidCrossEntropy';
    expectSame(operation, scores, ts);
    this.#checkLabels(operation, ts, 2, ignoreLabel);
    this.#rows(operation, scores);
    this.#in(operation, 4, scores);
    this.#in(operation, 7, ts, 'i32');
    this.#int(10, ignoreLabel);
    const chunks = this.#runRows(Operation.sigmoidCrossEntropy, scores, 64);
    this.#finishLoss(operation, loss, count, ts, ignoreLabel, chunks);
  }

  sigmoidCrossEntropyBackward(
    dscores: Tensor,
    scores: Tensor,
    ts: Tensor,
    count: Tensor,
    ignoreLabel: number,
    dout: number,
  ): void {
    const operation = 'sigmoidCrossEntropyBackward';
    expectSame(operation, dscores, scores);
    expectSame(operation, scores, ts);
    this.#rows(operation, scores);
    this.#in(operation, 4, scores);
    this.#in(operation, 7, ts, 'i32');
    this.#int(10, ignoreLabel);
    this.#out(operation, 11, dscores);
    this.#int(14, this.#side(operation, count));
    this.#float(15, dout);
    this.#runRows(Operation.sigmoidCrossEntropyBackward, scores, 64);
  }

  #finishLoss(
    operation: string,
    loss: Tensor,
    count: Tensor,
    ts: Tensor,
    ignoreLabel: number,
    chunks: number,
  ): void {
    const total = this.#kernels.sumPartials(chunks);
    const counted = this.#kernels.countLabels(this.#labels(operation, ts), ts.size, ignoreLabel);
    this.#set(operation, loss, counted === 0 ? 0 : total / counted);
    this.#set(operation, count, counted);
  }

  addSumSquares(out: Tensor, x: Tensor): void {
    expectMatrix('addSumSquares', 'out', out, 1, 1);
    this.#rows('addSumSquares', x);
    this.#in('addSumSquares', 4, x);
    const chunks = this.#runRows(Operation.sumSquares, x, 1, this.#listOf(x));
    const total = this.#kernels.sumPartials(chunks);
    this.#set('addSumSquares', out, this.#floats[this.#side('addSumSquares', out) >>> 2] + total);
  }

  sqrt(norm: Tensor): void {
    expectMatrix('sqrt', 'norm', norm, 1, 1);
    this.#set('sqrt', norm, Math.sqrt(this.#floats[this.#side('sqrt', norm) >>> 2]));
  }

  clip(x: Tensor, norm: Tensor, maxNorm: number): void {
    expectMatrix('clip', 'norm', norm, 1, 1);
    this.#rows('clip', x);
    this.#int(7, this.#side('clip', norm));
    this.#float(8, maxNorm);
    const list = this.#listOf(x);
    this.#out('clip', 4, x);
    this.#runRows(Operation.clip, x, 1, list);
    if (list) list.version++; // zeros stay zeros
  }

  sgd(W: Tensor, dW: Tensor, lr: number, decay = 0): void {
    this.#weights('sgd', W, dW);
    this.#float(16, lr);
    this.#float(17, decay);
    // Where the gradient is zero, the weight stays as it is, unless it decays.
    if (decay === 0) this.#runRows(Operation.sgd, W, 1, this.#listOf(dW));
    else this.#runRows(Operation.sgdWithDecay, W, 1);
  }

  momentum(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
    this.#weights('momentum', W, dW, v);
    this.#float(16, lr);
    this.#float(17, momentum);
    this.#runRows(Operation.momentum, W, 2);
  }

  nesterov(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
    this.#weights('nesterov', W, dW, v);
    this.#float(16, lr);
    this.#float(17, momentum);
    this.#float(18, momentum * momentum);
    this.#float(19, (1 + momentum) * lr);
    this.#runRows(Operation.nesterov, W, 2);
  }

  adagrad(W: Tensor, dW: Tensor, h: Tensor, lr: number, eps: number): void {
    this.#weights('adagrad', W, dW, h);
    this.#float(16, lr);
    this.#float(17, eps);
    this.#runRows(Operation.adagrad, W, 2);
  }

  rmsprop(W: Tensor, dW: Tensor, h: Tensor, lr: number, decay: number, eps: number): void {
    this.#weights('rmsprop', W, dW, h);
    this.#float(16, lr);
    this.#float(17, decay);
    this.#float(18, eps);
    this.#float(19, 1 - decay);
    this.#runRows(Operation.rmsprop, W, 2);
  }

  adam(
    W: Tensor,
    dW: Tensor,
    m: Tensor,
    v: Tensor,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    decay: number,
  ): void {
    this.#weights('adam', W, dW, m, v);
    this.#float(16, lr);
    this.#float(17, 1 - beta1);
    this.#float(18, 1 - beta2);
    this.#float(19, eps);
    this.#float(20, decay);
    this.#runRows(Operation.adam, W, 3);
  }

  /** The weight, its gradient, and one or two tensors of the optimizer. */
  #weights(operation: string, W: Tensor, dW: Tensor, first?: Tensor, second?: Tensor): void {
    expectSame(operation, W, dW);
    this.#rows(operation, W);
    this.#in(operation, 7, dW);
    this.#out(operation, 4, W);
    if (first) {
      expectSame(operation, W, first);
      this.#out(operation, 10, first);
    }
    if (second) {
      expectSame(operation, W, second);
      this.#out(operation, 13, second);
    }
  }

  // How a call is put together: its arguments are written to memory, then it runs in chunks.

  #int(index: number, value: number): void {
    this.#ints[(ARGS >>> 2) + index] = value;
  }

  #float(index: number, value: number): void {
    this.#floats[(ARGS >>> 2) + index] = value;
  }

  /** 0 rows, 1 columns, 2 inner rows */
  #rows(operation: string, x: Tensor): void {
    checkOperand(operation, x);
    this.#int(0, x.rows);
    this.#int(1, x.cols);
    this.#int(2, innerRows(x));
  }

  /** Three words for a matrix that is read. */
  #in(operation: string, index: number, x: Tensor, dtype: DType = 'f32'): WasmStorage {
    checkOperand(operation, x);
    const storage = this.#storageOf(operation, x);
    if (storage.dtype !== dtype) {
      throw new DTypeError(`${operation}: expected ${dtype}, got ${storage.dtype} ${formatShape(x.shape)}`);
    }
    this.#place(index, x, storage);
    return storage;
  }

  /** Three words for a matrix that is written. */
  #out(operation: string, index: number, x: Tensor, dtype: DType = 'f32'): void {
    this.#in(operation, index, x, dtype).version++;
  }

  #place(index: number, x: Tensor, storage: WasmStorage): void {
    const { strides } = x;
    const axes = strides.length;
    this.#int(index, addressOf(storage, x));
    this.#int(index + 1, axes === 3 ? strides[0] * 4 : 0);
    this.#int(index + 2, axes >= 2 ? strides[axes - 2] * 4 : 0);
  }

  /** A call on tensors of one shape: 4 out, 7 x, 10 y. */
  #alike(operation: string, code: number, cost: number, out: Tensor, x: Tensor, y?: Tensor): void {
    expectSame(operation, out, x);
    if (y) expectSame(operation, out, y);
    this.#rows(operation, out);
    this.#in(operation, 7, x);
    if (y) this.#in(operation, 10, y);
    this.#out(operation, 4, out);
    this.#runRows(code, out, cost);
  }

  /**
   * Runs a call on whole rows.
   * @param cost of one number, relative to an addition
   * @param list only of the rows in it
   * @returns how many chunks it took
   */
  #runRows(operation: number, x: Tensor, cost: number, list?: RowList): number {
    const total = list?.count ?? x.rows;
    const rows = Math.max(Math.ceil(32768 / (x.cols * cost)), Math.ceil(total / MOST_PARTIALS));
    const chunks = Math.ceil(total / rows);
    if (list) this.#int(0, total);
    this.#int(3, rows);
    this.#int(LIST, list?.address ?? 0);
    if (chunks > 0) this.#crew.run(operation, chunks);
    return chunks;
  }

  /** Where ids or labels lie side by side: themselves, or a copy. */
  #labels(operation: string, ts: Tensor): number {
    return this.#side(operation, ts, 'i32');
  }

  /** Where numbers lie side by side, all of them: themselves, or a copy where the rows of the view lie apart. */
  #side(operation: string, x: Tensor, dtype: DType = 'f32'): number {
    checkOperand(operation, x);
    const storage = this.#storageOf(operation, x);
    if (storage.dtype !== dtype) {
      throw new DTypeError(`${operation}: expected ${dtype}, got ${storage.dtype} ${formatShape(x.shape)}`);
    }
    if (liesTogether(x)) return storage.address + x.offset * 4;
    const address = this.#staging(dtype, x.size);
    const { data, start } = this.#elements(operation, x);
    eachElement(x, start, (i, at) => {
      data[(address >>> 2) + i] = data[at];
    });
    return address;
  }

  /** Puts back what a call wrote to the copy that #side made. */
  #putBack(operation: string, x: Tensor, address: number): void {
    const { storage, data, start } = this.#elements(operation, x);
    storage.version++;
    if (liesTogether(x)) return;
    eachElement(x, start, (i, at) => {
      data[at] = data[(address >>> 2) + i];
    });
  }

  /** Room for a copy of ids, or of numbers. */
  #staging(dtype: DType, length: number): number {
    const known = this.#stagings.get(dtype);
    if (known && known.length >= length) return known.address;
    this.#stagings.delete(dtype); // before it is given back: what follows may find no room
    if (known) this.#heap.give(known.address);
    const made = { address: this.#take(length * 4), length };
    this.#stagings.set(dtype, made);
    return made.address;
  }

  #set(operation: string, x: Tensor, value: number): void {
    const at = this.#side(operation, x) >>> 2;
    this.#floats[at] = value;
    this.#storageOf(operation, x).version++;
  }

  #checkIds(operation: string, W: Tensor, ids: Tensor): void {
    expectTable(operation, W);
    const at = this.#kernels.findBadId(this.#labels(operation, ids), ids.size, W.rows, 0);
    if (at >= 0) {
      throw new ValueError(
        `${operation}: expected ids from 0 to ${W.rows - 1}, got ${this.#idAt(ids, at)} at position ${at} of ${formatShape(ids.shape)}`,
      );
    }
  }

  #checkLabels(operation: string, ts: Tensor, limit: number, ignoreLabel: number): void {
    const at = this.#kernels.findBadId(this.#labels(operation, ts), ts.size, limit, ignoreLabel);
    if (at >= 0) {
      throw new ValueError(
        `${operation}: expected labels from 0 to ${limit - 1}, or ${ignoreLabel} to ignore, got ${this.#idAt(ts, at)} at position ${at} of ${formatShape(ts.shape)}`,
      );
    }
  }

  #idAt(ids: Tensor, at: number): number {
    return this.#ints[(this.#labels('read', ids) >>> 2) + at];
  }

  #storageOf(operation: string, x: Tensor): WasmStorage {
    return storageOf(operation, x, this.#heap);
  }

  #elements(operation: string, x: Tensor): { storage: WasmStorage; data: TypedArray; start: number } {
    const storage = this.#storageOf(operation, x);
    const data = storage.dtype === 'i32' ? this.#ints : this.#floats;
    return { storage, data, start: (storage.address >>> 2) + x.offset };
  }

  #take(bytes: number): number {
    const address = this.#heap.take(bytes);
    if (this.#ints.buffer !== this.#memory.buffer) {
      this.#ints = new Int32Array(this.#memory.buffer);
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    return address;
  }
}

/** Not to 4 GiB, but a page less: an address at the very end would be 0 again. Undefined where it cannot be had. */
function makeMemory(initial: number, shared: boolean): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory({ initial, maximum: 65535, shared });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** As the workers do; a bundler is not to follow it, since there is nothing outside in a browser. */
async function openOutside(outside: OutsideProducts, memory: WebAssembly.Memory): Promise<Gemm> {
  try {
    const { openGemm } = await import(/* @vite-ignore */ /* webpackIgnore: true */ outside.module);
    return (openGemm as OpenGemm)(memory, outside.options);
  } catch (error) {
    throw outsideFails(outside, error);
  }
}

function outsideFails({ name }: OutsideProducts, error: unknown): StateError {
  const detail = error instanceof Error ? error.message : String(error);
  return new StateError(
    `WasmBackend: expected every thread to load ${name}, but one says: ${detail}; leave out outside to multiply in WebAssembly`,
  );
}

function loadModule(relaxed: boolean, shared: boolean): Promise<{ wasm: string }> {
  if (relaxed) {
    return shared ? import('./generated/relaxed-shared.ts') : import('./generated/relaxed-unshared.ts');
  }
  return shared ? import('./generated/baseline-shared.ts') : import('./generated/baseline-unshared.ts');
}
