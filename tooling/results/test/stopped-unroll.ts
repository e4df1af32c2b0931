/** As `unroll`, but that training is told to end as soon as it has logged a step. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '@unroll/trainer/src/main.ts';

const args = process.argv.slice(2);
if (args[0] === 'train') {
  const metrics = join(args[args.indexOf('--out') + 1], 'metrics.jsonl');
  const watch = setInterval(() => {
    if (!existsSync(metrics) || statSync(metrics).size === 0) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 1);
  watch.unref();
}
process.exitCode = await main(args);
