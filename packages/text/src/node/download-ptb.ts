import { join } from 'node:path';
import { TextError } from '../text-error.ts';
import { type DownloadProgress, downloadVerified, type VerifiedSource } from './download-verified.ts';
import { userCacheFolder } from './user-cache-folder.ts';

export interface DownloadPtbOptions {
  /** An http(s) address under which the three files lie; by default what `UNROLL_DATA_MIRROR` says, if anything. */
  readonly mirror?: string;
  /** The cache folder of all programs, in which `unroll/ptb` is made; by default the user's. */
  readonly cacheDir?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface PtbDownload {
  /** The folder that now holds all three files. */
  readonly folder: string;
  /** The names of the files that were fetched; the others were there already. */
  readonly fetched: readonly string[];
}

/** The preprocessed Penn Treebank of Mikolov et al. (2010), at the address that "Deep Learning from Scratch 2" uses. */
const PTB_ADDRESS = 'https://raw.githubusercontent.com/tomsercu/lstm/master/data/';
const PTB_FILES = [
  { name: 'ptb.train.txt', sha256: 'fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf' },
  { name: 'ptb.valid.txt', sha256: 'c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2' },
  { name: 'ptb.test.txt', sha256: 'dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0' },
];

/**
 * Downloads the Penn Treebank files into the user's cache folder and checks their SHA-256 sums. A file that is there
 * with the right sum is not fetched again.
 *
 * @throws {TextError} if a file cannot be fetched, is not the expected one, or cannot be written
 */
export async function downloadPtb(options: DownloadPtbOptions = {}): Promise<PtbDownload> {
  return downloadPtbFiles(PTB_FILES, options);
}

/** The same for other names and sums. @internal */
export async function downloadPtbFiles(
  files: readonly Pick<VerifiedSource, 'name' | 'sha256'>[],
  { mirror = process.env.UNROLL_DATA_MIRROR, cacheDir = userCacheFolder(), onProgress }: DownloadPtbOptions,
): Promise<PtbDownload> {
  const base = baseAddress(mirror || PTB_ADDRESS);
  const folder = join(cacheDir, 'unroll', 'ptb');
  const fetched: string[] = [];
  for (const { name, sha256 } of files) {
    try {
      if (await downloadVerified({ name, sha256, url: new URL(name, base) }, folder, onProgress))
        fetched.push(name);
    } catch (error) {
      if (!TextError.isInstance(error)) throw error;
      throw new TextError(
        `downloadPtb: ${error.message}. Try again later, set UNROLL_DATA_MIRROR to a server that has ` +
          `${files.map((file) => file.name).join(', ')}, or put these files into ${folder} yourself.`,
        { cause: error },
      );
    }
  }
  return { folder, fetched };
}

function baseAddress(address: string): URL {
  const folder = address.endsWith('/') ? address : `${address}/`; // Else new URL(name, base) would drop the last part.
  const url = URL.canParse(folder) ? new URL(folder) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new TextError(
    `downloadPtb: expected the mirror to be an http(s) address, got ${JSON.stringify(address)}. ` +
      'Correct UNROLL_DATA_MIRROR, or unset it to use the usual server.',
  );
}
