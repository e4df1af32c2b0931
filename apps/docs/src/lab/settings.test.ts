import { expect, it } from 'vitest';
import { defaults, queryOf, settingsFrom } from './settings.ts';

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
