import { expect, it } from 'vitest';
import { pageInOtherLanguage } from './other-language.ts';

it.each([
  ['reading/time-lstm.md', 'ko', '/ko/reading/time-lstm'],
  ['ko/reading/index.md', 'root', '/reading/'],
  ['index.md', 'ko', '/ko/'],
  ['ko/index.md', 'root', '/'],
  ['packages/layers.md', 'ko', '/ko/'],
  ['decisions/index.md', 'ko', '/ko/'],
])('leads from %s in %s to %s', (relativePath, locale, link) => {
  expect(pageInOtherLanguage(undefined, { data: { relativePath } }, locale)).toBe(link);
});
