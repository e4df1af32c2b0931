import { StateError } from '@unroll/tensor';
import { openLibrary, type Sgemm } from './gemm.ts';

/** A BLAS that works. */
export interface FoundBlas {
  /** As the system's loader takes it. */
  readonly library: string;
  /** In words for people: what it says of itself, or where it lies. */
  readonly description: string;
}

/** Where a BLAS is looked for, by platform; the first that works is taken. The loader searches its usual folders for bare names. */
const usualLibraries: Readonly<Record<string, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libblis.so.4', 'libmkl_rt.so.2'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll'],
};

/**
 * The BLAS of this machine.
 * @param library this one and no other; by default the one that the environment variable UNROLL_BLAS names, or else the usual ones
 * @throws StateError with the reason for each that was tried
 */
export function findBlas(library: string | undefined = process.env.UNROLL_BLAS || undefined): FoundBlas {
  const reasons: string[] = [];
  for (const candidate of library === undefined ? (usualLibraries[process.platform] ?? []) : [library]) {
    try {
      const { sgemm, version } = openLibrary(candidate);
      expectRightProduct(sgemm);
      return { library: candidate, description: version ? describeVersion(version) : candidate };
    } catch (error) {
      const message = error instanceof Error ? error.message.trim() : String(error);
      reasons.push(`${candidate}: ${/no such file/i.test(message) ? 'not found' : message}`);
    }
  }
  if (library !== undefined) {
    throw new StateError(
      `findBlas: expected a BLAS, but ${reasons.join()}; name another library, or none (UNROLL_BLAS unset) to have the usual ones tried`,
    );
  }
  const tried = reasons.length > 0 ? reasons.join('; ') : `none is known for ${process.platform}`;
  throw new StateError(
    `findBlas: expected a BLAS on this machine, got none (${tried}); install OpenBLAS (Debian and Ubuntu: apt install libopenblas0), or name one with UNROLL_BLAS=/path/to/the/library`,
  );
}

/** `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH … Haswell MAX_THREADS=64` to `OpenBLAS 0.3.21, Haswell` */
function describeVersion(version: string): string {
  const [, name, kind] = /^(OpenBLAS \S+).*?(\w+) MAX_THREADS=/.exec(version) ?? [];
  return name ? `${name}, ${kind}` : version;
}

/** What is no BLAS shows here and not in a training run. */
function expectRightProduct(sgemm: Sgemm): void {
  const a = Float32Array.of(1, 2, 0, 3, 4, 0); // (2, 2), three numbers between its rows
  const b = Float32Array.of(5, 7, 6, 8); // the transpose of (5, 6; 7, 8)
  const c = Float32Array.of(100, 200, 0, 0, 300, 400);
  sgemm(101, 111, 112, 2, 2, 2, 1, a, 3, b, 2, 1, c, 4);
  const got = [...c].join(', ');
  if (got !== '119, 222, 0, 0, 343, 450') {
    throw new Error(`expected cblas_sgemm to give the right product, but it gives (${got})`);
  }
}
