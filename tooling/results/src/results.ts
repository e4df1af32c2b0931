/**
 * The results that the documentation speaks of, and how to repeat them.
 *
 *     pnpm results                                      lists the rows, and what is recorded of them
 *     pnpm results <row> [--seed n] [--backend name]    trains and measures one, and records it in docs/results
 *     pnpm results --table                              makes docs/results.md and the table in README.md from the records
 */
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { commitOf } from '@unroll/measured/commit-of';
import { build, fromHere, root, run, say, unroll } from './program.ts';
import { readResults } from './result.ts';
import { ResultsError } from './results-error.ts';
import { rows } from './rows.ts';
import { runOf, runRow } from './run-row.ts';
import { listRows } from './tables.ts';
import { writeTables } from './write-tables.ts';

const results = join(root, 'docs', 'results');

await run(() => main(process.argv.slice(2)));

async function main(words: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      backend: { type: 'string' },
      data: { type: 'string' },
      out: { type: 'string' },
      table: { type: 'boolean', default: false },
    },
  });
  const [id, ...more] = positionals;
  const row = rows.find((one) => one.id === id);
  const seed = Number(values.seed);
  if (more.length > 0 || (id !== undefined && !row)) {
    const ids = rows.map((one) => one.id).join(', ');
    throw new ResultsError(`pnpm results: expected one of ${ids}, got ${positionals.join(' ')}`, 2);
  }
  if (!/^\d+$/.test(values.seed) || !Number.isSafeInteger(seed)) {
    throw new ResultsError(`--seed: expected a whole number from 0, got ${values.seed}`, 2);
  }
  if (values.table) {
    for (const line of await writeTables(root, rows)) say(line);
  } else if (row) {
    build();
    const before = readResults(results)
      .get(row.id)
      ?.find((one) => one.seed === seed);
    const result = await runRow(row, {
      ...{ seed, backend: values.backend, data: fromHere(values.data), results, say },
      out: fromHere(values.out) ?? join(root, runOf(row, seed)),
      unroll,
      commit: commitOf(root),
    });
    if (before) {
      const { perplexity, loss } = before.measured.plain;
      const same = before.sha256 === result.sha256 ? 'the same' : 'other';
      say(
        `recorded before: perplexity ${perplexity.toFixed(2)}, loss ${loss.toFixed(4)} on ${before.computed}, ${same} weights`,
      );
    }
    say(`recorded in ${relative('.', results)}; pnpm results --table brings it into the documentation`);
  } else {
    console.log(listRows(rows, readResults(results)));
  }
}
