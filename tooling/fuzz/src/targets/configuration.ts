import { UsageError } from '@unroll/trainer/src/exit-code.ts';
import { parseConfigFile } from '@unroll/trainer/src/settings/config-file.ts';
import { resolveSettings, settingsSchema } from '@unroll/trainer/src/settings/layers.ts';
import { expectThat } from '../expect-that.ts';
import { mutateBytes } from '../mutate-bytes.ts';
import { mutatedDocument } from '../mutated-document.ts';
import { nastyValue } from '../nasty.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { utf8 } from '../utf8.ts';

export const settingsSeeds: readonly object[] = [
  {
    data: { train: ['a.txt', 'b.txt'], validFraction: 0.1 },
    tokenizer: { kind: 'char' },
    model: { name: 'rnnlm', wordvecSize: 8, hiddenSize: 12 },
    training: { batchSize: 4, timeSize: 10, epochs: 2, maxGrad: 0.25, seed: 1 },
  },
  {
    optimizer: { name: 'adam', lr: 0.01 },
    schedule: { name: 'cosine', warmup: 5 },
    logging: { logEvery: 5 },
  },
  {
    $schema: 'unroll.schema.json',
    out: 'runs/mine',
    recipe: 'char',
    compute: { backend: 'wasm', threads: 2 },
  },
  {},
];

const yamlSeeds = [
  'out: runs/mine\ntraining:\n  epochs: 3 # three times\n  seed: 7\nmodel: {hiddenSize: 9}\n',
  'data:\n  train:\n    - a.txt\n    - "b: c"\noptimizer:\n  lr: 1e-3\n',
  '# nothing\nmodel:\nlogging: {logEvery: 0x10}\n',
  '%YAML 1.2\n---\ntraining: {epochs: 2, maxSteps: 3}\n...\n',
];

/** What YAML has and JSON has not. */
const yamlWords = [
  ...[
    '&a ',
    '*a',
    '&a [*a]',
    '<<: *a',
    '!!binary aGk=',
    '!!set {a}',
    '!!int "3"',
    '!x ',
    '? ',
    '- ',
    ': ',
    '| ',
    '>-\n  ',
  ],
  ...[
    '---\n',
    '...\n',
    '%TAG ! x\n',
    '%FOO\n',
    '\t',
    '  ',
    '\n',
    '# ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '@',
    '`',
    '\u0085',
  ],
  ...[
    '.inf',
    '.nan',
    '~',
    '0o17',
    '0x1F',
    '1_000',
    '2001-12-14',
    'yes',
    'null',
    '__proto__: ',
    'constructor: ',
    '\ufeff',
  ],
];

function mutatedYaml(random: Random): Uint8Array {
  let text = random.pick(yamlSeeds);
  const changes = random.few(6);
  for (let i = 0; i < changes; i++) {
    const at = random.below(text.length + 1);
    const rest = text.slice(at + (random.oneIn(2) ? 0 : random.below(6)));
    text =
      text.slice(0, at) +
      (random.oneIn(3) ? nastyValue(random, { wellFormed: false }) : random.pick(yamlWords)) +
      rest;
  }
  const bytes = utf8(text);
  return random.oneIn(10) ? mutateBytes(bytes, random) : bytes;
}

export const configuration: Target = {
  name: 'configuration',
  refusals: 'UsageError',
  make: (random) => (random.oneIn(2) ? mutatedYaml(random) : mutatedDocument(settingsSeeds, random)),
  run(input) {
    const file = parseConfigFile(new TextDecoder().decode(input), 'folder/my.yaml');
    const { settings } = resolveSettings([file]);
    expectThat(settingsSchema.safeParse(settings).success, 'settings that are settings');
    expectThat(file.out === undefined || typeof file.out === 'string', 'out to be text');
  },
  isRefusal: (error) => error instanceof UsageError,
};
