import { WasmBackend } from '@unroll/tensor-wasm';
import { expose, transfer } from 'comlink';
import { LabWorker } from './lab-worker.ts';
import { Shelf } from './shelf.ts';

/** A turn for the messages that have come meanwhile: a timer would wait four milliseconds. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });

/** Memory that is shared has to be there at once, and as a whole: where it is not, one thread has to do. */
const makeBackend = (): Promise<WasmBackend> =>
  WasmBackend.create().catch(() => WasmBackend.create({ threads: 1 }));

class TransferringWorker extends LabWorker {
  override async zipped(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await super.zipped(name);
    return transfer(bytes, [bytes.buffer]);
  }
}

export type LabWorkerApi = LabWorker;

expose(new TransferringWorker(makeBackend, breathe, (name) => new Shelf(name)));
