import { expect, it } from 'vitest';
import { sourceRegion } from './source-region.ts';

const source = `import { a } from 'b';

export class Box<T> {
  #plan: T | undefined;

  constructor(
    W: number,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.W = W;
  }

  forward(x: T): T {
    for (const y of x) {
      use(y);
    }
    return x;
  }

  get bytes(): number {
    return 0;
  }

  async *run(): AsyncGenerator<number> {
    yield 1;
  }
}

export function make(): void {
  const step = (lr: number): number => {
    return lr;
  };
}

export const one = 1;
`;

const region = (name?: string) => sourceRegion(source, name, 'box.ts');

it('takes a member without its indentation, up to the bracket that closes it', () => {
  expect(region('forward')).toEqual({
    first: 13,
    lines: ['forward(x: T): T {', '  for (const y of x) {', '    use(y);', '  }', '  return x;', '}'],
  });
});

it('takes arguments over several lines with the body behind them', () => {
  const { first, lines } = region('constructor');
  expect([first, lines.length, lines[0], lines.at(-1)]).toEqual([6, 6, 'constructor(', '}']);
});

it.each([
  ['Box', 3, 26],
  ['bytes', 20, 22],
  ['run', 24, 26 - 0],
  ['make', 29, 33],
  ['step', 30, 32],
  ['one', 35, 35],
])('finds %s', (name, first, last) => {
  const { first: begins, lines } = region(name);
  expect(begins).toBe(first);
  expect(begins + lines.length - 1).toBe(name === 'Box' ? 27 : last);
});

it('takes the whole file without a name', () => {
  expect(region().lines).toHaveLength(35);
});

it('refuses a name that is not there, or there twice', () => {
  expect(() => region('backward')).toThrow('box.ts: expected one declaration of backward, found 0');
  expect(() => sourceRegion('const a = 1;\nconst a = 2;\n', 'a', 'f.ts')).toThrow('found 2');
});
