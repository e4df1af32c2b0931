import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { errorCode, errorReason } from './error-reason.ts';

/** A file on a server, with the SHA-256 sum (hexadecimal) that it must have. */
export interface VerifiedSource {
  readonly name: string;
  readonly url: URL;
  readonly sha256: string;
}

export interface DownloadProgress {
  readonly file: string;
  readonly receivedBytes: number;
  /** Undefined if the server does not say, or sends the file compressed. */
  readonly totalBytes: number | undefined;
}

type OnProgress = (progress: DownloadProgress) => void;

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Fetches a file into the folder, unless a file with the right sum is there. What arrives goes into a temporary file,
 * which takes the file's name only once its sum is right; after a failure no part of it is left.
 *
 * @returns whether the file was fetched
 */
export async function downloadVerified(
  source: VerifiedSource,
  folder: string,
  onProgress: OnProgress = () => {},
): Promise<boolean> {
  const target = join(folder, source.name);
  if ((await sumOfFile(target)) === source.sha256) return false;
  const connection = new AbortController();
  try {
    const response = await request(source.url, connection.signal);
    await mkdir(folder, { recursive: true });
    await storeVerified(response, source, target, onProgress);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new TextError(`could not write ${target}: ${errorReason(error)}`, { cause: error });
  } finally {
    connection.abort();
  }
}

async function sumOfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined; // Missing or unreadable: if it cannot be replaced either, that will be the error.
  }
  return hash.digest('hex');
}

async function request(url: URL, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    throw new TextError(`could not reach ${url}: ${errorReason(error)}`, { cause: error });
  }
  if (!response.ok) {
    throw new TextError(
      `expected ${url} to answer 200, got ${response.status} ${response.statusText}`.trimEnd(),
    );
  }
  return response;
}

async function storeVerified(
  response: Response,
  { name, url, sha256 }: VerifiedSource,
  target: string,
  onProgress: OnProgress,
): Promise<void> {
  const totalBytes = announcedBytes(response);
  checkSize(url, totalBytes ?? 0);
  const hash = createHash('sha256');
  const temporary = join(dirname(target), `.${name}.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      let receivedBytes = 0;
      for await (const chunk of chunksOf(response, url)) {
        receivedBytes += chunk.length;
        checkSize(url, receivedBytes);
        hash.update(chunk);
        await file.appendFile(chunk);
        onProgress({ file: name, receivedBytes, totalBytes });
      }
    } finally {
      await file.close();
    }
    const sum = hash.digest('hex');
    if (sum !== sha256) throw new TextError(`expected ${url} to have the sha256 ${sha256}, got ${sum}`);
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The size of the body if the server says it; a compressed body has another size than the file. */
function announcedBytes({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  if (headers.has('content-encoding') || length === null || !/^\d+$/.test(length)) return undefined;
  return Number(length);
}

function checkSize(url: URL, bytes: number): void {
  if (bytes > MOST_BYTES) {
    throw new TextError(
      `expected ${url} to have at most ${showCount(MOST_BYTES)} bytes, got ${showCount(bytes)} or more`,
    );
  }
}

async function* chunksOf(response: Response, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* response.body ?? [];
  } catch (error) {
    throw new TextError(`the connection broke while ${url} was arriving: ${errorReason(error)}`, {
      cause: error,
    });
  }
}
