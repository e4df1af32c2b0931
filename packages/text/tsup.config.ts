import { bundle } from '@unroll/tsup-config';

export default bundle({
  entry: {
    index: 'src/index.ts',
    'node/index': 'src/node/index.ts',
    'huggingface/index': 'src/huggingface/index.ts',
  },
});
