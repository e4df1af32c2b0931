import type { BackendName } from '@unroll/backend';
import { backendNames } from '@unroll/backend';
import { type CellName, cellNames, type HeadName, headNames, modelNames } from '@unroll/rnnlm';
import {
  type AverageName,
  averageNames,
  describeRates,
  type OptimizerName,
  optimizerNames,
  type ScheduleName,
  scheduleNames,
} from './optimizers.ts';
import { fraction, numberFrom, oneOf, path, paths, type Setting, toggle, whole } from './setting.ts';

/** What a run is made of: with the same, it comes out the same. Descriptions of all of it are in `settingGroups`. */
export interface Settings {
  readonly data: {
    readonly train: string | readonly string[];
    readonly valid?: string | readonly string[];
    readonly test?: string | readonly string[];
    readonly validFraction: number;
    readonly testFraction: number;
  };
  readonly tokenizer: {
    readonly kind: TokenizerName;
    readonly minCount?: number;
    readonly vocabSize?: number;
    readonly file?: string;
  };
  readonly model: {
    readonly name: string;
    readonly wordvecSize: number;
    readonly hiddenSize: number;
    readonly cell?: CellName;
    readonly layers?: number;
    readonly head?: HeadName;
    readonly projectionSize?: number;
    readonly layerNorm: boolean;
    readonly forgetBias?: number;
    readonly outputBias: OutputBiasName;
    readonly weights?: string;
  };
  readonly regularization: {
    readonly dropout?: number;
    readonly dropoutInput?: number;
    readonly dropoutHidden?: number;
    readonly dropoutOutput?: number;
    readonly dropoutWords?: number;
    readonly dropoutWeights?: number;
    readonly dropoutPerStep: boolean;
    readonly activationPenalty?: number;
    readonly temporalPenalty?: number;
    readonly labelSmoothing?: number;
    readonly weightDecay?: number;
  };
  readonly training: {
    readonly batchSize: number;
    readonly timeSize: number;
    readonly randomLength: boolean;
    readonly randomStart: boolean;
    readonly accumulate: number;
    readonly epochs: number;
    readonly maxSteps?: number;
    readonly maxGrad: number;
    readonly seed: number;
    readonly evalInterval?: number;
    readonly patience?: number;
    readonly overfit?: number;
  };
  readonly optimizer: {
    readonly name: OptimizerName;
    readonly lr?: number;
    readonly average: AverageName;
    readonly averageDecay?: number;
    readonly averagePatience?: number;
  };
  readonly schedule: { readonly name: ScheduleName; readonly warmup: number };
  readonly logging: { readonly logEvery: number; readonly sampleSize?: number };
  readonly checkpoints: { readonly saveInterval?: number; readonly keep: number };
  readonly compute: { readonly backend: BackendName; readonly threads?: number };
}

const tokenizerNames = ['word', 'char', 'bpe', 'file'] as const;
export type TokenizerName = (typeof tokenizerNames)[number];

const outputBiasNames = ['zeros', 'counts'] as const;
type OutputBiasName = (typeof outputBiasNames)[number];

/** A description for each setting, and none for what is none. */
interface SettingGroup<Group> {
  readonly about: string;
  readonly settings: Readonly<Record<keyof Group, Setting>>;
}

/**
 * The one place where a setting is made. The command line, the configuration file and its JSON Schema, `unroll init` and the
 * reference in the documentation all come from here.
 */
export const settingGroups: { readonly [Group in keyof Settings]: SettingGroup<Settings[Group]> } = {
  data: {
    about: 'The text',
    settings: {
      train: paths(
        '--data <path...>',
        "text files, folders of text files, globs, - for standard input, or a folder with PTB's three files",
      ),
      valid: paths('--valid <path...>', 'text to validate on', { usual: 'a part of --data' }),
      test: paths('--test <path...>', 'text to test on when training is over', {
        usual: 'a part of --data, unless --valid is given',
      }),
      validFraction: fraction('--valid-fraction <f>', 'how much of --data is held back to validate', {
        value: 0.05,
      }),
      testFraction: fraction('--test-fraction <f>', 'how much of --data is held back to test', {
        value: 0.05,
      }),
    },
  },
  tokenizer: {
    about: 'What a token is',
    settings: {
      kind: oneOf(
        tokenizerNames,
        '--tokenizer <kind>',
        'a word, a character, a byte pair, or as a tokenizer.json says',
        {
          value: 'word',
        },
      ),
      minCount: whole(1, '--min-count <n>', 'words or characters that are rarer become <unk>', {
        usual: 'none',
      }),
      vocabSize: whole(2, '--vocab-size <V>', 'the most tokens to tell apart; rarer ones become <unk>', {
        usual: 'all; of byte pairs 4096',
      }),
      file: path(
        '--tokenizer-file <path>',
        "a tokenizer.json in Hugging Face's format, for --tokenizer file",
      ),
    },
  },
  model: {
    about: 'The model',
    settings: {
      name: oneOf(modelNames, '--model <name>', 'which model', { value: 'rnnlm' }),
      wordvecSize: whole(1, '--wordvec-size <D>', 'size of a word vector', { value: 100 }),
      hiddenSize: whole(1, '--hidden-size <H>', 'size of the hidden state', { value: 100 }),
      cell: oneOf(cellNames, '--cell <name>', 'the recurrent layers of stacked-rnnlm', { usual: 'lstm' }),
      layers: whole(1, '--layers <n>', 'how many of them', { usual: '1', most: 16 }),
      head: oneOf(
        headNames,
        '--head <name>',
        'output of its own, tied to the embedding (the last layer then has D units), or projected and tied',
        {
          usual: 'affine',
        },
      ),
      projectionSize: whole(1, '--projection-size <P>', 'what a projected-lstm hands on', { usual: 'D' }),
      layerNorm: toggle('--layer-norm', 'normalize what each recurrent layer hands on'),
      forgetBias: numberFrom(0, '--forget-bias <b>', 'what the bias of forget gates begins with, of LSTMs', {
        usual: '0',
      }),
      outputBias: oneOf(
        outputBiasNames,
        '--output-bias <from>',
        'what the bias of the output begins with, if there are no --weights: zeros, or the log of how often each token comes',
        { value: 'zeros' },
      ),
      weights: path(
        '--weights <path>',
        'begin with these: a model folder, whose sizes and tokens are taken too, or a safetensors file',
        { usual: 'random numbers' },
      ),
    },
  },
  regularization: {
    about: 'What keeps a model from learning by heart (stacked-rnnlm; better-rnnlm has --dropout)',
    settings: {
      dropout: fraction('--dropout <f>', 'drop this share of what goes in and out of recurrent layers', {
        usual: '0.5 for better-rnnlm, else 0',
      }),
      dropoutInput: fraction('--dropout-input <f>', 'of word vectors', { usual: '--dropout' }),
      dropoutHidden: fraction('--dropout-hidden <f>', 'between recurrent layers', { usual: '--dropout' }),
      dropoutOutput: fraction('--dropout-output <f>', 'of what the last recurrent layer hands on', {
        usual: '--dropout',
      }),
      dropoutWords: fraction('--dropout-words <f>', 'of whole words (tokens), wherever a block has them', {
        usual: '0',
      }),
      dropoutWeights: fraction(
        '--dropout-weights <f>',
        'of the recurrent weights Wh (not of min-gru and qrnn)',
        { usual: '0' },
      ),
      dropoutPerStep: toggle('--dropout-per-step', 'a mask for each step, instead of one for a whole block'),
      activationPenalty: numberFrom(0, '--activation-penalty <alpha>', 'on large outputs (AR)', {
        usual: '0',
      }),
      temporalPenalty: numberFrom(0, '--temporal-penalty <beta>', 'on outputs that change fast (TAR)', {
        usual: '0',
      }),
      labelSmoothing: fraction('--label-smoothing <f>', 'shared by all tokens instead of the right one', {
        usual: '0',
      }),
      weightDecay: numberFrom(0, '--weight-decay <rate>', 'of --optimizer sgd or adamw, with any model', {
        usual: '0.01 for adamw, else 0',
      }),
    },
  },
  training: {
    about: 'Truncated backpropagation through time',
    settings: {
      batchSize: whole(1, '--batch-size <N>', 'streams of text side by side', { value: 20 }),
      timeSize: whole(1, '--time-size <T>', 'steps of truncated backpropagation', { value: 35 }),
      randomLength: toggle('--random-length', 'blocks of random length, around --time-size and half of it'),
      randomStart: toggle('--random-start', 'cut the text into streams at another place in each epoch'),
      accumulate: whole(
        1,
        '--accumulate <n>',
        'read n blocks for each step, and take the mean of their gradients',
        {
          value: 1,
        },
      ),
      epochs: whole(1, '--epochs <n>', 'how often the text is read', { value: 4 }),
      maxSteps: whole(1, '--max-steps <n>', 'end earlier, after this many steps', { usual: 'all' }),
      maxGrad: numberFrom(0, '--max-grad <norm>', 'clip the gradients at this norm; 0: never', {
        value: 0.25,
      }),
      seed: whole(
        0,
        '--seed <n>',
        'of all that is drawn: initial weights, samples, what is dropped, where blocks begin and end',
        { value: 1 },
      ),
      evalInterval: whole(1, '--eval-interval <steps>', 'evaluate every so many steps', {
        usual: 'after every epoch',
      }),
      patience: whole(1, '--patience <n>', 'end early after n evaluations in a row that were no better', {
        usual: 'never',
      }),
      overfit: whole(
        1,
        '--overfit <n>',
        'learn only the first n batches, by heart: does it learn at all? For --max-steps steps (500), however many epochs those are',
      ),
    },
  },
  optimizer: {
    about: 'How weights move',
    settings: {
      name: oneOf(optimizerNames, '--optimizer <name>', 'which optimizer', { value: 'sgd' }),
      lr: numberFrom(0, '--lr <rate>', 'learning rate', { usual: describeRates() }),
      average: oneOf(
        averageNames,
        '--average <name>',
        'evaluate and keep an average of the weights: ema, or asgd, once evaluations get no better',
        { value: 'none' },
      ),
      averageDecay: fraction('--average-decay <f>', 'how much of --average ema stays in each step', {
        usual: '0.999',
      }),
      averagePatience: whole(
        1,
        '--average-patience <n>',
        '--average asgd begins when an evaluation is worse than one that is more than so many before it',
        {
          usual: '5',
        },
      ),
    },
  },
  schedule: {
    about: 'How the learning rate changes',
    settings: {
      name: oneOf(scheduleNames, '--schedule <name>', 'which schedule', { value: 'constant' }),
      warmup: whole(0, '--warmup <steps>', 'of --schedule warmup, linear or cosine', { value: 0 }),
    },
  },
  logging: {
    about: 'What is told on the way',
    settings: {
      logEvery: whole(1, '--log-every <steps>', 'log every so many steps', { value: 20 }),
      sampleSize: whole(0, '--sample-size <tokens>', 'length of the sample after an evaluation; 0: none', {
        usual: '30 words or 160 characters',
        most: 10_000, // nothing else happens meanwhile
      }),
    },
  },
  checkpoints: {
    about: 'What to go on from',
    settings: {
      saveInterval: whole(1, '--save-interval <steps>', 'a checkpoint every so many steps', {
        usual: 'every 2 minutes',
      }),
      keep: whole(1, '--keep <n>', 'how many checkpoints stay', { value: 2 }),
    },
  },
  compute: {
    about: 'What computes',
    settings: {
      backend: oneOf(backendNames, '--backend <name>', 'what computes; auto takes the fastest', {
        value: 'auto',
      }),
      threads: whole(1, '--threads <n>', 'how many threads compute, up to 64', {
        usual: 'one for each core, 16 at most',
      }),
    },
  },
};

/** Every setting with its path: `model.hiddenSize`. */
export function allSettings(): (readonly [group: keyof Settings, name: string, setting: Setting])[] {
  return (Object.keys(settingGroups) as (keyof Settings)[]).flatMap((group) =>
    Object.entries<Setting>(settingGroups[group].settings).map(
      ([name, setting]) => [group, name, setting] as const,
    ),
  );
}
