import { type Backend, Tensor } from '@unroll/tensor';
import { intercepted } from './intercepted.ts';

/** A tensor at some moment. */
export interface SeenTensor {
  readonly shape: readonly number[];
  /** Row after row. */
  readonly values: readonly number[];
}

/** A tensor right after a call, and right before. */
export interface Operand extends SeenTensor {
  readonly before: readonly number[];
}

/** An operation of a backend, with what it was called with: outputs come first. */
export interface Call {
  readonly operation: string;
  readonly operands: readonly (Operand | number | string)[];
}

export const isTensor = (operand: Operand | number | string): operand is Operand =>
  typeof operand === 'object';

/**
 * The same backend, with somebody looking over its shoulder: `see` gets each call of an operation once it is done. Layers know nothing
 * of it, so that what is shown is what the package computes.
 */
export function watched(backend: Backend, see: (call: Promise<Call>) => void): Backend {
  return intercepted(backend, (operation, operands, call) => {
    // Reading takes its turn among the calls and shows its moment, however late somebody waits for it.
    const before = operands.map(valuesOf);
    const result = call();
    see(gather(operation, operands, before, operands.map(valuesOf)));
    return result;
  });
}

type Values = Promise<readonly number[]> | undefined;

function valuesOf(operand: unknown): Values {
  return operand instanceof Tensor ? operand.read().then((values) => [...values]) : undefined;
}

async function gather(
  operation: string,
  operands: readonly unknown[],
  before: readonly Values[],
  after: readonly Values[],
): Promise<Call> {
  const seen = operands.map(async (operand, i) =>
    operand instanceof Tensor
      ? { shape: operand.shape, values: (await after[i]) ?? [], before: (await before[i]) ?? [] }
      : (operand as number | string),
  );
  return { operation, operands: await Promise.all(seen) };
}
