import { generate } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';
import { breathe } from '../breathe.ts';
import { skipIds } from '../generation/skip-ids.ts';
import { startIds } from '../generation/start-ids.ts';
import type { TrainingSession } from './session.ts';

/** A piece of text that the model writes now, always from the same seed; its state is left as it was. */
export async function sampleFrom({ model, tokenizer, settings }: TrainingSession): Promise<string> {
  const { logging, training } = settings;
  const sampleSize = logging.sampleSize ?? (tokenizer.kind === 'char' ? 160 : 30);
  if (sampleSize === 0) return '';
  const carried = await model.getState();
  model.resetState();
  const ids: number[] = [];
  const tokens = generate(model, {
    prompt: startIds(tokenizer),
    sampleSize,
    temperature: 0.8,
    skipIds: skipIds(tokenizer),
    random: new Random(training.seed, 1),
  });
  for await (const id of tokens) {
    ids.push(id);
    await breathe();
  }
  model.setState(carried);
  return tokenizer.decode(ids);
}
