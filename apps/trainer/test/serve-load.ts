/**
 * Lets many clients have texts streamed at the same time, again and again, and prints what that costs: tokens per second, how
 * long the first token took, and the memory of the server, which must not grow from round to round. Fails if a text is not
 * whole, or the texts of one round are not those of the others.
 *
 *     pnpm --filter @unroll/trainer run serve-load <model folder> --streams 50 --tokens 200 --rounds 5
 *
 * With --record, docs/measured keeps what came of it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import OpenAI from 'openai';
import { bytes, count, table } from '../src/format.ts';

interface Round {
  readonly texts: readonly string[];
  readonly seconds: number;
  /** In milliseconds, of each text. */
  readonly firstTokens: readonly number[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    streams: { type: 'string', default: '50' },
    tokens: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'auto' },
    record: { type: 'boolean', default: false },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('expected a model folder');
const streams = Number(values.streams);
const tokens = Number(values.tokens);

const server = spawn(
  process.execPath,
  [
    fileURLToPath(new URL('../bin/unroll.js', import.meta.url)),
    ...['serve', folder, '--port', '0', '--backend', values.backend],
    ...['--max-concurrent', values.streams, '--max-tokens-limit', values.tokens],
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
try {
  const client = new OpenAI({ baseURL: `${await urlOf(server)}/v1`, apiKey: 'none', maxRetries: 0 });
  const [{ id: model }] = (await client.models.list()).data;
  const rows = [['', 'tokens/s', 'first token, median', 'slowest', 'memory of the server']];
  rows.push(['before', '', '', '', memoryOf(server)]);
  let expected: readonly string[] | undefined;
  for (let round = 1; round <= Number(values.rounds); round++) {
    const { texts, seconds, firstTokens } = await run(client, model);
    expected ??= texts;
    const odd = texts.findIndex((text, seed) => text !== expected?.[seed]);
    if (odd >= 0) throw new Error(`round ${round}, seed ${odd}: another text than in round 1`);
    const sorted = [...firstTokens].sort((a, b) => a - b);
    rows.push([
      `round ${round}`,
      count(Math.round((streams * tokens) / seconds)),
      `${sorted[Math.floor(streams / 2)].toFixed(0)} ms`,
      `${sorted[streams - 1].toFixed(0)} ms`,
      memoryOf(server),
    ]);
  }
  console.log(`${streams} texts of ${tokens} tokens at the same time:\n${table(rows)}`);
  if (values.record) {
    const args = process.argv.slice(2).map((arg) => (arg === folder ? '<model folder>' : arg));
    const command = typedCommand('pnpm --filter @unroll/trainer run serve-load', args);
    const speeds = rows.slice(2).map(([, speed]) => speed);
    await keepMeasured({
      name: 'serve-load',
      title: 'Many clients at once',
      about: `Lets ${streams} clients have texts of ${tokens} tokens streamed at the same time, ${values.rounds} times: each text has to be whole, and the same in every round.`,
      command,
      figures: [
        { what: 'texts', value: count(streams * Number(values.rounds)) },
        { what: 'errors', value: '0', asked: '0' },
        { what: 'tokens a second, by round', value: speeds.join('; ') },
        {
          what: 'first token, median, by round',
          value: rows
            .slice(2)
            .map(([, , first]) => first)
            .join('; '),
        },
        {
          what: 'memory of the server, before and after each round',
          value: rows
            .slice(1)
            .map((row) => row[4])
            .join('; '),
        },
      ],
    });
  }
} finally {
  server.kill('SIGTERM');
}

async function run(client: OpenAI, model: string): Promise<Round> {
  const start = performance.now();
  const texts = Array.from({ length: streams }, () => '');
  const firstTokens: number[] = [];
  await Promise.all(
    texts.map(async (_, seed) => {
      const asked = { model, prompt: '', seed, max_tokens: tokens, stream: true } as const;
      let drawn: number | undefined;
      for await (const { choices, usage } of await client.completions.create({
        ...asked,
        stream_options: { include_usage: true },
      })) {
        firstTokens[seed] ??= performance.now() - start;
        for (const { text } of choices) texts[seed] += text;
        drawn = usage?.completion_tokens;
      }
      if (drawn !== tokens) throw new Error(`seed ${seed}: expected ${tokens} tokens, got ${drawn}`);
    }),
  );
  return { texts, firstTokens, seconds: (performance.now() - start) / 1000 };
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr?.on('data', (chunk) => {
      told += chunk;
      const url = /http:\S+/.exec(told);
      if (url) resolve(url[0]);
    });
    child.on('exit', () => reject(new Error(told)));
  });
}

/** What it has in memory now, shared libraries and all. */
function memoryOf({ pid }: ChildProcess): string {
  return bytes(1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })));
}
