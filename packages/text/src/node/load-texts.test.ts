import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { TextError } from '../text-error.ts';
import { loadTexts } from './load-texts.ts';

describe('one text', () => {
  test('comes from a file', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'hello\n' }), 'a.txt');
    expect(await loadTexts(path)).toEqual({ kind: 'single', text: 'hello\n', files: [path] });
  });

  test('comes from all files of a folder and below, sorted by path and joined with a newline', async () => {
    const folder = await temporaryFolder({
      'b.txt': 'B',
      'a/2.md': 'A2',
      'a/1': 'A1',
      'c/d/e.txt': 'E',
      'Z.txt': 'Z',
      'a-b.txt': 'A-B',
    });
    expect(await loadTexts(folder)).toEqual({
      kind: 'single',
      text: 'Z\nA-B\nA1\nA2\nB\nE',
      files: ['Z.txt', 'a-b.txt', 'a/1', 'a/2.md', 'b.txt', 'c/d/e.txt'].map((name) => join(folder, name)),
    });
  });

  test('comes from the files that match a pattern', async () => {
    const folder = await temporaryFolder({ 'a.md': 'A', 'b.txt': 'B', 'c/d.md': 'D' });
    expect(await loadTexts(`${folder}/**/*.md`)).toMatchObject({ kind: 'single', text: 'A\nD' });
  });

  test('leaves out hidden names, node_modules, and files that are empty, binary or not UTF-8', async () => {
    const folder = await temporaryFolder({
      'a.txt': 'kept',
      '.git/config': 'no',
      '.hidden': 'no',
      'node_modules/x/readme.md': 'no',
      'x/node_modules/y.txt': 'no',
      'empty.txt': '',
      'picture.png': Uint8Array.of(0x89, 0x50, 0),
      'latin1.txt': Uint8Array.of(65, 0xe9, 65),
    });
    expect(await loadTexts(folder)).toEqual({ kind: 'single', text: 'kept', files: [join(folder, 'a.txt')] });
  });

  test.skipIf(process.platform === 'win32')('does not follow links, not even round in a circle', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'A' });
    await symlink(folder, join(folder, 'circle'));
    expect(await loadTexts(folder)).toMatchObject({ text: 'A' });
  });

  test('comes from a folder in which one file happens to be called test.txt', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'A', 'test.txt': 'T' });
    expect(await loadTexts(folder)).toMatchObject({ kind: 'single', text: 'A\nT' });
  });

  test('cannot come from a folder without any', async () => {
    const folder = await temporaryFolder({ 'picture.png': Uint8Array.of(0), 'empty.txt': '' });
    await expect(loadTexts(folder)).rejects.toThrow(
      new TextError(
        `loadTexts: found no text in ${folder}: of its 2 files none is UTF-8 text. ` +
          'Give a text file, or a folder that has some.',
      ),
    );
    await expect(loadTexts(await temporaryFolder())).rejects.toThrow('it has no files');
  });

  test('cannot come from where there is nothing', async () => {
    const path = join(await temporaryFolder(), 'none');
    await expect(loadTexts(path)).rejects.toThrow(
      new TextError(`loadTexts: there is no file or folder at ${path}. Check the path.`),
    );
  });
});

describe('splits', () => {
  test('come from the three files of the Penn Treebank, whatever else lies there', async () => {
    const names = ['ptb.train.txt', 'ptb.valid.txt', 'ptb.test.txt'];
    const folder = await temporaryFolder({
      'ptb.test.txt': 'te',
      'ptb.train.txt': 'tr',
      'ptb.valid.txt': 'va',
      'readme.md': 'x',
    });
    expect(await loadTexts(folder)).toEqual({
      kind: 'splits',
      train: 'tr',
      valid: 'va',
      test: 'te',
      files: names.map((name) => join(folder, name)),
    });
  });

  test('come from train.txt, valid.txt and test.txt, the last of which may be absent', async () => {
    const two = await temporaryFolder({ 'train.txt': 'tr', 'valid.txt': 'va' });
    expect(await loadTexts(two)).toEqual({
      kind: 'splits',
      train: 'tr',
      valid: 'va',
      test: undefined,
      files: [join(two, 'train.txt'), join(two, 'valid.txt')],
    });
    const three = await temporaryFolder({ 'train.txt': 'tr', 'valid.txt': 'va', 'test.txt': 'te' });
    expect(await loadTexts(three)).toMatchObject({ kind: 'splits', test: 'te' });
  });

  test.each([
    [['ptb.train.txt'], 'has ptb.train.txt but no ptb.valid.txt and no ptb.test.txt'],
    [['ptb.test.txt', 'ptb.train.txt'], 'has ptb.train.txt and ptb.test.txt but no ptb.valid.txt'],
    [
      ['ptb.valid.txt', 'train.txt', 'valid.txt'],
      'has ptb.valid.txt but no ptb.train.txt and no ptb.test.txt',
    ],
    [['train.txt', 'test.txt'], 'has train.txt and test.txt but no valid.txt'],
    [['valid.txt', 'test.txt'], 'has valid.txt and test.txt but no train.txt'],
  ])('cannot come from %j alone', async (names, problem) => {
    const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, 'x'])));
    await expect(loadTexts(folder)).rejects.toThrow(
      new TextError(
        `loadTexts: ${folder} ${problem}. Add what is missing, or give the path of one file to train on it alone.`,
      ),
    );
  });

  test('are refused if one of the files is not text', async () => {
    const folder = await temporaryFolder({ 'train.txt': 'tr', 'valid.txt': Uint8Array.of(65, 0xe9) });
    await expect(loadTexts(folder)).rejects.toThrow(`${join(folder, 'valid.txt')} is not valid UTF-8`);
  });
});
