/// <reference lib="dom" />
// The names of WebAssembly and of workers in browsers come with the library of types above.
export type { Gemm, OpenGemm, OutsideProducts } from './outside.ts';
export { WasmBackend, type WasmBackendOptions } from './wasm-backend.ts';
