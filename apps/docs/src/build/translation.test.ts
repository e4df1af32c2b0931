import { expect, it } from 'vitest';
import { markTranslated, translates, versionOf } from './translation.ts';

it('marks a page, with front matter or without, and marks it anew', () => {
  for (const page of ['# 제목\n', '---\naside: false\n---\n\n# 제목\n']) {
    const once = markTranslated(page, 'aaaaaaaaaaaa');
    expect(translates(once)).toBe('aaaaaaaaaaaa');
    const twice = markTranslated(once, 'bbbbbbbbbbbb');
    expect(translates(twice)).toBe('bbbbbbbbbbbb');
    expect(twice).toBe(once.replace('aaaaaaaaaaaa', 'bbbbbbbbbbbb'));
    expect(twice).toContain('# 제목');
  }
});

it('sees a page change, but not its front matter', () => {
  const version = versionOf('# Title\n\nText.\n');
  expect(versionOf('---\naside: false\n---\n\n# Title\n\nText.\n')).toBe(version);
  expect(versionOf('# Title\n\nOther text.\n')).not.toBe(version);
});
