import { StateError } from '@unroll/tensor';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Crew } from './crew.ts';
import type { Kernels } from './kernels.ts';

const kernels = (done: () => number): Kernels => ({
  runAlone: () => {},
  begin: () => {},
  awaitDone: done,
  work: () => {},
  quit: () => {},
  sumPartials: () => 0,
  findBadId: () => -1,
  countLabels: () => 0,
});
const worker = { stop: () => {} };

it('waits as long as there is progress', () => {
  let done = 0;
  const crew = new Crew(
    kernels(() => ++done),
    [worker],
    0,
  );
  crew.run(0, 50);
  expect(done).toBe(50);
});

it('does not take a thread for dead because the machine slept', () => {
  let minutes = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => 60_000 * ++minutes);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  let asked = 0;
  const crew = new Crew(
    kernels(() => (++asked < 10 ? 3 : 4)),
    [worker],
  );
  crew.run(0, 4);
  expect(asked).toBe(10);
});

it('ends in an error, and not in waiting for ever, when a thread does not answer', () => {
  const crew = new Crew(
    kernels(() => 3),
    [worker],
    20,
  );
  expect(() => crew.run(0, 4)).toThrow(StateError);
  expect(() => crew.run(0, 4)).toThrow('expected every thread to do its part');
});
