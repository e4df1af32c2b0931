import type { PageEntry } from './site-map.ts';

/** `llms.txt` (https://llmstxt.org): what the site has, for those who read with a machine. */
export function llmsText(pages: readonly PageEntry[], base: string): string {
  const lines = pages.map(({ section, title, path }) => ({
    section,
    line: `- [${title}](${base}${path.slice(1)})`,
  }));
  const sections = [...new Set(lines.map(({ section }) => section))];
  return `# Unroll

> Small TypeScript packages that together make a recurrent language model, as in the book Deep Learning from Scratch 2: tensors, layers
> with explicit forward and backward, losses, optimizers, training, and the command unroll. The site reads the source line by line and
> runs it in the browser.

${sections
  .map(
    (name) =>
      `## ${name}\n\n${lines.flatMap(({ section, line }) => (section === name ? [line] : [])).join('\n')}`,
  )
  .join('\n\n')}
`;
}
