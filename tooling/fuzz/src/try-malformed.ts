import { parseArgs } from 'node:util';
import { keepMeasured } from '@unroll/measured';
import { malformed } from './malformed/all.ts';
import { measure } from './measure.ts';

/** Gives every parser its broken inputs, and prints what took the longest and the most memory. With --record, docs/measured keeps it. */
const { values } = parseArgs({ options: { record: { type: 'boolean', default: false } } });
const rows = new Map<string, { count: number; slowest: [number, string]; largest: [number, string] }>();
for (const { parser, name, make, read } of malformed) {
  const input = make();
  const { error, milliseconds, grownBytes } = await measure(input.length, () => read(input));
  if (error === undefined) throw new Error(`${parser}: ${name}: was accepted`);
  const row = rows.get(parser) ?? { count: 0, slowest: [0, ''], largest: [Number.NEGATIVE_INFINITY, ''] };
  const beyond = (grownBytes - input.length) / 2 ** 20;
  row.count++;
  if (milliseconds > row.slowest[0]) row.slowest = [milliseconds, name];
  if (beyond > row.largest[0]) row.largest = [beyond, name];
  rows.set(parser, row);
}

console.log('| parser | inputs | slowest | most memory beyond the size of the input |');
console.log('| --- | ---: | ---: | ---: |');
for (const [parser, { count, slowest, largest }] of rows) {
  const memory = `${Math.max(0, Math.ceil(largest[0]))} MB (${largest[1]})`;
  console.log(`| ${parser} | ${count} | ${Math.ceil(slowest[0])} ms (${slowest[1]}) | ${memory} |`);
}
console.log(`\n${malformed.length} inputs, each refused`);
if (values.record) {
  const slowest = Math.max(...[...rows.values()].map((row) => row.slowest[0]));
  const largest = Math.max(...[...rows.values()].map((row) => row.largest[0]));
  await keepMeasured({
    name: 'malformed',
    title: 'Broken files',
    about: `Gives ${rows.size} parsers files that somebody broke on purpose: each has to be refused with a message, soon, and without much memory.`,
    command: 'pnpm --filter @unroll/fuzz run malformed',
    figures: [
      { what: 'files', value: String(malformed.length) },
      { what: 'accepted', value: '0', asked: '0' },
      { what: 'the slowest', value: `${Math.ceil(slowest)} ms` },
      {
        what: 'most memory beyond the size of the file',
        value: `${Math.ceil(largest)} MB`,
        asked: '64 MB at most',
      },
    ],
  });
}
