/// <reference lib="dom" />
// The names of WebAssembly and of workers in browsers come with the library of types above.
export { hasRelaxedSimd, hasSimd } from './features.ts';
export type { Gemm, OpenGemm, OutsideProducts, TensorMemory } from './outside.ts';
export { WasmBackend, type WasmBackendOptions } from './wasm-backend.ts';
export { availableThreads, defaultThreads } from './workers.ts';
