import { expect, it } from 'vitest';
import { examplesIn, moduleOf } from './examples.ts';

const page = `# A page

\`\`\`ts run
import { a, type B } from 'x';

export const c: B = a;
\`\`\`

\`\`\`ts
import { a, d as e } from 'x';

const c = e(a);
\`\`\`

\`\`\`ts part
forward(x) {
\`\`\`

\`\`\`sh
npm test
\`\`\`
`;

it('runs what is marked to be run', () => {
  expect(examplesIn(page)).toEqual(["import { a, type B } from 'x';\n\nexport const c: B = a;\n"]);
});

it('makes one module of all code of a page, each piece within the one above it', () => {
  expect(moduleOf(page)).toBe(
    [
      "import { a } from 'x';\nimport type { B } from 'x';\nimport { d as e } from 'x';",
      '{\n\n\nconst c: B = a;\n{\n\n\nconst c = e(a);\n}}\nexport {};\n',
    ].join('\n'),
  );
  expect(moduleOf('# Only words')).toBeUndefined();
});
