import { arch, cpus, platform } from 'node:os';
import { chooseBackend, createBackend } from '@unroll/backend';
import { type Backend, Random, ReferenceBackend, randn, zeros } from '@unroll/tensor';
import { defaultThreads, hasRelaxedSimd, hasSimd, WasmBackend } from '@unroll/tensor-wasm';
import { table } from '../format.ts';

/** How fast a backend multiplies two matrices of SIZE x SIZE. */
interface Speed {
  readonly backend: string;
  /** Billions of additions and multiplications a second; null if it does not work. */
  readonly gflops: number | null;
  /** Why it does not work. */
  readonly reason?: string;
}

/** What there is on this machine. */
interface Findings {
  readonly node: string;
  readonly machine: string;
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  readonly threads: number;
  /** What it is and the library that it is in, or why there is none. */
  readonly blas: { readonly description: string; readonly library: string } | { readonly reason: string };
  readonly speeds: readonly Speed[];
  /** What --backend auto takes. */
  readonly auto: string;
}

const SIZE = 700;

/** Looks what this machine offers, measures it, and prints it. */
export async function doctor({ json }: { json?: boolean }): Promise<void> {
  const findings = await examine();
  if (json) {
    console.log(JSON.stringify(findings));
    return;
  }
  const { node, machine, simd, relaxedSimd, threads, blas, speeds, auto } = findings;
  console.log(`machine     ${machine}`);
  console.log(`node        ${node}`);
  console.log(
    `wasm        ${describeSimd(simd, relaxedSimd)}; ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  );
  console.log(
    `blas        ${'reason' in blas ? `none: ${blas.reason}` : `${blas.description} (${blas.library})`}`,
  );
  console.log(`auto takes  ${auto}`);
  console.log(`\nMatrix product ${SIZE} x ${SIZE} x ${SIZE}, the best of some, in GFLOP/s:`);
  console.log(
    table(speeds.map(({ backend, gflops, reason = '' }) => [backend, gflops?.toFixed(1) ?? reason])),
  );
}

function describeSimd(simd: boolean, relaxed: boolean): string {
  if (!simd) return 'no SIMD, so WebAssembly is not used; Node 20 and newer have it';
  return relaxed ? 'SIMD, relaxed SIMD' : 'SIMD; no relaxed SIMD, which Node 22 and newer have';
}

async function examine(): Promise<Findings> {
  const threads = defaultThreads();
  const counts = threads === 1 ? [1] : [1, threads];
  const blas = await lookForBlas();
  const speeds: Speed[] = [];
  const measure = async (name: string, make: () => Backend | Promise<Backend>): Promise<void> => {
    let backend: Backend | undefined;
    try {
      backend = await make();
      speeds.push({ backend: name, gflops: await speedOf(backend) });
    } catch (error) {
      speeds.push({ backend: name, gflops: null, reason: messageOf(error) });
    } finally {
      backend?.dispose();
    }
  };
  await measure('reference, one thread', () => new ReferenceBackend());
  for (const relaxedSimd of hasSimd() ? (hasRelaxedSimd() ? [false, true] : [false]) : []) {
    for (const threads of counts) {
      const name = `wasm, ${relaxedSimd ? 'relaxed SIMD' : 'baseline SIMD'}, ${countOf(threads)}`;
      await measure(name, () => WasmBackend.create({ threads, relaxedSimd }));
    }
  }
  for (const threads of hasSimd() && 'library' in blas ? counts : []) {
    await measure(`blas, ${countOf(threads)}`, () => createBackend({ backend: 'blas', threads }));
  }
  const { backend, description } = await chooseBackend();
  backend.dispose();
  return {
    node: process.version,
    machine: `${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${cpus().length === 1 ? 'one core' : `${cpus().length} cores`}, ${platform()} ${arch()}`,
    simd: hasSimd(),
    relaxedSimd: hasRelaxedSimd(),
    threads,
    blas,
    speeds,
    auto: description,
  };
}

const countOf = (threads: number): string => (threads === 1 ? 'one thread' : `${threads} threads`);

async function lookForBlas(): Promise<Findings['blas']> {
  try {
    const { findBlas } = await import('@unroll/tensor-blas');
    return findBlas();
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For a third of a second and three times at least; the best, since everything else on the machine only slows it down. */
async function speedOf(backend: Backend): Promise<number> {
  const random = new Random(1);
  const [a, b] = [0, 1].map(() => randn(backend, [SIZE, SIZE], random));
  const out = zeros(backend, [SIZE, SIZE]);
  let best = Number.POSITIVE_INFINITY;
  const begin = performance.now();
  for (let round = 0; round < 3 || performance.now() - begin < 333; round++) {
    const start = performance.now();
    backend.matmul(out, a, b);
    await out.at(0).read();
    best = Math.min(best, performance.now() - start);
  }
  for (const tensor of [a, b, out]) tensor.dispose();
  return (2 * SIZE ** 3) / best / 1e6;
}
