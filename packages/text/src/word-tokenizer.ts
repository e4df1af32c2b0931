import { showCount, showToken } from './show.ts';
import { TextError } from './text-error.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';

/**
 * Words as the Penn Treebank files are read in the book "Deep Learning from Scratch 2": split at white space, with
 * `<eos>` for each newline. Any run of spaces, tabs and carriage returns is one separator.
 */
export class WordTokenizer implements Tokenizer {
  /** The token that stands for a newline. */
  static readonly eos = '<eos>';
  /** The token that stands for every unknown word, if the vocabulary has it. */
  static readonly unk = '<unk>';

  readonly kind = 'word';
  readonly vocabulary: Vocabulary;

  /** @throws {TextError} if the vocabulary has a token that is empty or contains a separator */
  constructor(vocabulary: Vocabulary) {
    const position = vocabulary.tokens.findIndex((token) => !/^[^ \t\r\n]+$/.test(token));
    if (position >= 0) {
      throw new TextError(
        `WordTokenizer: expected words without white space, got ${showToken(vocabulary.token(position))} ` +
          `at position ${position} of the vocabulary. Use a CharTokenizer if these are characters.`,
      );
    }
    this.vocabulary = vocabulary;
  }

  /** A tokenizer that knows the words of this text, with ids in the order of first appearance. */
  static fromText(text: string): WordTokenizer {
    return new WordTokenizer(Vocabulary.build(wordsOf(text)));
  }

  encode(text: string): Int32Array {
    const { vocabulary } = this;
    const substitute = vocabulary.id(WordTokenizer.unk);
    const unknown = new Set<string>();
    const ids = new Int32Array(text.length); // A word or a newline takes at least one UTF-16 unit.
    let count = 0;
    for (const word of wordsOf(text)) {
      const id = vocabulary.id(word) ?? substitute;
      if (id === undefined) unknown.add(word);
      else ids[count++] = id;
    }
    if (unknown.size > 0) throw unknownWords([...unknown], vocabulary);
    return ids.slice(0, count);
  }

  /** Words with single spaces between them; `<eos>` becomes a newline with no spaces around it. */
  decode(ids: ArrayLike<number>): string {
    let text = '';
    let gap = '';
    for (let i = 0; i < ids.length; i++) {
      const word = this.vocabulary.token(ids[i]);
      if (word === WordTokenizer.eos) {
        text += '\n';
        gap = '';
      } else {
        text += gap + word;
        gap = ' ';
      }
    }
    return text;
  }
}

function* wordsOf(text: string): Generator<string> {
  for (const [match] of text.matchAll(/\n|[^ \t\r\n]+/g)) {
    yield match === '\n' ? WordTokenizer.eos : match;
  }
}

function unknownWords([first, ...others]: string[], vocabulary: Vocabulary): TextError {
  const listed = others.slice(0, 4).map(showToken);
  if (listed.length < others.length) listed.push('…');
  const also =
    others.length > 0 ? `, nor has it ${showCount(others.length)} more (${listed.join(', ')})` : '';
  return new TextError(
    `WordTokenizer.encode: the vocabulary of ${showCount(vocabulary.size)} words has no ${showToken(first)}${also}. ` +
      `Build the vocabulary from text that has these words, or give it the word ${showToken(WordTokenizer.unk)}.`,
  );
}
