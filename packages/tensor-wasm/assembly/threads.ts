import { dropout } from './dropout';
import * as cells from './cells';
import * as elementwise from './elementwise';
import * as layerNorm from './layer-norm';
import * as losses from './losses';
import * as matmul from './matmul';
import { CONTROL } from './memory';
import * as optimizers from './optimizers';
import { multiplyOutside } from './outside';
import * as recurrence from './recurrence';

// A call is an operation, its arguments, and a number of chunks that can be done in any order. Threads take the next chunk until
// none is left; which thread does which makes no difference to the result.

const GENERATION: usize = CONTROL; // a new call has begun
const LEFT: usize = CONTROL + 64; // chunks that nobody has taken, or less than none
const DONE: usize = CONTROL + 128; // chunks that are done
const CHUNKS: usize = CONTROL + 192; // of the call at hand
const OPERATION: usize = CONTROL + 256;
const QUIT: usize = CONTROL + 320;
const SLEEPERS: usize = CONTROL + 384; // threads that wait to be woken

/** How often a thread looks for the next call before it sleeps: some 50 microseconds. */
const SPINS: i32 = 20000;

function run(operation: i32, chunk: i32, thread: i32): void {
  switch (operation) {
    case 0:
      matmul.packB(chunk, thread);
      break;
    case 1:
      matmul.multiplyRows(chunk, thread);
      break;
    case 2:
      elementwise.fill(chunk, thread);
      break;
    case 3:
      elementwise.copy(chunk, thread);
      break;
    case 4:
      elementwise.add(chunk, thread);
      break;
    case 5:
      elementwise.scale(chunk, thread);
      break;
    case 6:
      multiplyOutside(chunk, thread);
      break;
    case 7:
      elementwise.addSumRows(chunk, thread);
      break;
    case 8:
      elementwise.gather(chunk, thread);
      break;
    case 9:
      elementwise.scatterAdd(chunk, thread);
      break;
    case 10:
      elementwise.sigmoid(chunk, thread);
      break;
    case 11:
      elementwise.sigmoidBackward(chunk, thread);
      break;
    case 12:
      dropout(chunk, thread);
      break;
    case 13:
      elementwise.tanh(chunk, thread);
      break;
    case 14:
      elementwise.tanhBackward(chunk, thread);
      break;
    case 15:
      cells.lstmCell(chunk, thread);
      break;
    case 16:
      cells.lstmCellBackward(chunk, thread);
      break;
    case 17:
      cells.gruGates(chunk, thread);
      break;
    case 18:
      cells.gruCell(chunk, thread);
      break;
    case 19:
      cells.gruCellBackward(chunk, thread);
      break;
    case 20:
      cells.gruGatesBackward(chunk, thread);
      break;
    case 21:
      losses.softmaxCrossEntropy(chunk, thread);
      break;
    case 22:
      losses.softmaxCrossEntropyBackward(chunk, thread);
      break;
    case 23:
      losses.sigmoidCrossEntropy(chunk, thread);
      break;
    case 24:
      losses.sigmoidCrossEntropyBackward(chunk, thread);
      break;
    case 25:
      elementwise.sumSquares(chunk, thread);
      break;
    case 26:
      elementwise.clip(chunk, thread);
      break;
    case 27:
      optimizers.sgd(chunk, thread);
      break;
    case 28:
      optimizers.momentum(chunk, thread);
      break;
    case 29:
      optimizers.nesterov(chunk, thread);
      break;
    case 30:
      optimizers.adagrad(chunk, thread);
      break;
    case 31:
      optimizers.rmsprop(chunk, thread);
      break;
    case 32:
      optimizers.adam(chunk, thread);
      break;
    case 33:
      matmul.packA(chunk, thread);
      break;
    case 34:
      matmul.multiplyColumns(chunk, thread);
      break;
    case 35:
      elementwise.addScaled(chunk, thread);
      break;
    case 36:
      elementwise.lerp(chunk, thread);
      break;
    case 37:
      elementwise.multiply(chunk, thread);
      break;
    case 38:
      elementwise.scaleRows(chunk, thread);
      break;
    case 39:
      layerNorm.layerNorm(chunk, thread);
      break;
    case 40:
      layerNorm.layerNormBackward(chunk, thread);
      break;
    case 41:
      layerNorm.layerNormGrads(chunk, thread);
      break;
    case 42:
      cells.lstmCellCapped(chunk, thread);
      break;
    case 43:
      cells.lstmCellCappedBackward(chunk, thread);
      break;
    case 44:
      cells.lstmCellCoupled(chunk, thread);
      break;
    case 45:
      cells.lstmCellCoupledBackward(chunk, thread);
      break;
    case 46:
      recurrence.recurrence(chunk, thread);
      break;
    case 47:
      recurrence.recurrenceBackward(chunk, thread);
      break;
    case 48:
      optimizers.sgdWithDecay(chunk, thread);
      break;
  }
}

/** Does all chunks on the calling thread. */
export function runAlone(operation: i32, chunks: i32): void {
  for (let chunk = 0; chunk < chunks; chunk++) run(operation, chunk, 0);
}

/** Begins a call: the threads in `work` take chunks from now on. */
export function begin(operation: i32, chunks: i32): void {
  store<i32>(OPERATION, operation);
  store<i32>(CHUNKS, chunks);
  atomic.store<i32>(DONE, 0);
  atomic.store<i32>(LEFT, chunks);
  atomic.add<i32>(GENERATION, 1);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(GENERATION, -1);
  takeChunks(0);
}

/** Waits for the chunks that other threads have, but not for ever: how many are done. */
export function awaitDone(chunks: i32, spins: i32): i32 {
  while (spins-- > 0 && atomic.load<i32>(DONE) < chunks) {}
  return atomic.load<i32>(DONE);
}

/** Wakes all threads and lets them leave `work`. */
export function quit(): void {
  atomic.store<i32>(QUIT, 1);
  atomic.add<i32>(GENERATION, 1);
  atomic.notify(GENERATION, -1);
}

function takeChunks(thread: i32): void {
  for (;;) {
    const left = atomic.sub<i32>(LEFT, 1);
    if (left <= 0) return;
    // Only with a chunk in hand, since until it is done no other call can begin.
    run(load<i32>(OPERATION), load<i32>(CHUNKS) - left, thread);
    atomic.add<i32>(DONE, 1);
  }
}

/** What a worker does until it is told to quit. */
export function work(thread: i32): void {
  let seen = atomic.load<i32>(GENERATION);
  for (;;) {
    let spins = SPINS;
    while (atomic.load<i32>(GENERATION) == seen) {
      if (--spins > 0) continue;
      atomic.add<i32>(SLEEPERS, 1);
      atomic.wait<i32>(GENERATION, seen, -1);
      atomic.sub<i32>(SLEEPERS, 1);
      spins = SPINS;
    }
    seen = atomic.load<i32>(GENERATION);
    if (atomic.load<i32>(QUIT)) return;
    takeChunks(thread);
  }
}
