import { TextError, type Tokenizer } from '@unroll/text';
import { DataError } from '../exit-code.ts';

/** So many are named when a model does not know them. */
const FEW = 5;

/**
 * The ids of what a text is to go on from.
 * @throws DataError naming what the model does not know: whoever writes a prompt cannot change what it was trained on
 */
export function encodePrompt(tokenizer: Tokenizer, prompt: string): Int32Array {
  try {
    return tokenizer.encode(prompt);
  } catch (error) {
    if (!TextError.isInstance(error)) throw error;
    const parts = tokenizer.kind === 'char' ? Array.from(prompt) : prompt.split(/\s+/);
    const unknown = [...new Set(parts)].filter((part) => part !== '' && !tokenizer.vocabulary.has(part));
    if (unknown.length === 0) throw error;
    const named = unknown.slice(0, FEW).map((part) => JSON.stringify(part));
    const more = unknown.length > FEW ? `, and ${unknown.length - FEW} more` : '';
    throw new DataError(
      `the model does not know ${named.join(', ')}${more} of the prompt; leave ${unknown.length === 1 ? 'it' : 'them'} out`,
    );
  }
}
