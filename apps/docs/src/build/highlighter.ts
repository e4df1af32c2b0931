import type { MarkdownOptions } from 'vitepress';

type Setup = NonNullable<MarkdownOptions['shikiSetup']>;
type Highlighter = Parameters<Setup>[0];

/** Of the themes that come with Shiki, those in which all that TypeScript has is easily read on our backgrounds. */
export const themes = { light: 'github-light-high-contrast', dark: 'github-dark-default' } as const;

/** What colours code, once VitePress has made it. */
export class Colours {
  #highlighter: Highlighter | undefined;

  readonly setup: Setup = (highlighter) => {
    this.#highlighter = highlighter;
  };

  /** TypeScript to the HTML of each of its lines. */
  readonly lines = (code: string): readonly string[] => {
    if (!this.#highlighter) throw new Error('the highlighter is not there yet');
    const html = this.#highlighter.codeToHtml(code, {
      lang: 'ts',
      themes,
      defaultColor: false,
    });
    const inner = html.slice(html.indexOf('<code>') + 6, html.lastIndexOf('</code>'));
    return inner.split('\n').map((line) => line.replace(/^<span class="line">(.*)<\/span>$/, '$1'));
  };
}
