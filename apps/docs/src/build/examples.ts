import { createHash } from 'node:crypto';
import { IMPORT } from '../examples/rewrite-imports.ts';

/** A fence that is an example: ```ts run */
const EXAMPLE = /^```ts run\n([\s\S]*?)^```$/gm;

/** The examples in a page. */
export function examplesIn(markdown: string): string[] {
  return [...markdown.matchAll(EXAMPLE)].map(([, code]) => code);
}

/** All TypeScript of a page; what is marked as a part of something, ```ts part, is not. */
const SNIPPET = /^```ts(?: run)?\n([\s\S]*?)^```$/gm;

/**
 * The TypeScript of a page as one module, to have its types checked: each fence can use what those above it have declared, and declare it
 * anew. Undefined if there is none.
 */
export function moduleOf(markdown: string): string | undefined {
  const snippets = [...markdown.matchAll(SNIPPET)].map(([, code]) => code);
  if (snippets.length === 0) return undefined;
  const imported = new Map<string, string>(); // a name, and what it stands for
  const bodies = snippets.map((code) =>
    code
      .replace(IMPORT, (_, onlyTypes: string | undefined, names: string, from: string) => {
        for (const name of names.split(',').map((each) => each.trim())) {
          if (name === '') continue;
          const own = name.replace(/^type\s+/, '');
          const isType = onlyTypes !== undefined || own !== name;
          if (isType && imported.has(own)) continue;
          imported.set(own, `import ${isType ? 'type ' : ''}{ ${own} } from '${from}';`);
        }
        return '';
      })
      .replaceAll(/^export /gm, ''),
  );
  const nested = bodies.map((body) => `{\n${body}`).join('') + '}'.repeat(bodies.length);
  return `${[...imported.values()].join('\n')}\n${nested}\nexport {};\n`;
}

/** What an example is called where its output is kept: it follows from its text alone. */
export function exampleName(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 12);
}
