import { bundle } from '@unroll/tsup-config';

// Cleaned, because the part that both entries share gets a name from its content.
export default bundle({ entry: { index: 'src/index.ts', 'node/index': 'src/node/index.ts' } });
