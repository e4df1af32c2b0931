import { WasmBackend } from '@unroll/tensor-wasm';
import { expose, transfer } from 'comlink';
import { carryProblems } from './carry-problems.ts';
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

const makeBackend = (): Promise<WasmBackend> => WasmBackend.create();

class TransferringWorker extends LabWorker {
  override async zipped(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await super.zipped(name);
    return transfer(bytes, [bytes.buffer]);
  }
}

export type LabWorkerApi = LabWorker;

carryProblems();
expose(new TransferringWorker(makeBackend, breathe, (name) => new Shelf(name)));
