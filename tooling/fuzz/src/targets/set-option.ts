import { UsageError } from '@unroll/trainer/src/exit-code.ts';
import { resolveSettings, settingsSchema } from '@unroll/trainer/src/settings/layers.ts';
import { setLayer } from '@unroll/trainer/src/settings/options.ts';
import { expectThat } from '../expect-that.ts';
import { mutateBytes } from '../mutate-bytes.ts';
import { nastyValue } from '../nasty.ts';
import type { Random } from '../random.ts';
import type { Target } from '../target.ts';
import { utf8 } from '../utf8.ts';

const paths = [
  ...[
    'model.hiddenSize',
    'model.name',
    'training.epochs',
    'training.maxGrad',
    'optimizer.lr',
    'data.train',
    'compute.backend',
  ],
  ...[
    '__proto__.x',
    'model.__proto__',
    'constructor.prototype',
    'model.constructor',
    'model',
    'model.',
    '.epochs',
    'a.b.c',
  ],
];
const values = [
  '3',
  '0.5',
  'rnnlm',
  'adam',
  '[a, b]',
  '"x"',
  'wasm',
  '*a',
  '&a [*a]',
  '{a: 1}',
  '',
  '!!binary aGk=',
  '.nan',
  '[',
  '- 1',
  '? a',
];

const right = [
  'model.hiddenSize=3',
  'training.maxGrad=0.5',
  'data.train=[a, "b: c"]',
  'optimizer.name=adam',
  'schedule.warmup=0',
];

function assignment(random: Random): string {
  if (random.oneIn(2)) return random.pick(right);
  const value = random.oneIn(2) ? random.pick(values) : nastyValue(random, { wellFormed: false });
  return `${random.pick(paths)}${random.oneIn(20) ? '' : '='}${value}`;
}

export const setOption: Target = {
  name: 'set',
  refusals: 'UsageError',
  make(random) {
    // One word of the command line in each line.
    const text = Array.from({ length: random.few(3) }, () => assignment(random).replaceAll('\n', ' ')).join(
      '\n',
    );
    return random.oneIn(4) ? mutateBytes(utf8(text), random) : utf8(text);
  },
  run(input) {
    const { settings } = resolveSettings([setLayer(new TextDecoder().decode(input).split('\n'))]);
    expectThat(settingsSchema.safeParse(settings).success, 'settings that are settings');
  },
  isRefusal: (error) => error instanceof UsageError,
};
