import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBlas } from '@unroll/tensor-blas';
import { defaultThreads, hasRelaxedSimd } from '@unroll/tensor-wasm';
import type { Ours } from './ours.ts';
import { succeeds } from './processes.ts';
import { programOf } from './programs.ts';

/** Somebody who trains. */
export interface Contender {
  readonly name: string;
  /** A program and its first arguments; the file with the configuration follows. */
  readonly command: readonly string[];
  /** What the configuration says beside the workload. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Seconds a step, not fractions of one: runs once, and is not asked for more steps than are compared. */
  readonly slow?: boolean;
  /** Only for the small model. */
  readonly smallOnly?: boolean;
}

const here = import.meta.dirname;
export const peersFolder: string = join(here, '..', 'peers');

const threadCounts = (): readonly number[] => [...new Set([1, defaultThreads()])];
const words = (threads: number): string => (threads === 1 ? '1 thread' : `${threads} threads`);

/** Our own code, on every backend that there is here. */
export function ourContenders(): Contender[] {
  const all: [string, Ours][] = [['reference', { backend: 'reference' }]];
  for (const relaxedSimd of hasRelaxedSimd() ? [false, true] : [false]) {
    const simd = relaxedSimd ? '' : ', baseline SIMD';
    for (const threads of threadCounts()) {
      all.push([`wasm${simd}, ${words(threads)}`, { backend: 'wasm', threads, relaxedSimd }]);
    }
  }
  if (hasBlas()) {
    for (const threads of threadCounts()) {
      all.push([`blas, ${words(threads)}`, { backend: 'blas', threads }]);
    }
  }
  const command = [process.execPath, programOf('train-contender')];
  return all.map(([name, options]) => ({
    name: `unroll ${name}`,
    command,
    options,
    slow: options.backend === 'reference',
  }));
}

function hasBlas(): boolean {
  try {
    return findBlas() !== undefined;
  } catch {
    return false;
  }
}

/** What people have today. Each is given as many threads as it is fastest with: both are tried. */
export function peers(): Contender[] {
  const python = ['/usr/bin/python3', 'python3'].find((name) => succeeds(name, ['-c', 'import numpy']));
  const found: Contender[] = [];
  for (const [module, name] of [
    ['numpy', 'NumPy, the book'],
    ['torch', 'PyTorch'],
  ]) {
    if (!python || !succeeds(python, ['-c', `import ${module}`])) continue;
    for (const threads of threadCounts()) {
      const command = [python, join(peersFolder, `${module}_peer.py`)];
      found.push({ name: `${name}, ${words(threads)}`, command, options: { threads } });
      // Threads that wait for work awake are faster on an idle machine, and slower on a busy one: both are tried.
      if (module === 'torch' && threads > 1) {
        const awake = ['env', 'OMP_WAIT_POLICY=active', ...command];
        found.push({
          name: `${name}, ${words(threads)} that stay awake`,
          command: awake,
          options: { threads },
        });
      }
    }
  }
  if (!existsSync(join(peersFolder, 'node_modules'))) return found;
  const script = (file: string) => [process.execPath, join(peersFolder, file)];
  const slow = { slow: true, smallOnly: true };
  found.push(
    { name: 'jax-js, wasm', command: script('jax-js-peer.mjs'), options: {}, ...slow },
    {
      name: 'TensorFlow.js, wasm, one-hot input',
      command: script('tfjs-peer.mjs'),
      options: { variant: 'wasm' },
      ...slow,
    },
    { name: 'deepbox', command: script('deepbox-peer.mjs'), options: {}, ...slow },
    { name: 'TensorFlow.js, cpu', command: script('tfjs-peer.mjs'), options: { variant: 'cpu' }, ...slow },
  );
  return found;
}
