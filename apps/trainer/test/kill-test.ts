/**
 * Stops runs at random moments, and resumes them: each must come out as if it had never stopped.
 *
 *     pnpm --filter @unroll/trainer run kill-test --kills 200 --backend wasm
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killAndResume } from './kill-and-resume.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    backend: { type: 'string', default: 'wasm' },
    signal: { type: 'string', default: 'SIGKILL' },
    regularized: { type: 'boolean', default: false },
  },
});
await killAndResume({
  command: [process.execPath, fileURLToPath(new URL('../bin/unroll.js', import.meta.url))],
  backend: values.backend,
  signal: values.signal === 'SIGINT' ? 'SIGINT' : 'SIGKILL',
  regularized: values.regularized,
  kills: Number(values.kills),
  say: (line) => console.log(line),
});
console.log(
  `${values.kills} times ${values.signal}, as many resumes, on ${values.backend}: every run came out the same`,
);
