import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { evaluate } from '@unroll/training';
import { breathe } from '../breathe.ts';
import { chooseSplit, type SplitName } from '../choose-split.ts';
import { count, duration, figure } from '../format.ts';
import { loadModel } from '../model-folder.ts';

export interface EvaluateOptions extends BackendOptions {
  data: string;
  split?: SplitName;
  batchSize: number;
  timeSize: number;
  exact?: boolean;
  json?: boolean;
}

export async function evaluateModel(folder: string, options: EvaluateOptions): Promise<void> {
  const { backend, description } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, backend);
  const { ids, split } = await chooseSplit(options.data, tokenizer, options.split);
  const { batchSize, timeSize, exact = false } = options;
  const start = performance.now();
  const result = await evaluate(model, ids, { batchSize, timeSize, exact, pause: breathe });
  const seconds = (performance.now() - start) / 1000;
  if (options.json) {
    const protocol = exact ? { exact } : { exact, batchSize, timeSize };
    console.log(JSON.stringify({ ...result, split, tokens: ids.length, ...protocol, seconds }));
    return;
  }
  const how = exact ? 'every prediction counted' : `batch ${batchSize}, time ${timeSize}, the tail dropped`;
  console.log(`perplexity   ${figure(result.perplexity)}`);
  console.log(`loss         ${result.loss.toFixed(4)} nats`);
  console.log(`predictions  ${count(result.predictions)} on the ${split} text (${how})`);
  console.log(`time         ${duration(seconds)} on ${description}`);
}
