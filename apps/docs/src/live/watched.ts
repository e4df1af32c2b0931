import { type Backend, Tensor } from '@unroll/tensor';

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

/** Not part of what is computed. */
const unseen = new Set(['allocate', 'free', 'dispose', 'read', 'write']);

/**
 * The same backend, with somebody looking over its shoulder: `see` gets each call of an operation once it is done. Layers know nothing
 * of it, so that what is shown is what the package computes.
 */
export function watched(backend: Backend, see: (call: Promise<Call>) => void): Backend {
  return new Proxy(backend, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const method = member.bind(target);
      if (unseen.has(String(name))) return method;
      return (...operands: unknown[]) => {
        // Reading takes its turn among the calls and shows its moment, however late somebody waits for it.
        const before = operands.map(valuesOf);
        const result: unknown = method(...operands);
        see(gather(String(name), operands, before, operands.map(valuesOf)));
        return result;
      };
    },
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
