import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testData } from '../test/test-data.ts';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { splitForBpe } from './split-for-bpe.ts';
import { TextError } from './text-error.ts';

const text = `It's the thing, isn't it? The other thing they'll do is to do the other things.
나는 너를 좋아해. 너도 나를 좋아하니? 좋아해 😀😀 👩‍👩‍👧 3.14159 and 42, 42,
\t\tif (a  ==  b) {\r\n\t\t  return   a;\r\n\t\t}   \n\n\n`;
const tokenizer = BpeTokenizer.train(text.repeat(3), { vocabSize: 340 });

/** Well-formed text in which much is merged, and much else is not. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(...splitForBpe(text), ' ', '\n', 'th', 'e', "'s", '좋', '😀', '\x85', '\uFEFF', '가나'),
    )
    .map((words) => words.join('')),
);

describe('training', () => {
  test('makes a token of the pair that stands most often, again and again', () => {
    const { vocabulary } = BpeTokenizer.train('low low low low lower lower newest newest newest', {
      vocabSize: 261,
    });
    // l o and o w stand 6 times, as lo w does then, Ġ low 5; of those that stand 3 times, e s and e w have the lowest ids.
    expect(vocabulary.tokens.slice(256)).toEqual(['lo', 'low', 'Ġlow', 'es', 'ew']);
  });

  test('begins with the 256 bytes, in the order of their letters', () => {
    const { tokens } = BpeTokenizer.train('').vocabulary;
    expect(tokens.length).toBe(256);
    expect(tokens.slice(0, 3)).toEqual(['!', '"', '#']);
    expect(tokens).toEqual([...tokens].sort());
    expect(BpeTokenizer.train('').encode(' \né')).toEqual(
      Int32Array.from(['Ġ', 'Ċ', 'Ã', '©'], (letter) => tokens.indexOf(letter)),
    );
  });

  test('ends where no pair stands twice, or at vocabSize', () => {
    expect(BpeTokenizer.train('abab', { vocabSize: 1000 }).vocabulary.tokens.slice(256)).toEqual(['ab']);
    expect(BpeTokenizer.train('ab ab', { vocabSize: 256 }).vocabulary.size).toBe(256);
    expect(tokenizer.vocabulary.size).toBe(340);
  });

  test('takes a text in chunks, and counted words, as it takes the text', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat()), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const chunks = places.slice(1).map((end, i) => text.slice(places[i], end));
        const counts = new Map<string, number>();
        for (const word of splitForBpe(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
        const expected = BpeTokenizer.train(text, { vocabSize: 280 }).toJSON();
        expect(BpeTokenizer.train(chunks, { vocabSize: 280 }).toJSON()).toEqual(expected);
        expect(BpeTokenizer.train(counts, { vocabSize: 280 }).toJSON()).toEqual(expected);
      }),
    );
  });

  test('merges what counting all pairs anew each time would merge', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 12 }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(words, (words) => {
        const { merges } = BpeTokenizer.train(new Map(words.map((word, i) => [word, 1 + (i % 3)])), {
          vocabSize: 276,
        }).toJSON().model;
        expect(merges).toEqual(slowMerges(new Map(words.map((word, i) => [word, 1 + (i % 3)])), 20));
      }),
      { numRuns: 500 },
    );
  });

  test.each([255, 0, 256.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a vocabSize of %s',
    (vocabSize) => {
      expect(() => BpeTokenizer.train('a', { vocabSize })).toThrow(
        new TextError(
          `BpeTokenizer.train: expected vocabSize to be an integer of at least 256, one for each byte, got ${vocabSize}`,
        ),
      );
    },
  );
});

/** As in Sennrich et al. (2016), where each merge looks at every word: `most` new tokens at most, of letters alone. */
function slowMerges(counts: ReadonlyMap<string, number>, most: number): string[] {
  const order = ['a', 'b', 'c'];
  let words = [...counts].map(([word, count]) => ({ parts: [...word], count }));
  const merges: string[] = [];
  while (order.length - 3 < most) {
    const pairs = new Map<string, number>();
    for (const { parts, count } of words) {
      for (let i = 1; i < parts.length; i++) {
        const pair = `${parts[i - 1]} ${parts[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    }
    const rank = (pair: string) => pair.split(' ').map((part) => order.indexOf(part));
    const [best] = [...pairs].sort(
      ([a, m], [b, n]) => n - m || rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1],
    );
    if (best === undefined || best[1] < 2) break;
    merges.push(best[0]);
    const [left, right] = best[0].split(' ');
    if (!order.includes(left + right)) order.push(left + right);
    words = words.map(({ parts, count }) => {
      const merged: string[] = [];
      for (let i = 0; i < parts.length; i++) {
        if (parts[i] === left && parts[i + 1] === right) merged.push(left + parts[++i]);
        else merged.push(parts[i]);
      }
      return { parts: merged, count };
    });
  }
  return merges;
}

describe('any text', () => {
  test('comes back the same', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('comes back from its ids one by one, a character when its last byte is there', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const stream = tokenizer.stream();
        const parts = Array.from(tokenizer.encode(text), (id) => stream.next(id));
        expect(parts.join('')).toBe(text);
        expect(parts.every((part) => !/\p{Surrogate}/u.test(part))).toBe(true);
        expect(stream.end()).toBe('');
      }),
    );
  });

  test('has nothing unknown in it, but loses halves of surrogate pairs', () => {
    expect(tokenizer.unknownId).toBeUndefined();
    expect(tokenizer.decode(tokenizer.encode('a\uD83Db'))).toBe('a\uFFFDb');
    expect(tokenizer.encode('')).toEqual(new Int32Array(0));
  });

  test('may be one word of two million letters', () => {
    const ids = BpeTokenizer.train('aaaa', { vocabSize: 258 }).encode('a'.repeat(2e6));
    expect(ids.length).toBe(1e6);
  });

  test('has the ids that merging the earliest pair of all would give', () => {
    const { model } = tokenizer.toJSON();
    const ranks = new Map(model.merges.map((merge, rank) => [merge, rank]));
    const letters = (word: string) =>
      Array.from(tokenizer.encode(word)).flatMap((id) => [...tokenizer.vocabulary.token(id)]);
    fc.assert(
      fc.property(fc.constantFrom(...splitForBpe(text)), fc.constantFrom(...splitForBpe(text)), (a, b) => {
        const word = (a + b).replaceAll(/[^\p{L}]/gu, '');
        const parts = letters(word);
        for (;;) {
          const found = parts
            .slice(1)
            .map((part, i) => ranks.get(`${parts[i]} ${part}`) ?? Number.POSITIVE_INFINITY);
          const best = found.indexOf(Math.min(...found));
          if (best < 0 || found[best] === Number.POSITIVE_INFINITY) break;
          parts.splice(best, 2, parts[best] + parts[best + 1]);
        }
        expect(Array.from(tokenizer.encode(word), (id) => tokenizer.vocabulary.token(id))).toEqual(parts);
      }),
    );
  });
});

describe('ids in any order', () => {
  test('become text, with U+FFFD where bytes are no UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(339)), (ids) => {
        const bytes = ids.flatMap((id) => [...Buffer.from(bytesOf(tokenizer.vocabulary.token(id)))]);
        expect(tokenizer.decode(ids)).toBe(Buffer.from(bytes).toString('utf8'));
      }),
    );
  });

  test('give what is left of a character at the end', () => {
    const stream = tokenizer.stream();
    const [first] = BpeTokenizer.train('').encode('한');
    expect([stream.next(first), stream.end()]).toEqual(['', '\uFFFD']);
  });

  test.each([-1, 340, 0.5, Number.NaN])('cannot be %s', (id) => {
    expect(() => tokenizer.decode([0, id])).toThrow(TextError);
  });
});

/** By way of the table that the paper's program prints, and not of the one under test. */
function bytesOf(token: string): number[] {
  const printable = (byte: number) =>
    (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte < 0x100 && byte !== 0xad);
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable(byte));
  return Array.from(token, (letter) => {
    const point = letter.codePointAt(0) ?? 0;
    return point < 0x100 ? point : others[point - 0x100];
  });
}

describe('tokenizer.json', () => {
  const json = JSON.parse(JSON.stringify(tokenizer));

  test('restores the tokenizer', () => {
    const restored = BpeTokenizer.fromJSON(json);
    expect(restored.vocabulary.tokens).toEqual(tokenizer.vocabulary.tokens);
    expect(JSON.stringify(restored)).toBe(JSON.stringify(tokenizer));
    expect(restored.encode(text)).toEqual(tokenizer.encode(text));
  });

  test("is read by Hugging Face's own library with the same ids and the same text", () => {
    const library = new Library(json, { clean_up_tokenization_spaces: false });
    // That library takes \s as JavaScript means it; others of the same maker take it as we do.
    const shared = texts.map((text) => text.replaceAll(/[\x85\uFEFF]/g, '')).filter((text) => text !== '');
    const same = (text: string): void => {
      const { ids } = library.encode(text);
      expect([...tokenizer.encode(text)]).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(library.decode(ids));
    };
    same(text);
    for (const sample of ['The things', '너를 좋아해요', '😀👩‍👩‍👧', '  \n\n \t x   ', 'a\u3000\u00A0b\r\n'])
      same(sample);
    fc.assert(fc.property(shared, same), { numRuns: 1000 });
  });

  const ptb = testData('ptb');
  test.skipIf(!ptb.present)(`is read with the same ids for the Penn Treebank (${ptb.title})`, () => {
    const text = readFileSync(join(ptb.path, 'ptb.valid.txt'), 'utf8');
    const tokenizer = BpeTokenizer.train(text, { vocabSize: 2000 });
    const library = new Library(tokenizer.toJSON(), {});
    expect([...tokenizer.encode(text)]).toEqual(library.encode(text).ids);
  });

  test('may have merges as pairs, fields that say nothing, and ids in any order', () => {
    const size = tokenizer.vocabulary.size;
    const other = {
      ...json,
      post_processor: { type: 'ByteLevel', trim_offsets: false },
      model: {
        ...json.model,
        continuing_subword_prefix: '',
        end_of_word_suffix: '',
        merges: json.model.merges.map((merge: string) => merge.split(' ')),
        vocab: Object.fromEntries(tokenizer.vocabulary.tokens.map((token, id) => [token, size - 1 - id])),
      },
    };
    const turned = BpeTokenizer.fromJSON(other);
    expect(Array.from(turned.encode(text), (id) => size - 1 - id)).toEqual([...tokenizer.encode(text)]);
    expect(turned.decode(turned.encode(text))).toBe(text);
  });

  const { model } = json;
  test.each<[string, unknown]>([
    ['the value to be an object, got null', null],
    ['the value to be an object, got a list', []],
    ['model to be an object, got nothing', {}],
    ['model.type to be "BPE", got "WordPiece"', { ...json, model: { ...model, type: 'WordPiece' } }],
    ['no model.dropout, got 0.1', { ...json, model: { ...model, dropout: 0.1 } }],
    ['no model.end_of_word_suffix, got "</w>"', { ...json, model: { ...model, end_of_word_suffix: '</w>' } }],
    ['no model.ignore_merges, got true', { ...json, model: { ...model, ignore_merges: true } }],
    ['no normalizer, got an object', { ...json, normalizer: { type: 'NFC' } }],
    ['no added_tokens, got a list', { ...json, added_tokens: [{ id: 400 }] }],
    ['pre_tokenizer to be an object, got null', { ...json, pre_tokenizer: null }],
    [
      'pre_tokenizer.type to be "ByteLevel", got "Whitespace"',
      { ...json, pre_tokenizer: { type: 'Whitespace' } },
    ],
    [
      'no pre_tokenizer.add_prefix_space, got true',
      { ...json, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } },
    ],
    [
      'pre_tokenizer.use_regex to be true, got false',
      { ...json, pre_tokenizer: { type: 'ByteLevel', use_regex: false } },
    ],
    ['model.vocab to be an object, got a list', { ...json, model: { ...model, vocab: [1] } }],
    ['model.vocab["the"] to be an id of its own below 341, got 0', withToken('the', 0)],
    ['model.vocab["x y"] to be written in the letters of bytes, got "x y"', withToken('x y', 340)],
    ['model.vocab["xyz"] to be an id of its own below 341, got 4000000000', withToken('xyz', 4e9)],
    ['model.vocab["xyz"] to be an id of its own below 341, got -1', withToken('xyz', -1)],
    ['model.vocab["xyz"] to be an id of its own below 341, got 0.5', withToken('xyz', 0.5)],
    ['model.vocab["xyz"] to be an id of its own below 341, got "340"', withToken('xyz', '340')],
    ['a token "Ā", for a byte, got nothing', { ...json, model: { ...model, vocab: {}, merges: [] } }],
    ['model.merges to be an array, got nothing', { ...json, model: { ...model, merges: undefined } }],
    [
      'model.merges[0] to be two tokens that make a third, got "q q"',
      { ...json, model: { ...model, merges: ['q q'] } },
    ],
    [
      'model.merges[0] to be two tokens that make a third, got "a"',
      { ...json, model: { ...model, merges: ['a'] } },
    ],
    [
      'model.merges[0] to be two tokens that make a third, got 7',
      { ...json, model: { ...model, merges: [7] } },
    ],
    [
      'model.merges[1] to be none of the earlier ones, got "',
      { ...json, model: { ...model, merges: [model.merges[0], model.merges[0]] } },
    ],
  ])('is refused where one expects %s', (problem, value) => {
    const refuse = () => BpeTokenizer.fromJSON(value);
    expect(refuse).toThrow(TextError);
    expect(refuse).toThrow(`BpeTokenizer.fromJSON: expected ${problem}`);
  });

  function withToken(token: string, id: unknown): unknown {
    return { ...json, model: { ...json.model, vocab: { ...json.model.vocab, [token]: id } } };
  }
});
