import { ReferenceBackend } from '@unroll/tensor';
import type { Changes, Scenario } from './scenario.ts';
import { type Call, type SeenTensor, watched } from './watched.ts';

/** All that a scenario did, call by call. */
export interface Played {
  readonly forward: readonly Call[];
  readonly backward: readonly Call[];
  /** What it began with. */
  readonly given: Readonly<Record<string, SeenTensor>>;
}

/**
 * Runs a scenario from its beginning, with the numbers that a reader changed.
 * @param see for each call, while it is being made: whoever wants to know where it came from can look at the stack
 */
export async function play(
  scenario: Scenario,
  changes: Changes = {},
  see: (pass: 'forward' | 'backward') => void = () => {},
): Promise<Played> {
  const calls = { forward: [] as Promise<Call>[], backward: [] as Promise<Call>[] };
  let pass: 'forward' | 'backward' | undefined; // what happens before the passes is not part of them
  const backend = watched(new ReferenceBackend(), (call) => {
    if (!pass) return;
    see(pass);
    calls[pass].push(call);
  });
  const stage = scenario.make(backend);
  try {
    for (const [name, values] of Object.entries(changes)) stage.given[name].write(values);
    const given = await readAll(stage.given);
    pass = 'forward';
    stage.forward();
    pass = 'backward';
    stage.backward?.();
    const [forward, backward] = await Promise.all([Promise.all(calls.forward), Promise.all(calls.backward)]);
    return { forward, backward, given };
  } finally {
    stage.dispose();
  }
}

async function readAll(tensors: Stage['given']): Promise<Record<string, SeenTensor>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, { shape: tensor.shape, values: [...(await tensor.read())] }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

type Stage = ReturnType<Scenario['make']>;
