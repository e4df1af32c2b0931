import { expect, test } from 'vitest';
import { globPattern } from './glob-pattern.ts';

test('backslashes are slashes on Windows', () => {
  expect(globPattern('C:\\texts\\**\\*.md', '\\')).toBe('C:/texts/**/*.md');
});

test('backslashes are left alone elsewhere, where they take a meaning away', () => {
  expect(globPattern('texts/\\[1\\]*.md', '/')).toBe('texts/\\[1\\]*.md');
});
