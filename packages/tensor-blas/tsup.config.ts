import { bundle } from '@unroll/tsup-config';

// gemm.js is a file of its own, since workers import it by its URL.
export default bundle({
  entry: ['src/index.ts', 'src/gemm.ts', 'src/browser.ts'],
  platform: 'node',
  splitting: true,
});
