import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BackendOptions, chooseBackend } from '@unroll/backend';
import type { LanguageModel } from '@unroll/rnnlm';
import type { SplitFractions, TokenIds } from '@unroll/text';
import {
  type Evaluation,
  evaluate,
  evaluateDynamically,
  evaluateWithCache,
  type EvaluateOptions as Protocol,
} from '@unroll/training';
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
  /** Tokens that a cache remembers; true: as many as usual. */
  cache?: true | number;
  cacheTheta: number;
  cacheLambda: number;
  /** The learning rate of dynamic evaluation. */
  dynamic?: number;
  dynamicDecay: number;
  /** Text by whose gradients it measures its updates. */
  dynamicText?: string | readonly string[];
}

const USUAL_CACHE = 2000;

export async function evaluateModel(folder: string, options: EvaluateOptions): Promise<void> {
  const { backend, description } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, backend);
  const { ids, split } = await chooseSplit(options.data, tokenizer, options.split, await fractionsOf(folder));
  const protocol = protocolOf(options, ids);
  const start = performance.now();
  const result = await evaluate(model, ids, { ...protocol, pause: breathe });
  const seconds = (performance.now() - start) / 1000;
  const cache = await withCache(model, ids, options);
  const dynamic = await dynamically(model, ids, options, async (data) =>
    chooseSplit(data, tokenizer, undefined, await fractionsOf(folder)),
  );
  if (options.json) {
    const plain = { ...result, split, tokens: ids.length, exact: false, ...protocol, seconds };
    console.log(JSON.stringify({ ...plain, cache, dynamic }));
    return;
  }
  console.log(`perplexity   ${figure(result.perplexity)}`);
  console.log(`loss         ${result.loss.toFixed(4)} nats`);
  console.log(
    `predictions  ${count(result.predictions)} on the ${split === 'all' ? 'whole' : split} text (${describeProtocol(protocol)})`,
  );
  console.log(`time         ${duration(seconds)} on ${description}`);
  for (const [name, more] of Object.entries({ cache, dynamic })) {
    if (!more) continue;
    const { perplexity, loss, seconds, predictions: _, ...how } = more;
    console.log(
      `${name.padEnd(13)}perplexity ${figure(perplexity)}, loss ${loss.toFixed(4)}, every prediction counted; ` +
        `${Object.entries(how)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}; ${duration(seconds)}`,
    );
  }
}

/** What another way to evaluate came to, and with what. */
type Extra<How> = (Evaluation & How & { readonly seconds: number }) | undefined;

async function withCache(
  model: LanguageModel,
  ids: TokenIds,
  { cache, cacheTheta: theta, cacheLambda: lambda }: EvaluateOptions,
): Promise<Extra<{ window: number; theta: number; lambda: number }>> {
  if (cache === undefined) return undefined;
  const how = { window: cache === true ? USUAL_CACHE : cache, theta, lambda };
  const start = performance.now();
  const result = await evaluateWithCache(model, ids, { ...how, pause: breathe });
  return { ...result, ...how, seconds: (performance.now() - start) / 1000 };
}

async function dynamically(
  model: LanguageModel,
  ids: TokenIds,
  { dynamic: lr, dynamicDecay: decay, dynamicText }: EvaluateOptions,
  read: (data: string | readonly string[]) => Promise<{ readonly ids: TokenIds }>,
): Promise<Extra<{ lr: number; decay: number }>> {
  if (lr === undefined) return undefined;
  const rms = dynamicText === undefined ? undefined : await read(dynamicText);
  const start = performance.now();
  const result = await evaluateDynamically(model, ids, { lr, decay, rms, pause: breathe });
  return { ...result, lr, decay, seconds: (performance.now() - start) / 1000 };
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
