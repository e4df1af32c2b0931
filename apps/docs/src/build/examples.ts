import { createHash } from 'node:crypto';

/** A fence that is an example: ```ts run */
const EXAMPLE = /^```ts run\n([\s\S]*?)^```$/gm;

/** The examples in a page. */
export function examplesIn(markdown: string): string[] {
  return [...markdown.matchAll(EXAMPLE)].map(([, code]) => code);
}

/** What an example is called where its output is kept: it follows from its text alone. */
export function exampleName(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 12);
}
