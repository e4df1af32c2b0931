/** What an example in a page can import; each comes when it is asked for. */
export const packages: Readonly<Record<string, () => Promise<unknown>>> = {
  '@unroll/backend': () => import('@unroll/backend'),
  '@unroll/checkpoint': () => import('@unroll/checkpoint'),
  '@unroll/conformance/checks': () => import('@unroll/conformance/checks'),
  '@unroll/interchange': () => import('@unroll/interchange'),
  '@unroll/layers': () => import('@unroll/layers'),
  '@unroll/losses': () => import('@unroll/losses'),
  '@unroll/model-folder': () => import('@unroll/model-folder'),
  '@unroll/optimizers': () => import('@unroll/optimizers'),
  '@unroll/rnnlm': () => import('@unroll/rnnlm'),
  '@unroll/tensor': () => import('@unroll/tensor'),
  '@unroll/tensor-wasm': () => import('@unroll/tensor-wasm'),
  '@unroll/text': () => import('@unroll/text'),
  '@unroll/training': () => import('@unroll/training'),
};
