import { parseRunConfig, serializeRunConfig } from '@unroll/trainer/src/run-folder/run-config.ts';
import { parseConfigFile } from '@unroll/trainer/src/settings/config-file.ts';
import { resolveSettings } from '@unroll/trainer/src/settings/layers.ts';
import { setLayer } from '@unroll/trainer/src/settings/options.ts';
import { type Case, casesOf, type Malformed, truncations } from './malformed.ts';

const noYaml = 'not YAML (or JSON)';
const fileCases: Case[] = [
  ['a number', '3', 'expected settings by name'],
  ['a list', '- a\n- b\n', 'expected settings by name'],
  ['text', 'hello', 'expected settings by name'],
  ['an unknown setting', 'model: {size: 3}', 'there is no setting model.size'],
  ['an unknown group', 'modle: {hiddenSize: 3}', 'there is no setting modle'],
  ['a setting outside of its group', 'hiddenSize: 3', 'did you mean model.hiddenSize?'],
  ['a group that is a list', 'model: [3]', 'model: expected settings by name'],
  ['a group that is a number', 'model: 3', 'model: expected settings by name'],
  ['__proto__ as a group', '__proto__: {polluted: 1}', 'there is no setting __proto__'],
  ['__proto__ as a group of JSON', '{"__proto__":{"polluted":1}}', 'there is no setting __proto__'],
  ['__proto__ as a setting', 'model: {__proto__: {polluted: 1}}', 'there is no setting model.__proto__'],
  ['constructor as a group', 'constructor: {prototype: {polluted: 1}}', 'there is no setting constructor'],
  ['toString as a setting', 'model: {toString: 1}', 'there is no setting model.toString'],
  ['a merge key', 'model: {<<: {hiddenSize: 3}}', 'there is no setting model.<<'],
  ['a key that is a list', '? [a]\n: 1\n', 'there is no setting [ a ]'],
  ['0 as a size', 'model: {hiddenSize: 0}', 'expected a whole number from 1, got 0'],
  ['a negative size', 'model: {hiddenSize: -1}', 'expected a whole number from 1, got -1'],
  ['half a size', 'model: {hiddenSize: 1.5}', 'expected a whole number from 1, got 1.5'],
  ['infinitely many', 'training: {epochs: .inf}', 'expected a whole number from 1'],
  ['no number', 'optimizer: {lr: .nan}', 'expected a number from 0'],
  ['1e999', 'optimizer: {lr: 1e999}', 'expected a number from 0'],
  ['more than 2^53', 'training: {seed: 9007199254740993}', 'expected a whole number from 0'],
  ['a size as text', 'model: {hiddenSize: "3"}', 'got "3"'],
  ['true as a number', 'optimizer: {lr: true}', 'expected a number from 0, got true'],
  ['a model that there is not', 'model: {name: gpt}', 'expected one of'],
  ['an array as a name', 'optimizer: {name: [adam]}', 'expected one of'],
  ['a fraction of 1', 'data: {validFraction: 1}', 'expected a number from 0 to below 1'],
  ['no paths', 'data: {train: []}', 'expected a path, or a list of paths'],
  ['a path that is a number', 'data: {train: [a.txt, 3]}', 'expected a path, or a list of paths'],
  ['an empty path', 'data: {train: ""}', 'expected a path, or a list of paths'],
  ['a folder that is a list', 'out: [a]', 'out: expected text'],
  ['a recipe that is a number', 'recipe: 3', 'recipe: expected text'],
  ['a value within itself', 'out: &a [*a]', '*a stands within what it names'],
  ['a group within itself', 'model: &a {hiddenSize: *a}', '*a stands within what it names'],
  ['a file within itself', '&a {model: *a}', '*a stands within what it names'],
  ['an alias of nothing', 'out: *a', noYaml],
  ['a key twice', 'model: {}\nmodel: {}', 'the key "model" comes twice'],
  ['a key twice in JSON', '{"model":{},"model":{}}', 'the key "model" comes twice'],
  ['two documents', 'model: {}\n---\nmodel: {}', noYaml],
  ['an unknown directive', '%FOO\n---\nmodel: {}', noYaml],
  ['an unknown tag', 'model: !x {}', noYaml],
  ['bytes as a size', 'model: {hiddenSize: !!binary aGk=}', 'expected a whole number from 1'],
  ['an open bracket', 'data: {train: [', noYaml],
  ['an open quote', 'out: "runs', noYaml],
  ['a tab as indentation', 'model:\n\thiddenSize: 3', noYaml],
  ['wrong indentation', 'model:\n  hiddenSize: 3\n wordvecSize: 4', noYaml],
  [
    'a laugh of a billion',
    [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`),
    ].join('\n'),
    noYaml,
  ],
  ['10,000 aliases', () => `a: &a 1\nb: [${'*a,'.repeat(10_000)}]`, 'more than 100 aliases'],
  [
    'as many keys as there is room for',
    () => Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join('\n'),
    'there is no setting',
  ],
  ['opening brackets', () => '['.repeat(32_000), noYaml],
  ['opening braces', () => '{'.repeat(32_000), noYaml],
  ['dashes', () => '- '.repeat(16_000), noYaml],
  ['question marks', () => '? '.repeat(16_000), noYaml],
  ['directives', () => '%A\n'.repeat(10_000), noYaml],
  ['quotes', () => '"'.repeat(32_000), noYaml],
  [
    'levels by indentation',
    () => Array.from({ length: 250 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    'there is no setting a',
  ],
  [
    'more than 32 KB',
    () => '#'.repeat(40_000),
    'expected a configuration of at most 32768 characters beside lists of paths',
  ],
  ['lists in lists', () => `data:\n  train:\n${'    - - [a\n'.repeat(45_000)}`, 'beside lists of paths'],
  ['a list without end', () => `data:\n  train:\n${'    - a\n'.repeat(120_000)}`, 'beside lists of paths'],
  [
    '50 MB',
    () => ' '.repeat(50_000_000),
    'expected a configuration of at most 32768 characters beside lists of paths',
  ],
];

const setCases: Case[] = [
  ['nothing', '', 'expected group.name=value'],
  ['no value', 'model.hiddenSize', 'expected group.name=value'],
  ['no group', 'hiddenSize=3', 'expected group.name=value'],
  ['no name', 'model.=3', 'expected group.name=value'],
  ['__proto__ as a group', '__proto__.polluted=1', 'there is no setting __proto__'],
  ['__proto__ as a name', 'model.__proto__={polluted: 1}', 'there is no setting model.__proto__'],
  ['constructor as a group', 'constructor.prototype=1', 'there is no setting constructor'],
  ['a value within itself', 'model.name=&a [*a]', '*a stands within what it names'],
  ['an alias of nothing', 'model.name=*a', '*a names nothing'],
  ['an open bracket', 'data.train=[', 'not a value'],
  ['an unknown tag', 'model.name=!x 3', 'not a value'],
  ['a path with another name in it', 'model.name.first=x', 'there is no setting'],
  ['infinity', 'optimizer.lr=.inf', 'expected a number from 0'],
];

const { settings } = resolveSettings([
  { origin: 'here', values: { model: { hiddenSize: 7 }, data: { train: 'a.txt' } } },
]);
const runConfig = serializeRunConfig({
  settings: { ...settings, logging: { logEvery: 5 } },
  dataSha256: 'ab',
});
/** Without the line break at its end, which may be missing. */
const runJson = runConfig.slice(0, -1);
const run = (rest: string): string => `{"version":2,"dataSha256":"ab"${rest}}`;
const runCases: Case[] = [
  ...truncations(runJson, () => 'expected JSON in UTF-8'),
  ['nothing in it', '{}', 'expected version 2, got undefined'],
  ['an array', '[]', 'expected a JSON object'],
  ['version 3', '{"version":3}', 'expected version 2, got 3'],
  ['version "2"', '{"version":"2"}', 'expected version 2, got "2"'],
  ['no hash', '{"version":2}', 'expected dataSha256 to be text'],
  ['a hash that is an object', '{"version":2,"dataSha256":{}}', 'expected dataSha256 to be text'],
  ['no settings', run(''), 'expected settings by name'],
  ['settings that are a list', run(',"settings":[]'), 'expected settings by name'],
  ['settings that are null', run(',"settings":null'), 'expected settings by name'],
  ['__proto__ as settings', run(',"__proto__":{"settings":{}}'), 'expected settings by name'],
  [
    '__proto__ among the settings',
    run(',"settings":{"__proto__":{"polluted":1}}'),
    'there is no setting __proto__',
  ],
  [
    '__proto__ in a group',
    run(',"settings":{"model":{"__proto__":1}}'),
    'there is no setting model.__proto__',
  ],
  ['an unknown setting', run(',"settings":{"model":{"size":1}}'), 'there is no setting model.size'],
  ['a size of 1e999', run(',"settings":{"model":{"hiddenSize":1e999}}'), 'expected a whole number from 1'],
  ['a size of -0.5', run(',"settings":{"model":{"hiddenSize":-0.5}}'), 'expected a whole number from 1'],
  [
    'a group without end',
    run(`,"settings":{"model":{"name":${'['.repeat(5000)}${']'.repeat(5000)}}}`),
    'nested too deeply',
  ],
  ['more than a megabyte', () => run(`,"a":"${'x'.repeat(2 ** 20)}"`), 'expected at most 1048576 bytes'],
];

const decode = (input: Uint8Array): string => new TextDecoder().decode(input);

export const malformedConfiguration: readonly Malformed[] = [
  ...casesOf(
    'configuration',
    'UsageError',
    (input) => resolveSettings([parseConfigFile(decode(input), 'my.yaml')]),
    fileCases,
  ),
  ...casesOf('set', 'UsageError', (input) => resolveSettings([setLayer([decode(input)])]), setCases),
  ...casesOf('run-config', 'CheckpointError', (input) => parseRunConfig(input, 'run.json'), runCases),
];
