/** The imports that an example may have: of names, or of types alone. */
export const IMPORT: RegExp = /^import\s+(type\s+)?\{([^}]*)\}\s+from\s+'([^']+)';?[^\S\n]*$/gm;

/**
 * An example as the body of a function, `await load('@unroll/tensor')` in the place of its imports: so a page can run it without a
 * bundler. An example has named imports only.
 */
export function rewriteImports(code: string): string {
  const body = code.replace(IMPORT, (_, onlyTypes: string | undefined, names: string, from: string) => {
    const values = onlyTypes ? [] : names.split(',').flatMap((name) => bindingOf(name.trim()));
    return values.length === 0 ? '' : `const { ${values.join(', ')} } = await load('${from}');`;
  });
  const left = body.match(/^import\b.*$/m);
  if (left) throw new Error(`expected import { … } from '…', got ${left[0]}`);
  return body;
}

/** `a`, `a as b`; nothing for `type A`. */
function bindingOf(name: string): string[] {
  if (name === '' || name.startsWith('type ')) return [];
  const [from, to] = name.split(/\s+as\s+/);
  return [to === undefined ? from : `${from}: ${to}`];
}
