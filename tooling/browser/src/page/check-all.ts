import { backendChecks } from '@unroll/conformance/checks';
import { ReferenceBackend } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';
import type { Report } from '../answer.ts';
import { expectClose, expectEqual } from './expect.ts';
import { type Sizes, trainedLosses } from './trained-losses.ts';
import { watchWorkers } from './watch-workers.ts';

/** Few calls of the first are cut into parts for the threads, most of the second are. */
const trainings: readonly Sizes[] = [
  { N: 4, T: 7, V: 200, H: 16 },
  { N: 20, T: 10, V: 1000, H: 32 },
];

/** All checks of the wasm backend on as many threads as it takes here; and where it takes several, training as well. */
export async function checkAll(): Promise<Report> {
  const crew = watchWorkers();
  const failures: string[] = [];
  let passed = 0;
  const check = async (claim: string, work: () => Promise<void>) => {
    try {
      await work();
      passed++;
    } catch (error) {
      failures.push(`${claim}: ${(error as Error).message}`);
    }
  };

  const oneCore = crossOriginIsolated && navigator.hardwareConcurrency === 1;
  const backend = await WasmBackend.create(oneCore ? { threads: 2 } : {});
  const { threads, relaxedSimd } = backend;
  await check('every thread waits for work', () => crew.expectAsleep(threads - 1));
  for (const [kernel, checks] of Object.entries(backendChecks)) {
    for (const [claim, run] of Object.entries(checks)) {
      await check(`${kernel}: ${claim}`, () => run(backend, 'f32'));
    }
  }
  backend.dispose();

  for (const sizes of threads > 1 ? trainings : []) {
    const train = async (threads: number) => {
      const backend = await WasmBackend.create({ threads });
      await crew.expectAsleep(threads - 1);
      const losses = await trainedLosses(backend, sizes);
      backend.dispose();
      return losses;
    };
    const name = `training with ${Object.entries(sizes).flat().join(' ')}`;
    let alone: readonly number[] = [];
    await check(`${name}: on one thread as on the reference`, async () => {
      alone = await train(1);
      expectClose(alone, await trainedLosses(new ReferenceBackend(), sizes), 1e-4);
    });
    await check(`${name}: the same bits on two threads as on one`, async () => {
      expectEqual(await train(2), alone);
    });
  }
  await check('no worker gives up', async () => expectEqual(crew.problems, []));
  return { crossOriginIsolated, threads, relaxedSimd, passed, failures };
}
