/** What each part of a model, each optimizer and each of the trainer's recipes costs on one backend: prints JSON, RecipeCosts. */
import { AdamW, ExponentialAverage, SGD, TriggeredAverage, type WeightAverage } from '@unroll/optimizers';
import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import { resolveSettings } from '@unroll/trainer/src/settings/layers.ts';
import { modelConfigOf } from '@unroll/trainer/src/settings/model-config.ts';
import { makeAverage, makeOptimizer } from '@unroll/trainer/src/settings/optimizers.ts';
import { recipeLayer, recipes } from '@unroll/trainer/src/settings/recipes.ts';
import { makeBackend, median, type Ours, Peak } from './ours.ts';
import type { RecipeCosts } from './recipe-costs.ts';
import { makeStep, randomBlock, type Step, timeStep } from './step.ts';
import { N, plain, shrunk, T, variants } from './variants.ts';

const { rounds, quick, ...ours } = JSON.parse(process.argv[2]) as Ours & { rounds: number; quick: boolean };
const backend = await makeBackend(ours);
const modelOf = (config: ModelConfig): LanguageModel =>
  createModel(quick ? shrunk(config) : config, { backend, seed: 1 });
/** Weights hardly move, so that no training goes astray. */
const lr = 1e-6;

/** All models are there at once and make a step in turn, round after round; so do the optimizers, with the plain model's weights. */
async function measureParts(): Promise<Pick<RecipeCosts, 'variants' | 'updates'>> {
  const peak = new Peak(backend);
  const plainModel = modelOf(plain);
  const stepOf = (model: LanguageModel) =>
    makeStep(model, {
      ...{ N, T, blocks: [randomBlock(N, T, model.config.vocabSize)] },
      ...{ optimizer: new SGD({ lr }), maxNorm: 0.25 },
    });
  const plainStep = stepOf(plainModel);
  const steps = new Map<string, Step>([['plain', plainStep]]);
  for (const [name, change] of Object.entries(variants)) {
    steps.set(name, stepOf(modelOf({ ...plain, ...change })));
  }
  const updaters = {
    SGD: new SGD({ lr }),
    'SGD with decay': new SGD({ lr, weightDecay: 0.01 }),
    AdamW: new AdamW({ lr }),
    'exponential average': begun(new ExponentialAverage()),
    'triggered average': begun(new TriggeredAverage()),
  };

  const stepTimes = new Map<Step, number[]>([...steps.values()].map((step) => [step, []]));
  const updateTimes = new Map<string, number[]>(Object.keys(updaters).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [step, times] of stepTimes) {
      times.push(await timeStep(step, round));
      await peak.measure();
    }
  }
  for (let round = 0; round <= rounds; round++) {
    for (const [name, updater] of Object.entries(updaters)) {
      const start = performance.now();
      updater.update(plainModel.params);
      await plainModel.params[plainModel.params.length - 1].value.read(); // a bias: the update has come to its end
      updateTimes.get(name)?.push(performance.now() - start);
    }
  }
  // The first round compiles, fills caches and grows memory.
  for (const times of [...stepTimes.values(), ...updateTimes.values()]) times.shift();

  const plainTimes = stepTimes.get(plainStep) ?? [];
  const result = {
    variants: [...steps].map(([name, step]) => {
      const times = stepTimes.get(step) ?? [];
      const ms = median(times);
      // In each round by itself, as the machine's speed changes.
      const toPlain = median(times.map((time, round) => time / plainTimes[round]));
      const productForProduct = (toPlain * plainStep.flops) / step.flops;
      return { name, ms, toPlain, productForProduct, toFloor: ms / peak.floorOf(step) };
    }),
    updates: [...updateTimes].map(([name, times]) => ({ name, ms: median(times) })),
  };
  for (const owner of [...steps.values(), ...Object.values(updaters), peak]) owner.dispose();
  return result;
}

/** A step of the model of each recipe, one after the other. */
async function measureRecipes(): Promise<RecipeCosts['recipes']> {
  const measured: RecipeCosts['recipes'][number][] = [];
  for (const name of Object.keys(recipes)) {
    const { settings } = resolveSettings([recipeLayer(name)]);
    const { batchSize: N, timeSize: T, maxGrad: maxNorm } = settings.training;
    const { kind, vocabSize = kind === 'char' ? 65 : 10_000 } = settings.tokenizer; // as the texts that recipes are for
    const model = modelOf(modelConfigOf(settings, vocabSize));
    const average = makeAverage(settings);
    const optimizer = makeOptimizer(settings);
    optimizer.lr = lr;
    const step = makeStep(model, {
      ...{ N, T, blocks: [randomBlock(N, T, model.config.vocabSize)] },
      ...{ optimizer, maxNorm, average: average && begun(average) },
    });
    const peak = new Peak(backend); // of the time that this recipe takes, as the machine's speed changes
    const times: number[] = [];
    const end = performance.now() + (quick ? 0 : 3000);
    for (let i = 0; i < 4 || (i < 60 && performance.now() < end); i++) {
      const ms = await timeStep(step, i);
      if (i > 0) times.push(ms);
      await peak.measure();
    }
    const ms = median(times);
    measured.push({ name, ms, toFloor: ms / peak.floorOf(step) });
    for (const owner of [step, peak]) owner.dispose();
  }
  return measured;
}

/** An average that begins with its next update: it was told that things get worse and worse. */
function begun(average: WeightAverage): WeightAverage {
  for (let loss = 0; loss < 100; loss++) average.evaluated(loss);
  return average;
}

console.log(JSON.stringify({ ...(await measureParts()), recipes: await measureRecipes() }));
backend.dispose();
