export interface Interrupt {
  /** Was Ctrl-C pressed? */
  readonly aborted: boolean;
  /** Gives Ctrl-C back to Node. */
  release(): void;
}

/** Takes the first Ctrl-C as a wish to end soon; the second ends at once. */
export function onInterrupt(told: () => void = () => {}): Interrupt {
  let aborted = false;
  const handler = () => {
    aborted = true;
    process.removeListener('SIGINT', handler);
    told();
  };
  process.on('SIGINT', handler);
  return {
    get aborted() {
      return aborted;
    },
    release: () => process.removeListener('SIGINT', handler),
  };
}
