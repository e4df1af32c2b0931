import markdownItMath from 'markdown-it-math/temml';
import type { MarkdownOptions } from 'vitepress';
import { exampleName } from './examples.ts';
import { attribute, type ReadingTools, renderBroken, renderReading } from './reading.ts';

type Markdown = Parameters<NonNullable<MarkdownOptions['config']>>[0];

export interface MarkdownTools extends Omit<ReadingTools, 'renderInline'> {
  /** What each example has printed, by its name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** In TeX: what fits into a line on a phone. */
const SHORT_FORMULA = 24;

/** What Markdown has here beside what VitePress makes of it: formulas, readings, examples that run. */
export function useOurMarkdown(md: Markdown, tools: MarkdownTools): void {
  md.use(markdownItMath);
  keepMarksWithFormulas(md);
  keepOptionsWhole(md);
  const fence = md.renderer.rules.fence;
  // Of code that is only indented VitePress makes no box that can be scrolled.
  md.renderer.rules.code_block = (tokens, index, options, env, self) => {
    tokens[index].info = 'txt';
    return fence?.(tokens, index, options, env, self) ?? '';
  };
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const { info, content } = tokens[index];
    if (info.startsWith('read ')) {
      const renderInline = (markdown: string): string => md.renderInline(markdown, env);
      return renderReading(info.slice(5), content, { ...tools, renderInline });
    }
    if (info.startsWith('broken ')) return renderBroken(info.slice(7), tools);
    if (info === 'ts run') return renderExample(content, tools);
    return fence ? fence(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
  };
}

/** A full stop is not to stand alone at the beginning of a line. */
function keepMarksWithFormulas(md: Markdown): void {
  const formula = md.renderer.rules.math_inline;
  md.renderer.rules.math_inline = (tokens, index, options, env, self) => {
    const html = formula?.(tokens, index, options, env, self) ?? '';
    const next = tokens[index + 1];
    const [mark] = (next?.type === 'text' && next.content.match(/^[.,;:)]+/)) || [''];
    if (mark === '' || tokens[index].content.length > SHORT_FORMULA) return html;
    next.content = next.content.slice(mark.length);
    return `<span class="whole">${html}${mark}</span>`;
  };
}

/** A browser may begin a new line after any hyphen; `--options` are to be left whole. */
function keepOptionsWhole(md: Markdown): void {
  const inline = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (...given) =>
    (inline?.(...given) ?? '').replaceAll(
      /(?<=[\s>])--?[a-z][a-z-]{1,26}(?=[\s<])/g,
      '<span class="whole">$&</span>',
    );
}

/** @throws Error if the example has not been run */
function renderExample(content: string, { outputs, highlight }: MarkdownTools): string {
  const output = outputs[exampleName(content)];
  if (output === undefined) throw new Error(`an example has not been run: ${content.slice(0, 80)}`);
  const html = highlight(content.trimEnd()).map((line) => `<span class="line">${line}</span>`);
  const code = `<div class="language-ts"><pre class="shiki vp-code" tabindex="0" v-pre><code>${html.join('\n')}</code></pre></div>`;
  return `<RunExample :code="${attribute(content)}" :output="${attribute(output)}">${code}</RunExample>\n`;
}
