import type { Backend } from '@unroll/tensor';

/** Not part of what is computed. */
const housekeeping = new Set(['allocate', 'free', 'dispose', 'read', 'write']);

/**
 * The same backend, with somebody between it and its callers.
 * @param around is given each operation that is called, and makes the call, or does not
 */
export function intercepted(
  backend: Backend,
  around: (operation: string, operands: readonly unknown[], call: () => unknown) => unknown,
): Backend {
  return new Proxy(backend, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const method = member.bind(target);
      if (housekeeping.has(String(name))) return method;
      return (...operands: unknown[]) => around(String(name), operands, () => method(...operands));
    },
  });
}
