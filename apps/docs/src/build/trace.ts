import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../live/play.ts';
import type { Scenario } from '../live/scenario.ts';
import { type CallSite, callSitesOf, operandNames } from './call-sites.ts';

/** Where each operation of a pass was called from, and how its operands are called there. */
export type PassTrace = readonly { readonly sites: readonly CallSite[]; readonly names: readonly string[] }[];

export interface Trace {
  readonly forward: PassTrace;
  readonly backward: PassTrace;
}

/**
 * Runs a scenario and notes where in the source each of its operations was called. Which they are follows from shapes alone, so that it
 * holds for any numbers. It needs the sources as they are: run with `--conditions=@unroll/source`.
 */
export async function traceOf(scenario: Scenario, root: string): Promise<Trace> {
  const sites: Record<'forward' | 'backward', CallSite[][]> = { forward: [], backward: [] };
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  try {
    const played = await play(scenario, {}, (pass) => {
      sites[pass].push(callSitesOf(new Error().stack ?? '', root));
    });
    const passOf = (pass: 'forward' | 'backward'): PassTrace =>
      played[pass].map(({ operation }, i) => {
        const [innermost] = sites[pass][i];
        if (!innermost) throw new Error(`${operation}: expected to be called from a package, it was not`);
        const source = readFileSync(join(root, innermost.file), 'utf8');
        return { sites: sites[pass][i], names: operandNames(source, innermost.line, operation) };
      });
    return { forward: passOf('forward'), backward: passOf('backward') };
  } finally {
    Error.stackTraceLimit = limit;
  }
}
