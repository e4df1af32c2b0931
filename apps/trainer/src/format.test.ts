import { expect, it } from 'vitest';
import { visible } from './format.ts';

it('shows what could write over a terminal, and lines however they end', () => {
  expect(visible('a\tb\nc')).toBe('a\tb\nc');
  expect(visible('a\r\nb\rc')).toBe('a\nb\\x0dc');
  expect(visible('\u001b[2J\u009b\u0000')).toBe('\\x1b[2J\\x9b\\x00');
});
