import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { filesFrom, zipFolder } from './zip-folder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const folder = new Map([
  ['config.json', bytes('{}')],
  ['vocab.json', bytes('[]')],
  ['model.safetensors', bytes('weights')],
]);
const file = (name: string, content: Uint8Array<ArrayBuffer>) => new File([content], name);

it('comes back as it was', async () => {
  const zip = await zipFolder(folder, 'mine');
  expect(await filesFrom([file('mine.zip', zip)])).toEqual(folder);
});

it('takes the files of a folder themselves', async () => {
  const files = [...folder].map(([name, content]) => file(name, content as Uint8Array<ArrayBuffer>));
  expect(await filesFrom(files)).toEqual(folder);
});

it('leaves what does not belong to a model where it is', async () => {
  const zip = zipSync({
    'a/config.json': bytes('{}'),
    'a/../../evil.sh': bytes('rm'),
    'a/notes.txt': bytes('x'),
  });
  expect([...(await filesFrom([file('a.zip', zip as Uint8Array<ArrayBuffer>)])).keys()]).toEqual([
    'config.json',
  ]);
});

it.each([
  ['picture.png', 'not a model', 'picture.png: expected a zip of a model folder, or its files config.json'],
  ['cut.zip', 'PK\u0003\u0004 and no more', 'cut.zip: expected a zip of a model folder'],
])('refuses %s', async (name, content, message) => {
  await expect(filesFrom([file(name, bytes(content))])).rejects.toThrow(message);
});
