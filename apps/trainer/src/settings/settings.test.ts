import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { UsageError } from '../exit-code.ts';
import { parseConfigFile } from './config-file.ts';
import { type Layer, resolveSettings } from './layers.ts';
import { optionsLayer, setLayer } from './options.ts';
import { recipeLayer, recipes } from './recipes.ts';
import { allSettings } from './settings.ts';
import { configJsonSchema, initialConfig, settingsToYaml } from './write-settings.ts';

const resolved = (...layers: Layer[]) => resolveSettings(layers);
const yaml = (text: string) => parseConfigFile(text, 'my.yaml');

describe('settings', () => {
  it('are the defaults where nothing is said', () => {
    const { settings, origins } = resolved();
    expect(settings.model).toMatchObject({ name: 'rnnlm', wordvecSize: 100, hiddenSize: 100 });
    expect(settings.optimizer.lr).toBeUndefined();
    expect(origins.size).toBe(0);
  });

  it('of a later layer win, each alone, and it is known where they come from', () => {
    const { settings, origins } = resolved(
      recipeLayer('char'),
      yaml('model: {hiddenSize: 7}\ntraining: {epochs: 2}'),
      setLayer(['training.epochs=3', 'optimizer.lr=1e-3']),
      optionsLayer({ seed: 5, model: 'simple-rnnlm' }),
    );
    expect(settings.model).toMatchObject({ name: 'simple-rnnlm', wordvecSize: 48, hiddenSize: 7 });
    expect(settings.training).toMatchObject({ epochs: 3, seed: 5, timeSize: 64 });
    expect(settings.optimizer).toMatchObject({ name: 'adam', lr: 0.001 });
    expect(origins.get('model.hiddenSize')).toBe('my.yaml:1');
    expect(origins.get('model.name')).toBe('--model');
    expect(origins.get('training.epochs')).toBe('--set');
    expect(origins.get('model.wordvecSize')).toBe('recipe char');
  });

  it('have flags of which no two are the same', () => {
    const flags = allSettings().map(([, , { flag }]) => flag.split(' ')[0]);
    expect(new Set(flags).size).toBe(flags.length);
  });

  it.each([
    ['training: {epoch: 4}', 'my.yaml:1: there is no setting training.epoch; did you mean training.epochs?'],
    ['\n\ntraning:\n  epochs: 4', 'my.yaml:3: there is no setting traning; did you mean training?'],
    ['modle:', 'my.yaml:1: there is no setting modle; did you mean model?'],
    ['hiddenSize: 100', 'my.yaml:1: there is no setting hiddenSize; did you mean model.hiddenSize?'],
    ['training:\n  lr: 4', 'my.yaml:2: there is no setting training.lr; did you mean optimizer.lr?'],
    ['model:\n  price: 3', 'my.yaml:2: there is no setting model.price; there are name, wordvecSize'],
    ['model:\n  hiddenSize: 0', 'my.yaml:2: model.hiddenSize: expected a whole number from 1, got 0'],
    ['model:\n  hiddenSize: "100"', 'my.yaml:2: model.hiddenSize: expected a whole number from 1, got "100"'],
    [
      'model:\n  name: gpt',
      'my.yaml:2: model.name: expected one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got "gpt"',
    ],
    ['optimizer:\n  lr: .nan', 'my.yaml:2: optimizer.lr: expected a number from 0'],
    ['model: 5', 'my.yaml:1: model: expected settings by name (name, wordvecSize'],
    ['data: {train: []}', 'my.yaml:1: data.train: expected a path, or a list of paths'],
    ['data: {train: [a.txt, 3]}', 'my.yaml:1: data.train'],
    ['- 1', 'my.yaml: expected settings by name'],
    ['a: [', 'my.yaml:1: not YAML (or JSON)'],
    ['model: {}\nmodel: {}', 'my.yaml:2: not YAML (or JSON): the key "model" comes twice'],
    ['out: 5', 'my.yaml:1: out: expected text, got 5'],
    ['__proto__: {x: 1}', 'there is no setting __proto__'],
    ['model: {__proto__: {x: 1}}', 'there is no setting model.__proto__'],
    ['constructor: 1', 'there is no setting constructor'],
  ])('from a file of %j are refused with file, line, and what could be there', (text, message) => {
    expect(() => resolved(yaml(text))).toThrow(UsageError);
    expect(() => resolved(yaml(text))).toThrow(message);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('from a file have paths that are meant from its folder', () => {
    const file = parseConfigFile(
      'out: runs/mine\nrecipe: char\ndata: {train: [a.txt, /abs/b.txt, "-"], valid: v.txt}\nmodel: {weights: w}',
      'some/where/my.yaml',
    );
    expect(file.out).toBe('some/where/runs/mine');
    expect(file.recipe).toBe('char');
    const { data, model } = resolved(file).settings;
    expect(data.train).toEqual(['some/where/a.txt', '/abs/b.txt', '-']);
    expect(data.valid).toBe('some/where/v.txt');
    expect(model.weights).toBe('some/where/w');
  });

  it.each(['{"model": {"hiddenSize": 7}}', '{"$schema": "unroll.schema.json", "model": {"hiddenSize": 7}}'])(
    'are read from JSON as well: %s',
    (text) => expect(resolved(yaml(text)).settings.model.hiddenSize).toBe(7),
  );

  it('may be empty: a file, or a group in it', () => {
    for (const text of ['', '# nothing', 'model:', 'model: {}']) {
      expect(resolved(yaml(text)).settings).toEqual(resolved().settings);
    }
  });

  it('may name thousands of files', () => {
    const files = Array.from({ length: 5000 }, (_, i) => `/home/somebody/My Texts/part ${i}.txt`);
    const { settings } = resolved(
      yaml(`data:\n  train:\n${files.map((file) => `    - ${file}\n`).join('')}`),
    );
    expect(settings.data.train).toEqual(files);
  });

  it('does not follow aliases without end', () => {
    const bomb = [
      'a: &a [x, x]',
      'b: &b [*a, *a, *a]',
      'c: &c [*b, *b, *b]',
      'd: &d [*c, *c, *c]',
      'e: [*d, *d, *d, *d]',
    ];
    expect(() => resolved(yaml(bomb.join('\n')))).toThrow(UsageError);
  });

  it.each([
    ['a value within itself', 'out: &a [*a]', '*a stands within what it names'],
    ['a group within itself', 'model: &a {hiddenSize: *a}', '*a stands within what it names'],
    ['aliases without number', `a: &a 1\ndata: {train: [${'*a,'.repeat(101)}]}`, 'more than 100 aliases'],
    [
      'far more than all settings',
      '# '.repeat(20_000),
      'expected a configuration of at most 32768 characters beside lists of paths, got 40000',
    ],
    ['lists in lists', `data:\n  train:\n${'    - - [a\n'.repeat(5000)}`, 'beside lists of paths, got 55015'],
    ['brackets without end', '['.repeat(30_000), 'not YAML (or JSON)'],
  ])('may not have %s', (_, text, message) => {
    expect(() => resolved(yaml(text))).toThrow(UsageError);
    expect(() => resolved(yaml(text))).toThrow(message);
  });

  it.each(['{"data":{"train":{"length":{"toString":1}}}}', '{"data":{"train":[{"length":{"toString":1}}]}}'])(
    'may not be objects that cannot be compared: %s',
    (text) => {
      expect(() => resolved(yaml(text))).toThrow('expected a path, or a list of paths');
    },
  );

  it('may name a value and use it again', () => {
    const { settings } = resolved(yaml('model: {wordvecSize: &size 7, hiddenSize: *size}'));
    expect(settings.model).toMatchObject({ wordvecSize: 7, hiddenSize: 7 });
  });

  it.each([
    ['model.hiddenSize', 'expected group.name=value'],
    ['hiddenSize=3', 'expected group.name=value'],
    ['model.hiddensize=3', 'did you mean model.hiddenSize?'],
    ['model.hiddenSize=big', 'expected a whole number from 1, got "big"'],
    ['__proto__.x=1', 'there is no setting __proto__'],
    ['model.__proto__=1', 'there is no setting model.__proto__'],
    ['data.train=[', 'not a value'],
    ['data.train=&a [*a]', 'not a value: *a stands within what it names'],
    ['data.train=*a', 'not a value: *a names nothing'],
    [
      `data.train=[&a [x], &b [${'*a,'.repeat(11)}], ${'*b,'.repeat(11)}]`,
      'not a value: Excessive alias count',
    ],
    ['data.train={a: 1, a: 2}', 'not a value: the key "a" comes twice'],
  ])('by --set %s are refused', (assignment, message) => {
    expect(() => resolved(setLayer([assignment]))).toThrow(UsageError);
    expect(() => resolved(setLayer([assignment]))).toThrow(message);
  });

  it('come back from the YAML that they are written to', () => {
    const once = resolved(recipeLayer('char'), setLayer(['data.train=[a, "b: c"]', 'training.patience=3']));
    const text = settingsToYaml(once, 'One line\nand another');
    expect(text).toMatch(/^# One line\n# and another\n/);
    expect(text).toContain('patience: 3 # --set');
    expect(resolved({ origin: 'again', values: parseDocument(text).toJS() }).settings).toEqual(once.settings);
  });

  it('begin from a file that says nothing but text, folder and recipe, and explains everything', () => {
    const text = initialConfig({ data: 'my: odd #name.txt', out: 'runs/mine', recipe: 'char' });
    const file = yaml(text);
    expect(file).toMatchObject({ out: 'runs/mine', recipe: 'char' });
    expect(resolved(file).settings).toEqual({
      ...resolved().settings,
      data: { ...resolved().settings.data, train: 'my: odd #name.txt' },
    });
    // With every comment sign taken away, it says what would be anyway.
    const all = yaml(text.replace(/^ {2}# (\w+:) (?!#)/gm, '  $1 '));
    expect(resolved(all).settings).toEqual(resolved(recipeLayer('char'), file).settings);
    for (const [, name, { about }] of allSettings()) {
      expect(text).toContain(`${name}:`);
      expect(text).toContain(about);
    }
  });

  it('have a JSON Schema that knows each of them', () => {
    const schema = configJsonSchema() as { properties: Record<string, { properties: object }> };
    for (const [group, name] of allSettings()) {
      expect(schema.properties[group].properties).toHaveProperty(name);
    }
    expect(schema.properties.model).toMatchObject({ additionalProperties: false });
    expect(schema).toMatchObject({ additionalProperties: false });
  });
});

describe('recipes', () => {
  it.each(Object.keys(recipes))('%s has settings that there are, and says what it reaches', (name) => {
    expect(() => resolved(recipeLayer(name))).not.toThrow();
    expect(recipes[name].reached).not.toBe('');
  });

  it('that there are not are refused with the nearest name', () => {
    expect(() => recipeLayer('rnnml')).toThrow('did you mean rnnlm?');
    expect(() => recipeLayer('__proto__')).toThrow(UsageError);
  });
});
