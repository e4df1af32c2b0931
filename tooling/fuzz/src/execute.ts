import { processorTime } from './processor-time.ts';
import type { Target } from './target.ts';

/** Longer than this, a parser hangs. */
export const MOST_MILLISECONDS = 1000;
/** Beside the size of the input, a parser takes no more memory. */
export const MOST_BYTES: number = 64 * 2 ** 20;

export type Outcome =
  | { readonly kind: 'accepted' | 'refused' }
  | {
      readonly kind: 'finding';
      readonly problem: string;
      /** Can it be seen again at once, without harm to the process? */
      readonly isThrown?: boolean;
    };

/** Gives a parser one input, and judges what it does. */
export async function execute(target: Target, input: Uint8Array): Promise<Outcome> {
  const first = await tryOnce(target, input, () => performance.now());
  if (first.kind !== 'finding' || !first.isMeasured) return first;
  // The machine may have been busy elsewhere, and garbage may have waited: what is so, is so three times.
  for (let again = 0; again < 2; again++) {
    const outcome = await tryOnce(target, input, processorTime);
    if (outcome.kind !== 'finding') return outcome;
  }
  return first;
}

async function tryOnce(
  target: Target,
  input: Uint8Array,
  now: () => number,
): Promise<Outcome & { readonly isMeasured?: boolean }> {
  const peak = peakBytes();
  const start = now();
  let kind: 'accepted' | 'refused' = 'accepted';
  try {
    const done = target.run(input);
    if (done instanceof Promise) await done;
  } catch (error) {
    if (!target.isRefusal(error)) return { kind: 'finding', isThrown: true, problem: describe(error) };
    kind = 'refused';
  }
  const time = now() - start;
  const grown = peakBytes() - peak;
  if (!isPristine()) return { kind: 'finding', problem: 'a prototype that all objects share was changed' };
  // Memory first: a machine that has other things to do takes its time.
  if (grown > input.length + MOST_BYTES) {
    return {
      kind: 'finding',
      isMeasured: true,
      problem: `it took ${Math.round(grown / 2 ** 20)} MB of memory`,
    };
  }
  if (time > MOST_MILLISECONDS) {
    return { kind: 'finding', isMeasured: true, problem: `it took ${Math.round(time)} ms` };
  }
  return { kind };
}

/** The most memory that the process has had at any time. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** What all objects share: the number of its properties, and its methods. */
const countKeys = (): number =>
  Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length;
const pristineKeys = countKeys();
const pristineMethods = Object.entries(Object.getOwnPropertyDescriptors(Object.prototype))
  .filter(([, property]) => 'value' in property)
  .map(([name, { value }]) => [name, value] as const);

function isPristine(): boolean {
  return (
    countKeys() === pristineKeys &&
    pristineMethods.every(([name, method]) => Reflect.get(Object.prototype, name) === method)
  );
}

/** Which error, and where it came from. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  return lines
    .filter((line, i) => i === 0 || /^\s+at /.test(line))
    .slice(0, 6)
    .join('\n');
}
