import type { Random } from './random.ts';

const numbers = [
  ...['0', '-0', '1', '-1', '2', '0.5', '-0.0', '1e0', '1E+2', '1.0', '255', '256', '65536', '2147483647'],
  ...['2147483648', '4294967295', '4294967296', '9007199254740991', '9007199254740992', '9007199254740993'],
  ...['18446744073709551615', '18446744073709551616', '-9007199254740993', '1e15', '1e21', '1e308', '1e999'],
  ...['-1e999', '5e-324', '1e-999', '123456789012345678901234567890'],
];

const strings = [
  ...[
    '""',
    '" "',
    '"a"',
    '"__proto__"',
    '"constructor"',
    '"prototype"',
    '"toString"',
    '"NaN"',
    '"Infinity"',
    '"null"',
  ],
  ...[
    '"0"',
    '"-1"',
    '"1e3"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud83c\\udf00"',
    '"\u{1f300}"',
    '"\\n"',
    '"\u2028"',
  ],
  ...[
    '"../../etc/passwd"',
    '"/"',
    '"\\\\"',
    '"é"',
    '"\\ufeff"',
    '"<script>"',
    '"%s%n"',
    '"F32"',
    '"__metadata__"',
  ],
];

const others = [
  ...['null', 'true', 'false', '[]', '{}', '[null]', '[[]]', '{"":0}', '{"length":4294967295}', '[0,0]'],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"__proto__":null}'],
  ...[
    '{"toString":1,"valueOf":1}',
    '{"length":{"toString":1}}',
    '{"toJSON":1}',
    '{"then":1}',
    '{"0":1,"length":1}',
    '{"name":"x","kind":"y"}',
  ],
];

/** What no JSON has, though some parsers take it. */
const none = [
  'NaN',
  'Infinity',
  '-Infinity',
  'undefined',
  '01',
  '+1',
  '.5',
  '1.',
  '0x10',
  "'a'",
  '',
  '-',
  'nul',
];
const badStrings = ['"\\x41"', '"\\u12"', '"\n"', '"', '"\\"', '"\u0000"', '"\\ud800', '"a" "b"'];

export const nastyKeys: readonly string[] = [
  ...[
    '"__proto__"',
    '"constructor"',
    '"prototype"',
    '"toString"',
    '"valueOf"',
    '"hasOwnProperty"',
    '"toJSON"',
    '"then"',
  ],
  ...[
    '"length"',
    '"0"',
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud800"',
    '"__metadata__"',
    '"."',
    '".."',
    '"a.b"',
    '"<<"',
  ],
];

export interface NastyOptions {
  /** Only what `JSON.parse` takes? */
  readonly wellFormed: boolean;
}

/** A value that parsers are known to trip over, as JSON text. */
export function nastyValue(random: Random, { wellFormed }: NastyOptions): string {
  if (!wellFormed && random.oneIn(12)) return random.pick(random.oneIn(2) ? none : badStrings);
  if (random.oneIn(150)) return deep(random);
  if (random.oneIn(60)) return JSON.stringify('x'.repeat(random.pick([41, 81, 1000, 10_000])));
  return random.pick(random.pick([numbers, strings, others]));
}

function deep(random: Random): string {
  const depth = random.pick([5, 50, 500, 5000, 20_000]);
  return random.oneIn(2)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`;
}
