import { resolve } from 'node:path';
import { loadConfig, loadTokenizer, saveModel } from '@unroll/model-folder/node';
import { UsageError } from '../exit-code.ts';
import { huggingFace } from '../hugging-face.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { describeRun, shapeOf } from '../session/describe-run.ts';
import { environmentOf } from '../session/environment.ts';
import { rehearse } from '../session/rehearse.ts';
import { type Attendance, runSession } from '../session/run-session.ts';
import { makeSession } from '../session/session.ts';
import { isFolder, startFrom } from '../session/start-from.ts';
import { readConfigFile } from '../settings/config-file.ts';
import { type Layer, type ResolvedSettings, resolveSettings } from '../settings/layers.ts';
import { architectureOf } from '../settings/model-config.ts';
import { optionsLayer, setLayer } from '../settings/options.ts';
import { mapPaths } from '../settings/paths.ts';
import { recipeLayer } from '../settings/recipes.ts';
import type { Settings } from '../settings/settings.ts';
import { settle } from '../settings/settle.ts';
import { settingsToYaml } from '../settings/write-settings.ts';
import { type LogFormat, makeView } from '../view/view.ts';

export interface TrainOptions extends Attendance {
  readonly out?: string;
  readonly config?: string;
  readonly recipe?: string;
  /** `group.name=value` */
  readonly set?: readonly string[];
  readonly printConfig?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly logFormat?: LogFormat;
  /** A flag of a setting. */
  readonly [flag: string]: unknown;
}

/** Trains a model and leaves it, with checkpoints and the record of the run, in a folder. */
export async function trainModel(options: TrainOptions): Promise<number> {
  const { resolved, out } = await settingsFrom(options);
  if (options.printConfig) {
    process.stdout.write(
      settingsToYaml(
        resolved,
        'The settings as resolved. A value without a comment is the default; where a setting is a comment, nothing was said, and that holds.',
      ),
    );
    return 0;
  }
  if (resolved.settings.data.train === undefined) {
    throw new UsageError('expected --data <path>: the text to train on');
  }
  // From wherever it is resumed or repeated, all is where it is now.
  const settings = mapPaths(resolved.settings, (path) => (path === '-' ? path : resolve(path)));
  const { weights } = settings.model;
  const tokenizer = await tokenizerOf(weights);

  // Everything that can be refused is refused before anything is written.
  const folder = out === undefined ? undefined : await RunFolder.check(out, pathsOf(settings), options);
  if (options.dryRun) return rehearse(settings, out, tokenizer, options);
  if (!folder) throw new UsageError('expected --out <folder>: where the model and the records of the run go');
  const session = await makeSession(settings, tokenizer);
  if (weights) await startFrom(weights, session);
  const view = makeView(process.stderr, shapeOf(session), {
    format: options.logFormat,
    quiet: options.quiet,
  });
  try {
    await folder.begin();
    await saveModel(folder.path, session.model, session.tokenizer);
    const { origins } = resolved;
    const heading =
      'What this run was begun with. To repeat it: unroll train --config <this file> --out <folder>';
    await folder.writeForPeople(
      'config.resolved.yaml',
      settingsToYaml({ settings: session.settings, origins }, heading),
    );
    await folder.writeForPeople('env.json', `${JSON.stringify(environmentOf(session), null, 2)}\n`);
    await folder.writeConfig(session);
    view.begin('unroll train', describeRun(session, folder.path));
    return await runSession(session, folder, view, options);
  } finally {
    view.close();
    folder.close();
  }
}

/** From the defaults, a recipe, a model to begin with, a file, --set and the command line; the later wins. */
async function settingsFrom(options: TrainOptions): Promise<{ resolved: ResolvedSettings; out?: string }> {
  const file = options.config === undefined ? undefined : await readConfigFile(options.config);
  const recipe = options.recipe ?? file?.recipe;
  const given: Layer[] = [
    ...(recipe === undefined ? [] : [recipeLayer(recipe)]),
    ...(file ? [file] : []),
    setLayer(options.set ?? []),
    optionsLayer(options),
  ];
  const { weights } = resolveSettings(given).settings.model;
  const resolved =
    weights && (await isFolder(weights)) ? await withModel(weights, given) : resolveSettings(given);
  return { resolved: settle(resolved), out: options.out ?? file?.out };
}

/** A model to begin with says what it is, and nobody can make it something else; a recipe gives way. */
async function withModel(folder: string, given: readonly Layer[]): Promise<ResolvedSettings> {
  const { tokenizer, ...config } = await loadConfig(folder);
  const values = {
    model: architectureOf(config),
    tokenizer: { kind: tokenizer === 'huggingface' ? 'file' : tokenizer },
  };
  const said = resolveSettings(given);
  for (const [group, inGroup] of Object.entries(values)) {
    for (const [name, value] of Object.entries(inGroup)) {
      const origin = said.origins.get(`${group}.${name}`);
      const other = (said.settings as unknown as Record<string, Record<string, unknown>>)[group][name];
      if (origin === undefined || origin.startsWith('recipe ') || other === value) continue;
      throw new UsageError(
        `${origin}: ${group}.${name} cannot be ${other} with the weights of ${folder}, where it is ${value}; leave it out`,
      );
    }
  }
  for (const name of ['minCount', 'vocabSize', 'file'] as const) {
    const origin = said.origins.get(`tokenizer.${name}`);
    if (origin === undefined || origin.startsWith('recipe ')) continue;
    throw new UsageError(
      `${origin}: tokenizer.${name} does nothing with the weights of ${folder}, whose tokens are taken; leave it out`,
    );
  }
  return resolveSettings([...given, { origin: folder, values }]);
}

const tokenizerOf = async (weights: string | undefined) =>
  weights && (await isFolder(weights)) ? loadTokenizer(weights, { huggingFace }) : undefined;

/** All files and folders that are read, for a run must not write over them. */
function pathsOf({ data, model, tokenizer }: Settings): string[] {
  const more = [data.valid, data.test, model.weights, tokenizer.file].map((paths) => paths ?? []);
  return [data.train, ...more].flat(2).filter((path) => path !== '-');
}
