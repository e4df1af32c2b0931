/**
 * Stops runs at random moments, and resumes them: each must come out as if it had never stopped.
 *
 *     pnpm --filter @unroll/trainer run kill-test --kills 200 --backend wasm
 *
 * With --record, docs/measured keeps what came of it.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import { killAndResume } from './kill-and-resume.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    backend: { type: 'string', default: 'wasm' },
    signal: { type: 'string', default: 'SIGKILL' },
    regularized: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
if (!(Number.isInteger(kills) && kills > 0))
  throw new Error(`--kills: expected a whole number from 1, got ${values.kills}`);
if (values.signal !== 'SIGKILL' && values.signal !== 'SIGINT')
  throw new Error(`--signal: expected SIGKILL or SIGINT, got ${values.signal}`);
await killAndResume({
  command: [process.execPath, fileURLToPath(new URL('../bin/unroll.js', import.meta.url))],
  backend: values.backend,
  signal: values.signal,
  regularized: values.regularized,
  kills,
  say: (line) => console.log(line),
});
console.log(
  `${values.kills} times ${values.signal}, as many resumes, on ${values.backend}: every run came out the same`,
);
if (values.record) {
  const kind = values.regularized ? '-regularized' : '';
  await keepMeasured({
    name: `${values.signal.toLowerCase()}-${values.backend}${kind}`,
    title: `Stopped by ${values.signal}, and resumed`,
    about: `Stops runs${values.regularized ? ' with masks, averages, penalties, random blocks and accumulated gradients' : ''} by ${values.signal} at random moments, and resumes each: weights, metrics and samples have to be those of a run that never stopped, to the bit.`,
    command: typedCommand('pnpm --filter @unroll/trainer run kill-test'),
    figures: [
      { what: `stopped by ${values.signal}, on ${values.backend}`, value: values.kills },
      { what: 'came out otherwise', value: '0', asked: '0' },
    ],
  });
}
