import { expect, it } from 'vitest';
import { tokenizeForSearch } from './search.ts';

it.each([
  ['clipGrads shortens gradients', ['clipgrads', 'shortens', 'gradients']],
  ['기울기를 자른다', ['기울', '울기', '기를', '자른', '른다']],
  ['LSTM의 h', ['lstm', '의', 'h']],
  ['', []],
])('cuts %s', (text, tokens) => {
  expect(tokenizeForSearch(text)).toEqual(tokens);
});

it('finds a noun whatever sticks to it', () => {
  const wanted = tokenizeForSearch('기울기');
  for (const form of ['기울기를', '기울기가', '기울기는', '기울기에서']) {
    expect(tokenizeForSearch(form)).toEqual(expect.arrayContaining(wanted));
  }
});
