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

it('takes paths of Windows', () => {
  const zip = zipSync({ 'mine\\config.json': bytes('{}'), 'mine\\vocab.json': bytes('[]') });
  expect([...folderFrom([{ name: 'a.zip', bytes: zip }]).keys()]).toEqual(['config.json', 'vocab.json']);
});

it('does not mix two models', () => {
  const zip = zipSync({
    'run/config.json': bytes('{}'),
    'run/checkpoints/step-10/config.json': bytes('{}'),
    'run/model.safetensors': bytes('weights'),
  });
  expect(() => folderFrom([{ name: 'a.zip', bytes: zip }])).toThrow(
    'a.zip: expected a zip of a model folder: one model, got 2, in run, run/checkpoints/step-10; zip the folder of one',
  );
});

it('takes nothing from beside the folder of the model', () => {
  const zip = zipSync({ 'run/config.json': bytes('{}'), 'other/model.safetensors': bytes('weights') });
  expect([...folderFrom([{ name: 'a.zip', bytes: zip }]).keys()]).toEqual(['config.json']);
});

it('does not go through more entries than a folder has', () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`${i}`, new Uint8Array(0)]));
  expect(() => folderFrom([{ name: 'a.zip', bytes: zipSync(many) }])).toThrow(
    'at most 10000 entries, got more',
  );
});

it('counts what is stored by what it takes, not by what is said of it', () => {
  const zip = zipSync({ 'a/model.safetensors': [new Uint8Array(1000), { level: 0 }] });
  const view = new DataView(zip.buffer);
  const central = zip.findIndex(
    (_, i) => i > 0 && view.getUint32(Math.min(i, zip.length - 4), true) === 0x02014b50,
  );
  view.setUint32(central + 20, 600e6, true); // the size in the archive
  view.setUint32(central + 24, 10, true); // and when it is unpacked
  expect(() => folderFrom([{ name: 'a.zip', bytes: zip }])).toThrow('at most 512 MB, got more');
});

it('does not mix what comes from two files', () => {
  const zip = zipFolder(folder, 'mine');
  expect(() =>
    folderFrom([
      { name: 'a.zip', bytes: zip },
      { name: 'config.json', bytes: bytes('{}') },
    ]),
  ).toThrow('config.json: expected the files of one model, got config.json twice');
});
