import { NotText, StrictUtf8 } from '@unroll/text/src/node/strict-utf8.ts';
import { expectThat } from '../expect-that.ts';
import { mutateBytes } from '../mutate-bytes.ts';
import { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { utf8 } from '../utf8.ts';

const seeds = [
  'the cat sat on the mat\nand the dog ran\n',
  'é ü 🌀 \u2028 \ufeff ﬁ 語 \u{10ffff}',
  '\ufeffwith a byte order mark\r\n',
  '\ud83c\udf00',
  'a',
];

/** Text that comes in chunks, cut anywhere. Held against the decoder of the platform, which gets all of it at once. */
export const text: Target = {
  name: 'text',
  refusals: 'NotText, which whoever reads the file turns into a TextError',
  make(random) {
    let bytes = utf8(random.pick(seeds));
    for (let changes = random.below(4); changes > 0; changes--) bytes = mutateBytes(bytes, random);
    return bytes;
  },
  run(input) {
    const cuts = new Random(input.length, input[0] ?? 0);
    const decoder = new StrictUtf8();
    let decoded = '';
    for (let at = 0; at < input.length; ) {
      const end = at + 1 + cuts.below(9);
      decoded += decoder.add(input.subarray(at, end));
      at = end;
    }
    decoded += decoder.end();
    // Throws a TypeError, and so is a finding, where the bytes are no UTF-8.
    expectThat(
      decoded === new TextDecoder('utf-8', { fatal: true }).decode(input),
      'the text that the platform decodes',
    );
    expectThat(!decoded.includes('\0'), 'no NUL in a text');
  },
  isRefusal: (error) => error instanceof NotText,
};
