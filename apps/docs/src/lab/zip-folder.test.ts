import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { folderFrom, zipFolder } from './zip-folder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const folder = new Map([
  ['config.json', bytes('{}')],
  ['vocab.json', bytes('[]')],
  ['model.safetensors', bytes('weights')],
]);

it('comes back as it was', () => {
  expect(folderFrom([{ name: 'mine.zip', bytes: zipFolder(folder, 'mine') }])).toEqual(folder);
});

it('takes the files of a folder themselves', () => {
  expect(folderFrom([...folder].map(([name, bytes]) => ({ name, bytes })))).toEqual(folder);
});

it('leaves what does not belong to a model where it is', () => {
  const zip = zipSync({
    'a/config.json': bytes('{}'),
    'a/../../evil.sh': bytes('rm'),
    'a/notes.txt': bytes('x'),
  });
  expect([...folderFrom([{ name: 'a.zip', bytes: zip }]).keys()]).toEqual(['config.json']);
});

it.each([
  ['picture.png', 'not a model', 'picture.png: expected a zip of a model folder, or its files config.json'],
  ['cut.zip', 'PK\u0003\u0004 and no more', 'cut.zip: expected a zip of a model folder'],
])('refuses %s', (name, content, message) => {
  expect(() => folderFrom([{ name, bytes: bytes(content) }])).toThrow(message);
});
