// The smallest modules that use a feature: an engine that has it finds them valid.

/** (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt) */
const SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
];
/** (func (result v128) three times i32.const 0 i8x16.splat, f32x4.relaxed_madd) */
const RELAXED_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0,
  253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
];

const has = (module: readonly number[]): boolean => WebAssembly.validate(Uint8Array.from(module));

/** Does this engine have WebAssembly SIMD, without which WasmBackend cannot work? */
export const hasSimd = (): boolean => has(SIMD);
/** Does it have relaxed SIMD, whose fused multiply-add makes products a quarter faster? */
export const hasRelaxedSimd = (): boolean => has(RELAXED_SIMD);
