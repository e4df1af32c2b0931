import { appendFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { EvaluationEvent, StepEvent } from '@unroll/training';
import { UsageError } from './exit-code.ts';

const modelFiles = ['model.safetensors', 'config.json', 'vocab.json'];

/** What a run writes; `--force` removes these and nothing else. */
const ownFiles = [
  ...modelFiles,
  'metrics.jsonl',
  'evaluations.jsonl',
  'samples.txt',
  ...modelFiles.map((name) => join('interrupted', name)),
];

/** Is `inner` the folder `outer`, or somewhere in it? */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

/** The folder of one run: the model, and a record of how it came about. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * @param data where the text lies, which a run must not write over
   * @throws UsageError if it holds something, and `force` is false or what it holds is no run
   */
  static async check(path: string, data: string, force: boolean): Promise<RunFolder> {
    if (path === '') throw new UsageError('--out: expected the path of a folder, got nothing');
    if (isWithin(data, path)) {
      throw new UsageError(
        `--out ${path}: expected a folder in which --data ${data} does not lie, or a run could write over its text; choose another one`,
      );
    }
    let names: string[] = [];
    try {
      names = await readdir(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOTDIR')
        throw new UsageError(`--out ${path}: expected a folder, there is a file of that name`);
      if (code !== 'ENOENT')
        throw new UsageError(`--out ${path}: cannot be read (${code}); choose another folder`);
    }
    if (names.length > 0 && !force) {
      throw new UsageError(
        `--out ${path}: the folder is not empty (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}); choose another one, or add --force to write over the run in it`,
      );
    }
    if (names.length > 0 && !names.includes('metrics.jsonl')) {
      throw new UsageError(
        `--out ${path}: --force writes over a run, and this folder holds none (no metrics.jsonl); choose another folder`,
      );
    }
    return new RunFolder(path);
  }

  /** Makes the folder, and removes what an earlier run left in it. */
  async begin(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
      for (const name of ownFiles) await rm(this.file(name), { force: true });
      appendFileSync(this.file('metrics.jsonl'), '');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UsageError(`--out ${this.path}: cannot be written (${code}); choose another folder`);
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  logStep({ type: _, ...record }: StepEvent): void {
    appendFileSync(this.file('metrics.jsonl'), `${JSON.stringify(record)}\n`);
  }

  logEvaluation({ step, epoch, loss, perplexity, predictions }: EvaluationEvent): void {
    const record = { step, epoch, loss, perplexity, predictions };
    appendFileSync(this.file('evaluations.jsonl'), `${JSON.stringify(record)}\n`);
  }

  logSample(step: number, text: string): void {
    appendFileSync(this.file('samples.txt'), `--- step ${step} ---\n${text}\n\n`);
  }
}
