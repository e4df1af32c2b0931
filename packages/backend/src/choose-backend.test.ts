import { type Backend, StateError, tensor, ValueError, zeros } from '@unroll/tensor';
import { findBlas } from '@unroll/tensor-blas';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type BackendName, backendNames, chooseBackend, createBackend } from './index.ts';

/** Does it compute? */
async function expectProduct(backend: Backend): Promise<void> {
  onTestFinished(() => backend.dispose());
  const out = zeros(backend, [1, 2]);
  backend.matmul(out, tensor(backend, [1, 2], [1, 2]), tensor(backend, [3, 4, 5, 6], [2, 2]));
  expect([...(await out.read())]).toEqual([13, 16]);
}

const hasBlas = (() => {
  try {
    return findBlas() !== undefined;
  } catch {
    return false;
  }
})();

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe('createBackend', () => {
  it('takes the fastest that works: BLAS where there is one, else WebAssembly', async () => {
    const backend = await createBackend();
    expect(backend.name).toBe(hasBlas ? 'blas' : 'wasm');
    await expectProduct(backend);
  });

  it.each(backendNames.filter((name) => name !== 'blas' || hasBlas))('makes %s', async (name) => {
    const backend = await createBackend({ backend: name, threads: 1 });
    if (name !== 'auto') expect(backend.name).toBe(name);
    await expectProduct(backend);
  });

  it('takes WebAssembly where the BLAS that is named cannot be used, and says so', async () => {
    vi.stubEnv('UNROLL_BLAS', '/nowhere/libblas.so');
    const { backend, description } = await chooseBackend({ threads: 2 });
    expect(description).toMatch(
      /^wasm, .+, 2 threads \(UNROLL_BLAS=\/nowhere\/libblas\.so cannot be used\)$/,
    );
    await expectProduct(backend);
    await expect(createBackend({ backend: 'blas' })).rejects.toThrow(StateError);
  });

  it('takes plain TypeScript where there is no room for a memory of WebAssembly, and says so', async () => {
    const memory = vi.spyOn(WebAssembly, 'Memory').mockImplementation(function none() {
      throw new RangeError('could not allocate memory');
    });
    onTestFinished(() => memory.mockRestore());
    const { backend, description } = await chooseBackend();
    expect(description).toContain('(no wasm: WasmBackend: expected room for a memory of up to 4 GiB');
    await expectProduct(backend);
    await expect(createBackend({ backend: 'wasm' })).rejects.toThrow(StateError);
  });

  it('takes WebAssembly where the package that calls a BLAS cannot be loaded, and says why', async () => {
    vi.stubEnv('UNROLL_BLAS', '');
    vi.doMock('@unroll/tensor-blas', () => {
      throw new Error('Cannot find the native module');
    });
    onTestFinished(() => vi.doUnmock('@unroll/tensor-blas'));
    const { backend, description } = await chooseBackend();
    expect(description).toMatch(/^wasm, .*\(no BLAS: createBackend: expected @unroll\/tensor-blas to load/);
    await expectProduct(backend);
    await expect(createBackend({ backend: 'blas' })).rejects.toThrow(StateError);
  });

  it('takes the reference backend where WebAssembly has no SIMD, and says why', async () => {
    vi.stubGlobal('WebAssembly', { ...WebAssembly, validate: () => false });
    const { backend, description } = await chooseBackend();
    expect(description).toMatch(/^reference, one thread \(no wasm: .*SIMD/);
    await expectProduct(backend);
    await expect(createBackend({ backend: 'wasm' })).rejects.toThrow(StateError);
    await expect(createBackend({ threads: 2 })).rejects.toThrow(StateError);
  });

  it('refuses names that there are not, and threads that there cannot be', async () => {
    await expect(createBackend({ backend: 'webgpu' as BackendName })).rejects.toThrow(ValueError);
    await expect(createBackend({ backend: 'reference', threads: 2 })).rejects.toThrow(ValueError);
    for (const threads of [0, 1.5, -1]) await expect(createBackend({ threads })).rejects.toThrow(ValueError);
  });
});
