import { bundle } from '@unroll/tsup-config';

export default bundle({ entry: { index: 'src/index.ts', checks: 'src/checks.ts' } });
