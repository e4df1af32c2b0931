import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BackendOptions, chooseBackend } from '@unroll/backend';
import type { SplitFractions, TokenIds } from '@unroll/text';
import { evaluate, type EvaluateOptions as Protocol } from '@unroll/training';
import { breathe } from '../breathe.ts';
import { chooseSplit, type SplitName } from '../choose-split.ts';
import { count, duration, figure } from '../format.ts';
import { loadModel } from '../model-folder.ts';
import { describeProtocol, protocolFor } from '../protocol.ts';
import { readRunConfig } from '../run-folder/run-config.ts';

export interface EvaluateOptions extends BackendOptions {
  data: string | readonly string[];
  split?: SplitName;
  batchSize?: number;
  timeSize?: number;
  exact?: boolean;
  json?: boolean;
}

export async function evaluateModel(folder: string, options: EvaluateOptions): Promise<void> {
  const { backend, description } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, backend);
  const { ids, split } = await chooseSplit(options.data, tokenizer, options.split, await fractionsOf(folder));
  const protocol = protocolOf(options, ids);
  const start = performance.now();
  const result = await evaluate(model, ids, { ...protocol, pause: breathe });
  const seconds = (performance.now() - start) / 1000;
  if (options.json) {
    console.log(JSON.stringify({ ...result, split, tokens: ids.length, exact: false, ...protocol, seconds }));
    return;
  }
  console.log(`perplexity   ${figure(result.perplexity)}`);
  console.log(`loss         ${result.loss.toFixed(4)} nats`);
  console.log(
    `predictions  ${count(result.predictions)} on the ${split === 'all' ? 'whole' : split} text (${describeProtocol(protocol)})`,
  );
  console.log(`time         ${duration(seconds)} on ${description}`);
}

/** What is asked for; if nothing is, what fits the text. */
function protocolOf({ exact, batchSize, timeSize }: EvaluateOptions, ids: TokenIds): Protocol {
  if (exact) return { exact };
  if (batchSize === undefined && timeSize === undefined) return protocolFor(ids) ?? { exact: true };
  return { batchSize: batchSize ?? 10, timeSize: timeSize ?? 35 };
}

/** How a single text was divided when the model was trained; as usual, if it is not of a run. */
async function fractionsOf(folder: string): Promise<SplitFractions> {
  const path = join(folder, 'run.json');
  if (!existsSync(path)) return {};
  const { validFraction, testFraction } = (await readRunConfig(path)).settings.data;
  return { valid: validFraction, test: testFraction };
}
