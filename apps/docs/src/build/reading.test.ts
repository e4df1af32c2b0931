import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderBroken, renderReading } from './reading.ts';

let root: string;
const file = 'packages/a/src/a.ts';
const tools = () => ({
  root,
  traces: {
    a: {
      forward: [{ sites: [{ file, line: 3 }], names: ['out', 'x'] }],
      backward: [
        { sites: [{ file, line: 8 }], names: ['dx'] },
        { sites: [{ file, line: 8 }], names: ['dx'] },
      ],
    },
  },
  highlight: (code: string) => code.split('\n'),
  renderInline: (markdown: string) => `<em>${markdown}</em>`,
});

beforeAll(async () => {
  root = `${await mkdtemp(join(tmpdir(), 'unroll-docs-'))}/`;
  await mkdir(join(root, 'packages/a/src'), { recursive: true });
  const source = `class A {
  forward(x: X): X {
    backend.copy(out, x);
    return out;
  }

  backward(dout: X): X {
    backend.copy(dx, dout);
    return dx;
  }
}
`;
  await writeFile(join(root, file), source);
});
afterAll(() => rm(root, { recursive: true }));

describe('a reading', () => {
  it('shows lines with their numbers and notes, and where its operations are', () => {
    const html = renderReading(
      `${file} forward scenario=a`,
      'backend.copy | copies\n| it all\nreturn | and back\n',
      tools(),
    );
    expect(html).toContain(
      '<span class="line" style="--indent:2" data-line="3"><i>3</i>  backend.copy(out, x);</span>',
    );
    expect(html).toContain('<em>copies it all</em>');
    expect(html).toContain(':first="2" :last="5"');
    expect(html).toContain(
      ':calls="[{&quot;line&quot;:3,&quot;names&quot;:[&quot;out&quot;,&quot;x&quot;]}]"',
    );
    expect(html.match(/class="passage"/g)).toHaveLength(3); // the first line stands before the first note
  });

  it.each([
    [`${file} forward`, 'backend.fill | no such line', 'no line begins with "backend.fill"'],
    [`${file} forward`, 'return | a\nbackend.copy | out of order', 'after line 4'],
    [`${file} sideways`, 'a | b', 'expected one declaration of sideways, found 0'],
    [`${file} forward scenario=b`, 'return | a', 'there is no scenario b; there are a'],
    [`${file} forward scenario=a pass=up`, 'return | a', 'expected pass=forward or backward, got up'],
    [`${file} forward`, 'no bar here', 'expected a note'],
  ])('of %s with %s ends the build', (info, content, message) => {
    expect(() => renderReading(info, content, tools())).toThrow(message);
  });
});

it('knows which operations a line makes, so that it can be crossed out', () => {
  const html = renderBroken(`${file} backward scenario=a`, tools());
  const [, json] = html.match(/:lines="([^"]*)"/) ?? [];
  const lines = JSON.parse(json.replaceAll('&quot;', '"'));
  expect(lines.map(({ line, calls }: { line: number; calls: number[] }) => [line, calls])).toEqual([
    [7, []],
    [8, [0, 1]],
    [9, []],
    [10, []],
  ]);
});
