import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { TextError } from '../text-error.ts';
import { readTextFile } from './read-text-file.ts';

async function readFileOf(content: string | Uint8Array): Promise<string> {
  return readTextFile(join(await temporaryFolder({ 'a.txt': content }), 'a.txt'));
}

describe('a text file', () => {
  test('is read as UTF-8', async () => {
    expect(await readFileOf('가나 😀\r\n')).toBe('가나 😀\r\n');
  });

  test('loses its byte order mark, and only that', async () => {
    expect(await readFileOf('\uFEFFa\uFEFFb')).toBe('a\uFEFFb');
  });

  test('may contain the replacement character', async () => {
    expect(await readFileOf('a\uFFFDb')).toBe('a\uFFFDb');
  });
});

describe('a file is refused', () => {
  test.each<[string, Uint8Array, string]>([
    ['is empty', Uint8Array.of(), 'is empty'],
    ['has only a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf), 'is empty but for a byte order mark'],
    ['has a NUL byte', Uint8Array.of(65, 66, 0), 'is a binary file, not text (NUL byte at offset 2)'],
    ['is UTF-16', Buffer.from('\uFEFFab', 'utf16le'), 'is UTF-16, not UTF-8 (it begins with'],
    ['is Latin-1', Buffer.from('caf\u00e9 x', 'latin1'), 'is not valid UTF-8 (byte 0xE9 at offset 3)'],
    [
      'ends within a character',
      Buffer.from('a가').subarray(0, 3),
      'is not valid UTF-8 (byte 0xEA at offset 1)',
    ],
    ['has an overlong form', Uint8Array.of(65, 0xc0, 0x80), 'is not valid UTF-8 (byte 0xC0 at offset 1)'],
    [
      'has an encoded surrogate',
      Uint8Array.of(65, 0xed, 0xa0, 0x80),
      'is not valid UTF-8 (byte 0xED at offset 1)',
    ],
    [
      'has a bad byte after a byte order mark',
      Uint8Array.of(0xef, 0xbb, 0xbf, 65, 0xff),
      'is not valid UTF-8 (byte 0xFF at offset 4)',
    ],
    [
      'has a sequence that begins like U+FFFD',
      Uint8Array.of(65, 0xef, 0xbf, 65),
      'is not valid UTF-8 (byte 0xEF at offset 1)',
    ],
  ])('if it %s', async (_, bytes, problem) => {
    const path = join(await temporaryFolder({ 'a.txt': bytes }), 'a.txt');
    const error = await readTextFile(path).catch((error) => error);
    expect(error).toBeInstanceOf(TextError);
    expect(error.message).toContain(`readTextFile: ${path} ${problem}`);
  });

  test('if it does not exist', async () => {
    const path = join(await temporaryFolder(), 'none.txt');
    await expect(readTextFile(path)).rejects.toThrow(
      new TextError(`readTextFile: there is no file or folder at ${path}. Check the path.`),
    );
  });

  test('if it is a folder', async () => {
    const folder = await temporaryFolder();
    await expect(readTextFile(folder)).rejects.toThrow(
      new TextError(`readTextFile: expected a text file, but ${folder} is a folder`),
    );
  });

  test.skipIf(process.platform === 'win32')('if it is a device, which may never end', async () => {
    await expect(readTextFile('/dev/zero')).rejects.toThrow('/dev/zero is not a regular file');
  });

  test('if it lies below something that is not a folder', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'a' });
    await expect(readTextFile(join(folder, 'a.txt', 'b.txt'))).rejects.toThrow(TextError);
  });

  test('if its name cannot be one', async () => {
    await expect(readTextFile('a\0b')).rejects.toThrow(TextError);
  });
});
