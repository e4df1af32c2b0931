import { malformed } from './malformed/all.ts';
import { measure } from './measure.ts';

/** Gives every parser its broken inputs, and prints what took the longest and the most memory. */
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
