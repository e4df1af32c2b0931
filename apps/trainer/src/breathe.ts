import { setImmediate } from 'node:timers/promises';

/** Lets signals and timers run: a signal's handler waits for the next turn of Node's event loop. */
export function breathe(): Promise<void> {
  return setImmediate();
}
