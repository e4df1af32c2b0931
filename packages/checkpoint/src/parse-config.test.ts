import { describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import { parseConfig } from './parse-config.ts';
import { serializeConfig } from './serialize-config.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('config.json', () => {
  it('comes back as it was', () => {
    const config = {
      kind: 'rnnlm',
      sizes: { V: 10, H: 4 },
      tied: false,
      note: null,
      rates: [20, 0.25],
      'ü🌀': '"',
    };
    expect(parseConfig(serializeConfig(config))).toEqual(config);
  });

  it.each([
    ['no JSON', encode('{"a":'), 'expected JSON in UTF-8'],
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'expected JSON in UTF-8'],
    ['an array', encode('[]'), 'expected a JSON object, got array'],
    ['null', encode('null'), 'expected a JSON object, got null'],
    ['a number', encode('1'), 'expected a JSON object, got number'],
    ['a deep nest', encode('['.repeat(1_000_000)), 'is nested too deeply: expected at most 100 levels'],
    ['a deep nest of objects', encode('{"a":'.repeat(101)), 'is nested too deeply'],
    ['more than 1 MB', encode(`{"a":"${'x'.repeat(2 ** 20)}"}`), 'expected at most 1048576 bytes'],
  ])('with %s is refused by name', (_, bytes, message) => {
    const parse = (): unknown => parseConfig(bytes, 'model/config.json');
    expect(parse).toThrow(CheckpointError);
    expect(parse).toThrow(`model/config.json: ${message}`);
  });

  it('may have a hundred levels, and any number of brackets in its strings', () => {
    const nested = (levels: number): Uint8Array =>
      encode(`${'{"[{":'.repeat(levels)}"${'['.repeat(200)}\\"["${'}'.repeat(levels)}`);
    expect(parseConfig(nested(100))).toHaveProperty('[{');
    expect(() => parseConfig(nested(101))).toThrow('is nested too deeply');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'is not written with %d, which would come back as null',
    (rate) => {
      expect(() => serializeConfig({ training: { rate } })).toThrow(`JSON cannot hold "rate": ${rate}`);
    },
  );

  it('is not written above the size that can be read', () => {
    expect(() => serializeConfig({ a: 'x'.repeat(2 ** 20) })).toThrow('expected at most 1048576 bytes');
  });

  it('gives no object another prototype', () => {
    const config = parseConfig(encode('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(config)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
