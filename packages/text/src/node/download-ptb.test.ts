import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fileServer } from '../../test/file-server.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { testData } from '../../test/test-data.ts';
import { TextError } from '../text-error.ts';
import { downloadPtb, downloadPtbFiles } from './download-ptb.ts';
import type { DownloadProgress } from './download-verified.ts';

const bodies: Record<string, string> = {
  'ptb.train.txt': 'the training text',
  'ptb.valid.txt': 'the validation text',
  'ptb.test.txt': 'the test text',
};
const names = Object.keys(bodies);
const files = names.map((name) => ({
  name,
  sha256: createHash('sha256').update(bodies[name]).digest('hex'),
}));

const serveBodies: RequestListener = (request, response) => {
  response.end(bodies[(request.url ?? '').split('/').at(-1) ?? '']);
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the download', () => {
  test('puts the three files into unroll/ptb in the cache folder, and nothing else', async () => {
    const { address, asked } = await fileServer(serveBodies);
    const cacheDir = await temporaryFolder();
    const { folder, fetched } = await downloadPtbFiles(files, { mirror: address, cacheDir });
    expect(folder).toBe(join(cacheDir, 'unroll', 'ptb'));
    expect(fetched).toEqual(names);
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    for (const name of names) expect(readFileSync(join(folder, name), 'utf8')).toBe(bodies[name]);
    expect(asked).toEqual(names.map((name) => `/${name}`));
  });

  test('takes the mirror and the cache folder from the environment', async () => {
    const { address, asked } = await fileServer(serveBodies);
    const cache = await temporaryFolder();
    vi.stubEnv('UNROLL_DATA_MIRROR', `${address}/some/folder`);
    vi.stubEnv('XDG_CACHE_HOME', cache);
    vi.stubEnv('LOCALAPPDATA', cache);
    expect((await downloadPtbFiles(files, {})).folder).toBe(join(cache, 'unroll', 'ptb'));
    expect(asked[0]).toBe('/some/folder/ptb.train.txt');
  });

  test('does not fetch a file again that is there with the right sum, and replaces one with another', async () => {
    const { address, asked } = await fileServer(serveBodies);
    const cacheDir = await temporaryFolder({
      'unroll/ptb/ptb.train.txt': bodies['ptb.train.txt'],
      'unroll/ptb/ptb.valid.txt': 'damaged',
    });
    const { folder, fetched } = await downloadPtbFiles(files, { mirror: `${address}/`, cacheDir });
    expect(fetched).toEqual(['ptb.valid.txt', 'ptb.test.txt']);
    expect(asked).toEqual(['/ptb.valid.txt', '/ptb.test.txt']);
    expect(readFileSync(join(folder, 'ptb.valid.txt'), 'utf8')).toBe(bodies['ptb.valid.txt']);
    expect((await downloadPtbFiles(files, { mirror: address, cacheDir })).fetched).toEqual([]);
    expect(asked.length).toBe(2);
  });

  test('needs no network once all files are there', async () => {
    const cacheDir = await temporaryFolder(
      Object.fromEntries(names.map((name) => [`unroll/ptb/${name}`, bodies[name]])),
    );
    const { fetched } = await downloadPtbFiles(files, { mirror: 'http://127.0.0.1:1', cacheDir });
    expect(fetched).toEqual([]);
  });

  test('reports its progress, with the total where the server says it', async () => {
    const { address } = await fileServer(serveBodies);
    const reports: DownloadProgress[] = [];
    const cacheDir = await temporaryFolder();
    await downloadPtbFiles(files, {
      mirror: address,
      cacheDir,
      onProgress: (report) => reports.push(report),
    });
    expect(reports.at(-1)).toEqual({ file: 'ptb.test.txt', receivedBytes: 13, totalBytes: 13 });
    expect(new Set(reports.map(({ file }) => file))).toEqual(new Set(names));
  });

  test('takes a compressed body, whose size it does not take for that of the file', async () => {
    const { address } = await fileServer((request, response) => {
      const body = gzipSync(bodies[(request.url ?? '').slice(1)]);
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
    });
    const reports: DownloadProgress[] = [];
    const cacheDir = await temporaryFolder();
    await downloadPtbFiles(files, {
      mirror: address,
      cacheDir,
      onProgress: (report) => reports.push(report),
    });
    expect(reports.at(-1)).toEqual({ file: 'ptb.test.txt', receivedBytes: 13, totalBytes: undefined });
  });

  test('follows a redirect', async () => {
    const { address } = await fileServer((request, response) => {
      if (request.url?.startsWith('/old/')) response.writeHead(302, { location: request.url.slice(4) }).end();
      else serveBodies(request, response);
    });
    const { fetched } = await downloadPtbFiles(files, {
      mirror: `${address}/old`,
      cacheDir: await temporaryFolder(),
    });
    expect(fetched).toEqual(names);
  });
});

describe('a failure leaves nothing behind and says what to do', () => {
  const MiB = 1024 * 1024;
  /** Writes until the reader hangs up, so that a reader without a limit would never come to an end. */
  const writeForever = (response: ServerResponse): void => {
    const chunk = Buffer.alloc(MiB, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };

  test.each<[string, RequestListener, RegExp]>([
    [
      'the sum is wrong',
      (_, response) => response.end('something else'),
      /to have the sha256 [0-9a-f]{64}, got [0-9a-f]{64}\./,
    ],
    ['the body is empty', (_, response) => response.end(), /to have the sha256/],
    [
      'the server has no such file',
      (_, response) => response.writeHead(404).end('no'),
      /to answer 200, got 404 Not Found\./,
    ],
    ['the server fails', (_, response) => response.writeHead(500).end(), /got 500 Internal Server Error\./],
    ['there is no content', (_, response) => response.writeHead(204).end(), /to have the sha256/],
    [
      'the server announces too much',
      (_, response) => response.writeHead(200, { 'content-length': 16 * MiB + 1 }).write('x'),
      /to have at most 16,777,216 bytes, got 16,777,217 or more\./,
    ],
    [
      'too much comes unannounced',
      (_, response) => writeForever(response),
      /to have at most 16,777,216 bytes/,
    ],
    [
      'too much comes out of a small compressed body',
      (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * MiB))),
      /to have at most 16,777,216 bytes/,
    ],
    [
      'the body breaks off before its announced end',
      (_, response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('the training', () => response.destroy());
      },
      /the connection broke while .* was arriving: .+\./,
    ],
    [
      'the body breaks off without an announced end',
      (_, response) => {
        response.writeHead(200).write('the training', () => response.destroy());
      },
      /the connection broke while .* was arriving: .+\./,
    ],
    ['the server hangs up at once', (request) => request.socket.destroy(), /could not reach http.*: .+\./],
    [
      'a compressed body is damaged',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
      /the connection broke|the sha256/,
    ],
    [
      'redirects go round in a circle',
      (_, response) => response.writeHead(302, { location: '/ptb.train.txt' }).end(),
      /could not reach http.*: redirect count exceeded\./,
    ],
  ])('when %s', async (_, answer, problem) => {
    const { address } = await fileServer(answer);
    const cacheDir = await temporaryFolder();
    const error = await downloadPtbFiles(files, { mirror: address, cacheDir }).catch((error) => error);
    expect(error).toBeInstanceOf(TextError);
    expect(error.message).toMatch(problem);
    expect(error.message).toMatch(/^downloadPtb: .*ptb\.train\.txt/);
    const folder = join(cacheDir, 'unroll', 'ptb');
    expect(error.message).toContain(`or put these files into ${folder} yourself.`);
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });

  test('not even the connection, when the answer is an error that never ends', async () => {
    const answers = new EventEmitter();
    const { address } = await fileServer((_, response) => {
      response.on('close', () => answers.emit('hung up'));
      response.writeHead(500).write('x');
    });
    const hungUp = once(answers, 'hung up');
    const cacheDir = await temporaryFolder();
    await expect(downloadPtbFiles(files, { mirror: address, cacheDir })).rejects.toThrow('got 500');
    await hungUp;
  });

  test('when there is no server', async () => {
    const cacheDir = await temporaryFolder();
    const gone = await unusedAddress();
    const error = await downloadPtbFiles(files, { mirror: gone, cacheDir }).catch((error) => error);
    expect(error).toBeInstanceOf(TextError);
    expect(error.message).toMatch(/^downloadPtb: could not reach http:.*ECONNREFUSED/);
    expect(error.message).toContain(
      'set UNROLL_DATA_MIRROR to a server that has ptb.train.txt, ptb.valid.txt, ptb.test.txt',
    );
    expect(readdirSync(cacheDir)).toEqual([]);
  });

  test('but keeps the files that came whole before it, and the old file', async () => {
    const { address } = await fileServer((request, response) =>
      request.url === '/ptb.train.txt' ? serveBodies(request, response) : response.end('wrong'),
    );
    const cacheDir = await temporaryFolder({ 'unroll/ptb/ptb.valid.txt': 'old' });
    await expect(downloadPtbFiles(files, { mirror: address, cacheDir })).rejects.toThrow(TextError);
    const folder = join(cacheDir, 'unroll', 'ptb');
    expect(readdirSync(folder).sort()).toEqual(['ptb.train.txt', 'ptb.valid.txt']);
    expect(readFileSync(join(folder, 'ptb.valid.txt'), 'utf8')).toBe('old');
  });

  test('when the folder cannot be made', async () => {
    const { address } = await fileServer(serveBodies);
    const cacheDir = await temporaryFolder({ unroll: 'a file in the way' });
    const error = await downloadPtbFiles(files, { mirror: address, cacheDir }).catch((error) => error);
    expect(error).toBeInstanceOf(TextError);
    expect(error.message).toContain(`could not write ${join(cacheDir, 'unroll', 'ptb', 'ptb.train.txt')}: `);
  });

  test('when a folder is in the place of a file', async () => {
    const { address } = await fileServer(serveBodies);
    const cacheDir = await temporaryFolder({ 'unroll/ptb/ptb.train.txt/x': '' });
    await expect(downloadPtbFiles(files, { mirror: address, cacheDir })).rejects.toThrow(
      /could not write .*ptb\.train\.txt/,
    );
    expect(readdirSync(join(cacheDir, 'unroll', 'ptb'))).toEqual(['ptb.train.txt']);
  });

  test('when the listener of the progress throws, with its own error', async () => {
    const { address } = await fileServer(serveBodies);
    const cacheDir = await temporaryFolder();
    const stop = new Error('stop');
    const onProgress = (): void => {
      throw stop;
    };
    await expect(downloadPtbFiles(files, { mirror: address, cacheDir, onProgress })).rejects.toBe(stop);
    expect(readdirSync(join(cacheDir, 'unroll', 'ptb'))).toEqual([]);
  });

  test.each(['not an address', '/a/folder', 'file:///etc', 'ftp://127.0.0.1'])(
    'when the mirror is %s',
    async (mirror) => {
      const cacheDir = await temporaryFolder();
      await expect(downloadPtbFiles(files, { mirror, cacheDir })).rejects.toThrow(
        'downloadPtb: expected the mirror to be an http(s) address',
      );
    },
  );
});

async function unusedAddress(): Promise<string> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('a file that is not the Penn Treebank is refused', async () => {
  const { address } = await fileServer(serveBodies);
  await expect(downloadPtb({ mirror: address, cacheDir: await temporaryFolder() })).rejects.toThrow(
    'to have the sha256 fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf, got ',
  );
});

const ptb = testData('ptb');

test.skipIf(!ptb.present)(`the true Penn Treebank is accepted (${ptb.title})`, async () => {
  const { address } = await fileServer((request, response) => {
    response.end(readFileSync(join(ptb.path, request.url ?? '')));
  });
  const { fetched } = await downloadPtb({ mirror: address, cacheDir: await temporaryFolder() });
  expect(fetched).toEqual(names);
});
