import type { Backend } from '@unroll/tensor';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { backendChecks } from './backend/backend-checks.ts';
import type { FloatDType, Kernel } from './backend/check.ts';

export interface BackendUnderTest {
  /** A new backend, one for each type. */
  readonly make: () => Backend | Promise<Backend>;
  /** What it computes with. */
  readonly dtypes?: readonly FloatDType[];
  /** Kernels that it does not have, each with the reason; they show as skipped tests. */
  readonly skip?: Readonly<Partial<Record<Kernel, string>>>;
}

/**
 * A vitest suite that holds a backend to the whole contract, kernel by kernel.
 *
 *     describeBackend('wasm', { make: () => WasmBackend.create() });
 */
export function describeBackend(name: string, { make, dtypes = ['f32'], skip = {} }: BackendUnderTest): void {
  const kernels = Object.keys(backendChecks) as Kernel[];
  const unknown = Object.keys(skip).find((kernel) => !(kernel in backendChecks));
  if (unknown !== undefined) {
    throw new TypeError(`describeBackend: expected kernels of the contract in skip, got ${unknown}`);
  }
  for (const dtype of dtypes) {
    describe(`the ${name} backend, in ${dtype}`, () => {
      let backend: Backend;
      beforeAll(async () => {
        backend = await make();
      });
      afterAll(() => backend.dispose());
      test('dispose may be called twice', async () => {
        const another = await make();
        another.dispose();
        another.dispose();
      });
      for (const kernel of kernels) {
        const reason = skip[kernel];
        describe(kernel, () => {
          if (reason !== undefined) test.skip(`skipped: ${reason}`, () => {});
          else {
            for (const [claim, check] of Object.entries(backendChecks[kernel])) {
              test(claim, () => check(backend, dtype));
            }
          }
        });
      }
    });
  }
}
