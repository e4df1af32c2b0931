import { CheckpointError } from '@unroll/checkpoint';
import { parseManifest } from '@unroll/checkpoint/src/node/parse-manifest.ts';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const entry = { bytes: 12, sha256: '0123456789abcdef'.repeat(4) };
const seeds = [
  { files: { 'model.safetensors': entry, 'state.json': entry } },
  { files: { a: { ...entry, bytes: 0 } } },
  { files: {} },
];

export const manifest: Target = {
  name: 'manifest',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    for (const [name, { bytes }] of parseManifest(input, 'snapshot.json')) {
      expectThat(!/[/\\]|^\./.test(name), 'names that stay within the folder');
      expectThat(Number.isSafeInteger(bytes) && bytes >= 0, 'sizes');
    }
  },
  isRefusal: CheckpointError.isInstance,
};
