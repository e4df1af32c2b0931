import { describe, expect, it } from 'vitest';
import { rewriteImports } from './rewrite-imports.ts';
import { runExample } from './run-example.ts';
import { showValue } from './show-value.ts';

async function run(code: string): Promise<string[]> {
  const lines: string[] = [];
  await runExample(
    code,
    (name) => import(name),
    (line) => lines.push(line),
  );
  return lines;
}

describe('rewriteImports', () => {
  it('asks for what is imported, under its names', () => {
    expect(rewriteImports("import { a, b as c } from 'd';\na(c);")).toBe(
      "const { a, b: c } = await load('d');\na(c);",
    );
  });

  it('leaves out what is only a type', () => {
    expect(rewriteImports("import { type A } from 'd';\nimport type { B } from 'e';\n1;")).toBe('\n\n1;');
  });

  it('refuses other kinds of imports', () => {
    expect(() => rewriteImports("import a from 'd';")).toThrow(
      "expected import { … } from '…', got import a",
    );
  });
});

describe('runExample', () => {
  it('runs TypeScript with the packages, and prints what it logs', async () => {
    const code = `import { ReferenceBackend, type Tensor, tensor } from '@unroll/tensor';

const x: Tensor = tensor(new ReferenceBackend(), [1, 2, 3], [3]);
console.log('x', await x.read(), x.shape);
`;
    expect(await run(code)).toEqual(['x Float32Array(3) [ 1, 2, 3 ] [ 3 ]']);
  });

  it('passes on what goes wrong', async () => {
    await expect(run("throw new Error('as it should');")).rejects.toThrow('as it should');
  });

  it('reaches nothing of the page by accident', async () => {
    await expect(run('undeclared = 1;')).rejects.toThrow('undeclared is not defined');
  });
});

describe('showValue', () => {
  it.each([
    ['text', 'text'],
    [{ a: 'text', 'b-c': [1, -0] }, "{ a: 'text', 'b-c': [ 1, -0 ] }"],
    [new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    [Float32Array.of(0.5, 1), 'Float32Array(2) [ 0.5, 1 ]'],
    [[], '[]'],
    [null, 'null'],
    [new TypeError('no'), 'TypeError: no'],
    [10n, '10n'],
  ])('shows %o', (value, shown) => {
    expect(showValue(value)).toBe(shown);
  });

  it('breaks long lists into lines and cuts endless ones', () => {
    const shown = showValue(Array.from({ length: 150 }, (_, i) => i));
    expect(shown).toContain('… 50 more items');
    expect(Math.max(...shown.split('\n').map(({ length }) => length))).toBeLessThan(80);
  });
});
