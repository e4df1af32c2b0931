import { visible } from '../format.ts';

/** Text that is HTML already; anything else is escaped where it goes into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in the gaps of a template; `undefined` and `false` leave nothing. */
export type Content = Html | string | number | boolean | undefined | readonly Content[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A piece of a page. What is put into it is escaped, for text and for quoted attributes, unless it is HTML itself; control
 * characters are made visible.
 */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(parts.reduce((text, part, i) => text + toText(contents[i - 1]) + part));
}

function toText(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(toText).join('');
  return visible(String(content)).replace(/[&<>"']/g, (char) => escapes[char]);
}
