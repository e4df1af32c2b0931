import { afterAll, describe, expect, it } from 'vitest';
import { malformed } from '../src/malformed/all.ts';
import { measure } from '../src/measure.ts';
import { removeFolder } from '../src/targets/run-records.ts';

/** A second is what a parser may take; a test machine may be busy. */
const MOST_MILLISECONDS = 5000;
// What is waiting to be collected counts too: a third more than what is promised.
const MOST_BYTES = 86 * 2 ** 20;

const parsers = [...new Set(malformed.map(({ parser }) => parser))];

describe('broken inputs', () => {
  afterAll(removeFolder);

  it('are at least 300', () => {
    expect(malformed.length).toBeGreaterThanOrEqual(300);
  });

  it.each(parsers)(
    'for %s are each refused with an error that says why, soon, and with little memory',
    { timeout: 300_000 },
    async (parser) => {
      const problems: string[] = [];
      for (const { name, make, read, error: expected, message } of malformed.filter(
        (each) => each.parser === parser,
      )) {
        const input = make();
        const { error, milliseconds, grownBytes } = await measure(input.length, () => read(input));
        const problem = (what: string) => problems.push(`${name}: ${what}`);
        if (!(error instanceof Error)) problem('was accepted');
        else if (error.name !== expected && error.constructor.name !== expected) {
          problem(`expected a ${expected}, got ${error.stack}`);
        } else if (!error.message.includes(message)) problem(`expected "${message}", got "${error.message}"`);
        if (milliseconds > MOST_MILLISECONDS) problem(`took ${milliseconds} ms`);
        if (grownBytes > input.length + MOST_BYTES) {
          problem(`took ${grownBytes} bytes of memory for ${input.length} bytes`);
        }
      }
      expect(problems).toEqual([]);
    },
  );

  it('leave alone what all objects share', () => {
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
