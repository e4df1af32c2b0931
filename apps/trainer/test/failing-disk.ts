import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

export const faults = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE', 'short write'] as const;
export type Fault = (typeof faults)[number];

type Call = (this: unknown, ...args: never[]) => unknown;
type Methods = Record<string, Call>;

const syncMethods = ['appendFileSync', 'fsyncSync', 'openSync', 'rmSync', 'truncateSync', 'writeFileSync'];
const promiseMethods = ['mkdir', 'open', 'rename', 'rm', 'statfs'];
const handleMethods = ['sync', 'writeFile'];

/**
 * The file system of this process, of which one call fails: of those that write under a folder, the one with the number
 * `failing`, counted from 0. It stands in for `node:fs`, so that everything goes through it that the command does.
 */
export class FailingDisk {
  readonly #folder: string;
  readonly #handles = new WeakSet<object>();
  #failing = Number.POSITIVE_INFINITY;
  #fault: Fault = 'EIO';
  #calls = 0;
  /** What failed: `rename /…/step-000000004`. */
  failed: string | undefined;

  private constructor(folder: string) {
    this.#folder = resolve(folder);
  }

  static async install(folder: string): Promise<FailingDisk> {
    const disk = new FailingDisk(folder);
    const probe = await fs.promises.open('/dev/null');
    const handle = Object.getPrototypeOf(probe) as Methods;
    await probe.close();
    disk.#guard(fs as unknown as Methods, syncMethods, false);
    disk.#guard(fs.promises as unknown as Methods, promiseMethods, true);
    disk.#guard(handle, handleMethods, true);
    syncBuiltinESMExports();
    return disk;
  }

  /** From now on, the call with this number fails in this way. */
  arm(failing: number, fault: Fault): void {
    this.#failing = failing;
    this.#fault = fault;
    this.#calls = 0;
    this.failed = undefined;
  }

  /** Nothing fails any more. @returns how many calls there were since it was armed */
  disarm(): number {
    this.#failing = Number.POSITIVE_INFINITY;
    return this.#calls;
  }

  #guard(object: Methods, names: readonly string[], isAsync: boolean): void {
    for (const name of names) {
      const original = object[name];
      const disk = this;
      object[name] = function (this: unknown, ...args: never[]): unknown {
        if (!disk.#concerns(this, args) || disk.#calls++ !== disk.#failing) {
          const result = original.apply(this, args);
          return name === 'open' && isAsync ? disk.#remember(args, result as Promise<object>) : result;
        }
        disk.failed = `${name} ${typeof args[0] === 'string' ? args[0] : ''}`.trim();
        return disk.#fail(original, this, name, args, isAsync);
      };
    }
  }

  /** A path under the folder, or a file that was opened under it. */
  #concerns(self: unknown, [path]: readonly unknown[]): boolean {
    if (typeof path === 'string') return `${resolve(path)}${sep}`.startsWith(`${this.#folder}${sep}`);
    return typeof path === 'number' || (typeof self === 'object' && self !== null && this.#handles.has(self));
  }

  async #remember([path]: readonly unknown[], opening: Promise<object>): Promise<object> {
    const handle = await opening;
    if (this.#concerns(undefined, [path])) this.#handles.add(handle);
    return handle;
  }

  #fail(original: Call, self: unknown, name: string, args: never[], isAsync: boolean): unknown {
    if (this.#fault === 'short write') {
      const at = name === 'writeFile' ? 0 : 1;
      const data = args[at] as unknown;
      if (!/write|append/i.test(name) || (typeof data !== 'string' && !(data instanceof Uint8Array))) {
        return original.apply(self, args);
      }
      const half = [...args];
      half[at] = data.slice(0, data.length >> 1) as never;
      const result = original.apply(self, half);
      if (isAsync) return result; // as if all had been written
    }
    const code = this.#fault === 'short write' ? 'ENOSPC' : this.#fault;
    const error = Object.assign(new Error(`${code}: made to fail, ${name}`), { code, syscall: name });
    if (isAsync) return Promise.reject(error);
    throw error;
  }
}
