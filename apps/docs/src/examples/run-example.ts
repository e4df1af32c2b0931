import { rewriteImports } from './rewrite-imports.ts';
import { showValue } from './show-value.ts';

type Body = (
  load: (name: string) => Promise<unknown>,
  console: { log: (...values: unknown[]) => void },
) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...names: string[]) => Body;

/**
 * Runs an example.
 * @param load what its imports name
 * @param print gets each line that it logs
 */
export async function runExample(
  code: string,
  load: (name: string) => Promise<unknown>,
  print: (line: string) => void,
): Promise<void> {
  const { transform } = await import('sucrase'); // not before somebody runs something
  const { code: script } = transform(code, { transforms: ['typescript'], disableESTransforms: true });
  const body = new AsyncFunction('load', 'console', `'use strict';\n${rewriteImports(script)}`);
  const log = (...values: unknown[]): void => print(values.map((value) => showValue(value)).join(' '));
  await body(load, { log });
}
