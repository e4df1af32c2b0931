import { expect, it } from 'vitest';
import { gatheredText } from './options.ts';

it('reads what a command line can hardly hold, and gathers', () => {
  expect(gatheredText('a\\r\\n\\tb\\\\n', ['before'])).toEqual(['before', 'a\r\n\tb\\n']);
});
