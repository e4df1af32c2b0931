import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UsageError } from '../exit-code.ts';
import { onDisk } from './on-disk.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** Keeps a second process out of a folder: a file that says who is in it. */
export class Lock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * A lock that a dead process of this machine left is taken over.
   * @throws UsageError if another process has it, DiskError if the file cannot be written
   */
  static take(path: string): Lock {
    const self: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    for (let attempt = 0; attempt < 2; attempt++) {
      if (onDisk(path, () => createFile(path, `${JSON.stringify(self)}\n`))) return new Lock(path);
      const holder = readHolder(path);
      if (holder && (holder.host !== self.host || isAlive(holder.pid))) {
        throw new UsageError(
          `${path}: process ${holder.pid} on ${holder.host} has worked in this folder since ${holder.since}; wait for it or end it (if there is no such process, remove the file)`,
        );
      }
      takeAway(path, holder);
    }
    throw new UsageError(`${path}: another process began to work in this folder at the same moment`);
  }

  release(): void {
    onDisk(this.#path, () => rmSync(this.#path, { force: true }));
  }
}

/** Removes the lock of a dead process, and no other one that came in its place at this moment. */
function takeAway(path: string, dead: Holder | undefined): void {
  const aside = `${path}-${process.pid}-${randomUUID()}`;
  onDisk(path, () => {
    try {
      renameSync(path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const moved = readHolder(aside);
    if (moved && JSON.stringify(moved) !== JSON.stringify(dead)) {
      try {
        linkSync(aside, path); // it was alive: back to its place, if nobody is there yet
      } catch {}
    }
    rmSync(aside, { force: true });
  });
}

/** False if it is there already. It comes with its content, or somebody might find it empty and take it for a dead one's. */
function createFile(path: string, text: string): boolean {
  const made = `${path}-${process.pid}-${randomUUID()}`;
  try {
    writeFileSync(made, text, { flag: 'wx' });
    linkSync(made, path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.includes(code)) throw error;
    return createInPlace(path, text);
  } finally {
    rmSync(made, { force: true });
  }
}

/** Of file systems that have no hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

function createInPlace(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined if the file says nothing that could be a holder: its process died while it wrote it. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    if (!Number.isSafeInteger(pid) || (pid as number) < 1 || typeof host !== 'string') return undefined;
    return { pid: pid as number, host, since: String(since) };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // an earlier process that had our number
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's, but there
  }
}
