import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('html', () => {
  it('escapes what is put into it', () => {
    const text = `<script>"&'`;
    expect(html`<p title="${text}">${text}</p>`.text).toBe(
      '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
    );
  });

  it('makes control characters visible', () => {
    expect(html`${'a\u0000\n\u001b[31m'}`.text).toBe('a\\x00\n\\x1b[31m');
  });

  it('takes its own pieces and lists of them as they are', () => {
    const rows = ['a', 'b<'].map((cell) => html`<td>${cell}</td>`);
    expect(html`<tr>${rows}${undefined}${false}${0}</tr>`.text).toBe('<tr><td>a</td><td>b&lt;</td>0</tr>');
  });
});
