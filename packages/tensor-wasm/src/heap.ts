import { MemoryError } from '@unroll/tensor';

const PAGE = 65536;
const ALIGNMENT = 64;
/** Memory grows by this much at least, so that it need not grow often. */
const STEP = 4 * 1024 * 1024;

interface Block {
  start: number;
  end: number;
}

/** Hands out pieces of a WebAssembly memory, first fit, and takes them back. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** Free pieces in the order of their addresses, none beside another. */
  readonly #free: Block[] = [];
  readonly #sizes = new Map<number, number>();
  #end: number;

  /** @param start the first byte that is its own */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory;
    this.#end = memory.buffer.byteLength;
    if (this.#end > start) this.#free.push({ start, end: this.#end });
    else this.#end = start;
  }

  /** @returns the address of so many bytes, a multiple of 64; what they hold is left over */
  take(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let index = this.#free.findIndex(({ start, end }) => end - start >= size);
    if (index < 0) {
      this.#grow(size);
      index = this.#free.length - 1;
    }
    const block = this.#free[index];
    const address = block.start;
    block.start += size;
    if (block.start === block.end) this.#free.splice(index, 1);
    this.#sizes.set(address, size);
    return address;
  }

  give(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) return;
    this.#sizes.delete(address);
    const index = this.#free.findIndex(({ start }) => start > address);
    const at = index < 0 ? this.#free.length : index;
    const [before, after] = [this.#free[at - 1], this.#free[at]];
    const block = { start: address, end: address + size };
    if (before?.end === block.start) {
      before.end = block.end;
      if (after?.start === before.end) {
        before.end = after.end;
        this.#free.splice(at, 1);
      }
    } else if (after?.start === block.end) after.start = block.start;
    else this.#free.splice(at, 0, block);
  }

  #grow(size: number): void {
    const last = this.#free.at(-1);
    const open = last?.end === this.#end ? last : undefined;
    const missing = size - (open ? open.end - open.start : 0);
    const pages = Math.ceil(Math.max(missing, STEP) / PAGE);
    try {
      const grown = this.#memory.grow(pages) * PAGE;
      const end = grown + pages * PAGE;
      if (open) open.end = end;
      else this.#free.push({ start: Math.max(this.#end, grown), end });
      this.#end = end;
    } catch {
      throw new MemoryError(
        `WasmBackend: expected room for ${size} more bytes, but its memory of ${this.#memory.buffer.byteLength} bytes cannot grow so far (4 GiB is the limit); use a smaller model or batch, or dispose of what is not needed`,
      );
    }
  }
}
