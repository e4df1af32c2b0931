import type { Tolerance } from '@unroll/conformance';

/** In which types layers are held to PyTorch's float64, and how closely. */
export const precisions: readonly {
  readonly dtype: 'f32' | 'f64';
  readonly forward: Tolerance;
  readonly gradient: Tolerance;
}[] = [
  { dtype: 'f64', forward: { rtol: 1e-12, atol: 1e-14 }, gradient: { rtol: 1e-12, atol: 1e-14 } },
  { dtype: 'f32', forward: { rtol: 1.3e-6, atol: 1e-5 }, gradient: { rtol: 1e-4, atol: 1e-6 } },
];
