import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser {
  /** Rejects when it ends by itself. */
  readonly ended: Promise<never>;
  /** The end of what it wrote to its error output. */
  readonly complaints: string;
  close(): Promise<void>;
}

/** Opens a page in a Chromium without a window, with a new profile that `close` removes. */
export function openBrowser(chromium: string, url: string): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'unroll-browser-'));
  const child = spawn(chromium, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  const closed = once(child, 'close');
  return {
    ended: closed.then(
      ([code, signal]) => {
        throw new Error(
          `${chromium} ended by itself, with ${signal ?? `exit code ${code}`}; it wrote:\n${complaints}`,
        );
      },
      (error: Error) => {
        throw new Error(`${chromium} could not be started: ${error.message}`);
      },
    ),
    get complaints() {
      return complaints;
    },
    close: async () => {
      child.kill();
      const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
      await closed.catch(() => {});
      clearTimeout(impatience);
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
