import {
  appendFileSync,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { lstat, mkdir, readdir, realpath, rename, rm, statfs } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { CheckpointError, DiskError } from '@unroll/checkpoint';
import {
  listSnapshots,
  readSnapshot,
  removeSnapshot,
  type SnapshotFiles,
  writeFileWhole,
  writeSnapshot,
} from '@unroll/checkpoint/node';
import type { EvaluationEvent, StepEvent } from '@unroll/training';
import { UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { evaluationTags, stepTags } from '../records/tags.ts';
import { EVENTS_FILE, fileHeader, scalars, texts } from '../records/tensorboard.ts';
import { Lock } from './lock.ts';
import { onDisk } from './on-disk.ts';
import { type RunConfig, readRunConfig, serializeRunConfig } from './run-config.ts';

const modelFiles = ['model.safetensors', 'config.json', 'vocab.json', 'tokenizer.json'];
const logFiles = ['metrics.jsonl', 'evaluations.jsonl', 'samples.txt', EVENTS_FILE] as const;
const CONFIG = 'run.json';
const FOR_PEOPLE = ['config.resolved.yaml', 'env.json', 'test.json', 'report.html'] as const;
const CHECKPOINTS = 'checkpoints';
const LOCK = 'lock';

/** How many bytes of each record belong to a checkpoint. */
export type LogSizes = Readonly<Record<string, number>>;

/** What a run writes; `--force` removes these and nothing else. */
const ownFiles = [CONFIG, CHECKPOINTS, ...modelFiles, ...FOR_PEOPLE, ...logFiles];

/** Where a path leads, past all links; of what is not there yet, where it would be. */
async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch {
    return dirname(whole) === whole ? whole : join(await realPathOf(dirname(whole)), basename(whole));
  }
}

/** Is `inner` the folder `outer`, or somewhere in it? */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/** The folder of one run: the model, checkpoints to go on from, and a record of how it came about. */
export class RunFolder {
  readonly path: string;
  /** Of a new run: refuses what lies in the folder. */
  readonly #refuse: (names: readonly string[]) => void;
  #lock: Lock | undefined;

  private constructor(path: string, refuse: (names: readonly string[]) => void = () => {}) {
    this.path = path;
    this.#refuse = refuse;
  }

  /**
   * A folder for a new run.
   * @param read what is read, which a run must not write over
   * @param command how the program is called, for what it tells people to type
   * @throws UsageError if it holds something, and `force` is false or what it holds is no run
   */
  static async check(
    path: string,
    read: readonly string[],
    { force = false, command }: { readonly force?: boolean; readonly command: string },
  ): Promise<RunFolder> {
    if (path === '') throw new UsageError('--out: expected the path of a folder, got nothing');
    const out = await realPathOf(path);
    const places = await Promise.all(read.map(realPathOf));
    const inside = read.find((_, i) => isWithin(places[i], out));
    if (inside !== undefined) {
      throw new UsageError(
        `--out ${path}: expected a folder in which ${inside}, which is read, does not lie, or a run could write over it; choose another one`,
      );
    }
    const refuse = (names: readonly string[]): void => refuseOccupied(path, names, { force, command });
    refuse(await namesIn(path, `--out ${path}`));
    return new RunFolder(path, refuse);
  }

  /**
   * The folder of a run that was begun, to go on with.
   * @throws UsageError if it holds none, or another process works in it
   */
  static async open(path: string): Promise<{ folder: RunFolder; config: RunConfig }> {
    const names = await namesIn(path, path);
    if (names.length === 0)
      throw new UsageError(`${path}: expected the folder of a run, but there is nothing; check the path`);
    if (!names.includes(CONFIG)) {
      throw new UsageError(
        `${path}: expected the folder of a run, but there is no ${CONFIG} in it; check the path`,
      );
    }
    const folder = new RunFolder(path);
    folder.#lock = Lock.take(folder.file(LOCK));
    try {
      await folder.#expectOwnFiles();
      return { folder, config: await readRunConfig(folder.file(CONFIG)) };
    } catch (error) {
      folder.close();
      throw error;
    }
  }

  /** Records are cut off and written on: a link could lead to a file of somebody else's. */
  async #expectOwnFiles(): Promise<void> {
    for (const name of [...logFiles, CHECKPOINTS]) {
      const stats = await lstat(this.file(name)).catch(() => undefined);
      const isRight = stats === undefined || (name === CHECKPOINTS ? stats.isDirectory() : stats.isFile());
      if (isRight) continue;
      throw new UsageError(
        `${this.file(name)}: expected a ${name === CHECKPOINTS ? 'folder' : 'file'} of the run, but it is a link or something else; put what it leads to in its place`,
      );
    }
  }

  /** Makes the folder, keeps other processes out, and removes what an earlier run left in it. */
  async begin(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
      this.#lock = Lock.take(this.file(LOCK));
      // While the text was read, another run may have come to its end here.
      this.#refuse((await namesIn(this.path, `--out ${this.path}`)).filter((name) => !name.startsWith(LOCK)));
      for (const name of ownFiles) await rm(this.file(name), { force: true, recursive: true });
      this.emptyLogs();
    } catch (error) {
      if (error instanceof UsageError || DiskError.isInstance(error)) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(`--out ${this.path}: cannot be written (${code}); choose another folder`);
    }
  }

  /** The last of what makes a folder a run: from here on it can be resumed. */
  async writeConfig(config: RunConfig): Promise<void> {
    await writeFileWhole(this.file(CONFIG), serializeRunConfig(config));
  }

  /** Something for people to read, which nothing depends on. */
  async writeForPeople(name: (typeof FOR_PEOPLE)[number], text: string): Promise<void> {
    await writeFileWhole(this.file(name), new TextEncoder().encode(text));
  }

  /** Lets other processes in. */
  close(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Under `checkpoints`; sorted by name, they are in the order of their steps. */
  static checkpointName(step: number): string {
    return `step-${String(step).padStart(9, '0')}`;
  }

  /**
   * Keeps a checkpoint, and of the earlier ones the newest, `keep` in all.
   * @throws DiskError if it cannot be written; those before are as they were
   */
  async saveCheckpoint(step: number, files: SnapshotFiles, keep: number): Promise<void> {
    const folder = this.file(CHECKPOINTS);
    await this.#expectSpace([...files.values()].reduce((sum, bytes) => sum + bytes.length, 0));
    await writeSnapshot(folder, RunFolder.checkpointName(step), files);
    for (const old of (await this.#checkpoints()).slice(keep)) await removeSnapshot(folder, old);
  }

  /** The newest checkpoint that is whole; `undefined` if none was written yet. Told of each that is not. */
  async latestCheckpoint(
    warn: (message: string) => void,
  ): Promise<{ files: SnapshotFiles; path: string } | undefined> {
    const folder = this.file(CHECKPOINTS);
    const names = await this.#checkpoints();
    const damaged: string[] = [];
    for (const name of names) {
      try {
        const files = await readSnapshot(folder, name);
        // Out of the way, so that they do not count among those that are kept.
        for (const bad of damaged) {
          await rm(join(folder, `.damaged-${bad}`), { recursive: true, force: true });
          await rename(join(folder, bad), join(folder, `.damaged-${bad}`));
        }
        return { files, path: join(folder, name) };
      } catch (error) {
        if (!CheckpointError.isInstance(error) || isPassing(error)) throw error;
        warn(`a checkpoint is damaged, the one before is taken (${error.message})`);
        damaged.push(name);
      }
    }
    if (names.length > 0) {
      throw new CheckpointError(
        `${folder}: expected a checkpoint that is whole, but none of ${names.length} is; the model in ${this.path} may still be: begin a new run with --weights ${this.path}`,
      );
    }
    return undefined;
  }

  /** The names of those that a run wrote, the newest first; what somebody else put beside them is left alone. */
  async #checkpoints(): Promise<string[]> {
    const stepOf = (name: string): number => Number(name.slice('step-'.length));
    const names = await listSnapshots(this.file(CHECKPOINTS));
    return names.filter((name) => /^step-\d{9,15}$/.test(name)).sort((a, b) => stepOf(b) - stepOf(a));
  }

  /** How long the records are, now that they have reached the disk. */
  logSizes(): LogSizes {
    const sizes = logFiles.map((name) => {
      const path = this.file(name);
      return onDisk(path, () => {
        const file = openSync(path, 'r+'); // Windows flushes only what may be written
        try {
          fsyncSync(file);
          return [name, fstatSync(file).size] as const;
        } finally {
          closeSync(file);
        }
      });
    });
    return Object.fromEntries(sizes) as LogSizes;
  }

  /** Cuts off what was recorded after a checkpoint: it will be recorded again. */
  rewindLogs(sizes: LogSizes, warn: (message: string) => void): void {
    for (const name of logFiles) {
      this.#append(name, '');
      const { size } = statSync(this.file(name));
      const kept = sizes[name] ?? 0;
      if (kept === 0) this.#empty(name);
      else if (size >= kept) onDisk(this.file(name), () => truncateSync(this.file(name), kept));
      else warn(`${this.file(name)} is shorter than it was: what it said of the steps before is lost`);
    }
  }

  /** As if nothing had been recorded yet. */
  emptyLogs(): void {
    for (const name of logFiles) this.#empty(name);
  }

  #empty(name: string): void {
    const beginning = name === EVENTS_FILE ? fileHeader(wallTime()) : '';
    onDisk(this.file(name), () => writeFileSync(this.file(name), beginning));
  }

  /** How many evaluations are recorded. */
  evaluations(): number {
    try {
      return readFileSync(this.file('evaluations.jsonl'), 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  }

  logStep(event: StepEvent): void {
    const { type: _, ...record } = event;
    this.#append('metrics.jsonl', `${JSON.stringify(record)}\n`);
    this.#append(EVENTS_FILE, scalars(event.step, wallTime(), stepTags(event)));
  }

  logEvaluation(event: EvaluationEvent): void {
    const { step, epoch, loss, perplexity, predictions } = event;
    const record = { step, epoch, loss, perplexity, predictions };
    this.#append('evaluations.jsonl', `${JSON.stringify(record)}\n`);
    this.#append(EVENTS_FILE, scalars(step, wallTime(), evaluationTags(event)));
  }

  logSample(step: number, text: string): void {
    this.#append('samples.txt', `--- step ${step} ---\n${text}\n\n`);
    this.#append(EVENTS_FILE, texts(step, wallTime(), { sample: text }));
  }

  #append(name: string, text: string | Uint8Array): void {
    onDisk(this.file(name), () => appendFileSync(this.file(name), text));
  }

  async #expectSpace(bytes: number): Promise<void> {
    const free = await statfs(this.path).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY, // not known: writing will tell
    );
    if (free < bytes * 1.1 + 1e6) {
      throw new DiskError(
        `${this.path}: expected room for a checkpoint of ${Math.ceil(bytes / 1e6)} MB, but ${Math.floor(free / 1e6)} MB are free; make room, then resume the run`,
      );
    }
  }
}

/** Refuses a folder for a new run that holds something, but for a run that is to be written over. */
function refuseOccupied(
  path: string,
  names: readonly string[],
  { force, command }: { readonly force: boolean; readonly command: string },
): void {
  if (names.length === 0) return;
  if (!force) {
    const ways = [
      'choose another one',
      ...(names.includes('metrics.jsonl') ? ['add --force to write over the run in it'] : []),
      ...(names.includes(CONFIG) ? [`go on with that run: ${command} resume ${quoted(path)}`] : []),
    ];
    throw new UsageError(
      `--out ${path}: the folder is not empty (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}); ${ways.join(', or ')}`,
    );
  }
  if (!names.includes('metrics.jsonl')) {
    throw new UsageError(
      `--out ${path}: --force writes over a run, and this folder holds none (no metrics.jsonl); choose another folder`,
    );
  }
}

/** Is it about the moment, and not about the file? Then nothing is damaged. */
function isPassing({ cause }: CheckpointError): boolean {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  return ['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOMEM', 'ESTALE'].includes(code);
}

/** Seconds, as TensorBoard counts them. */
const wallTime = (): number => Date.now() / 1000;

async function namesIn(path: string, what: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw new UsageError(`${what}: expected a folder, there is a file of that name`);
    if (code !== 'ENOENT') throw new UsageError(`${what}: cannot be read (${code}); choose another folder`);
    return [];
  }
}
