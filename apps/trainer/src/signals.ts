const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Ending = (typeof endings)[number];

export interface Signals {
  /** Was Ctrl-C pressed, or the process told to end in another way? */
  readonly aborted: boolean;
  /** In which way. */
  readonly ending: Ending | undefined;
  /** Was it told, by SIGUSR2 and since the last look, to save now? */
  takeSaveRequest(): boolean;
  /** Gives all of them back to Node. */
  release(): void;
}

/** Takes the first Ctrl-C (SIGINT), SIGTERM or SIGHUP as a wish to end soon; the second ends at once. */
export function listenToSignals(told: (ending: Ending) => void = () => {}): Signals {
  let ending: Ending | undefined;
  let save = false;
  const end = (signal: Ending) => {
    ending = signal;
    for (const each of endings) process.removeListener(each, end);
    told(signal);
  };
  const requestSave = () => {
    save = true;
  };
  for (const each of endings) process.on(each, end);
  process.on('SIGUSR2', requestSave);
  return {
    get aborted() {
      return ending !== undefined;
    },
    get ending() {
      return ending;
    },
    takeSaveRequest: () => {
      const requested = save;
      save = false;
      return requested;
    },
    release: () => {
      for (const each of endings) process.removeListener(each, end);
      process.removeListener('SIGUSR2', requestSave);
    },
  };
}
