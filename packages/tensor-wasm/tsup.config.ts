import { bundle } from '@unroll/tsup-config';

// The compiled kernels stay in files of their own, of which only the one that fits is loaded.
export default bundle({ splitting: true });
