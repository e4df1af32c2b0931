import { expect, it } from 'vitest';
import { asksForOther, defaults, isSettings, queryOf, settingsFrom } from './settings.ts';

it('says in an address only what is not as usual, and reads it back', () => {
  expect(queryOf(defaults)).toBe('');
  const settings = { ...defaults, cell: 'gru', hiddenSize: 64, lr: 0.01 } as const;
  expect(queryOf(settings)).toBe('cell=gru&hiddenSize=64&lr=0.01');
  expect(settingsFrom(new URLSearchParams(queryOf(settings)))).toEqual(settings);
});

it('takes nothing that cannot be', () => {
  const query = new URLSearchParams(
    'hiddenSize=1e9&layers=1.5&cell=transformer&lr=&steps=abc&__proto__=1&other=2',
  );
  expect(settingsFrom(query)).toEqual(defaults);
});

it('leaves settings as they were where an address asks for none', () => {
  const set = { ...defaults, hiddenSize: 64 };
  expect(settingsFrom(new URLSearchParams('utm_source=x&layers=0'), set)).toEqual(set);
  expect(settingsFrom(new URLSearchParams('lr=0.01'), set)).toEqual({ ...defaults, lr: 0.01 });
});

it('sees whether an address asks for something else', () => {
  const kept = { ...defaults, hiddenSize: 1150, lr: 0.02 };
  const asks = (query: string) => asksForOther(new URLSearchParams(query), kept);
  expect(asks('')).toBe(false);
  expect(asks('utm_source=x')).toBe(false);
  expect(asks('hiddenSize=1150&lr=0.02')).toBe(false);
  expect(asks('lr=0.02&hiddenSize=1150&fbclid=1')).toBe(false);
  expect(asks('hiddenSize=1150')).toBe(true); // and the usual learning rate
  expect(asks('hiddenSize=64&lr=0.02')).toBe(true);
  expect(asks('hiddenSize=99999&cell=foo&steps=abc')).toBe(false); // nothing that could be made
});

it('takes as kept what can be kept, and nothing else', () => {
  expect(isSettings(defaults)).toBe(true);
  expect(isSettings({ ...defaults, hiddenSize: 1150, layers: 6 })).toBe(true); // from a folder
  for (const odd of [
    { ...defaults, hiddenSize: 0.5 },
    { ...defaults, hiddenSize: -1 },
    { ...defaults, lr: Number.NaN },
    { ...defaults, optimizer: 'none' },
    { ...defaults, steps: undefined },
    null,
  ])
    expect(isSettings(odd)).toBe(false);
});
