import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { z } from 'zod';
import { commitOf } from './commit-of.ts';
import { type Machine, machineSchema, thisMachine } from './machine.ts';

/** What one run of a check came to, for those who want to know without an hour to spare. */
export interface Measured {
  /** Of its file: `kill-wasm`. */
  readonly name: string;
  /** In a few words: `A failing disk`. */
  readonly title: string;
  /** What was done, in a sentence. */
  readonly about: string;
  /** As somebody would type it. */
  readonly command: string;
  /** When it ended, in ISO 8601. */
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly figures: readonly Figure[];
}

export interface Figure {
  readonly what: string;
  /** With its unit. */
  readonly value: string;
  /** What it was to be, if something was. */
  readonly asked?: string;
}

const NAME = /^[a-z0-9-]+$/;

const schema: z.ZodType<Measured> = z.object({
  name: z.string().regex(NAME, 'expected small letters, digits and dashes'),
  title: z.string(),
  about: z.string(),
  command: z.string(),
  date: z.iso.datetime(),
  commit: z.string(),
  machine: machineSchema,
  seconds: z.number().positive(),
  figures: z
    .array(z.object({ what: z.string(), value: z.string(), asked: z.string().optional() }))
    .min(1, 'expected a figure'),
});

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where they are kept. */
export const measuredFolder: string = join(root, 'docs/measured');

/**
 * Keeps what was measured, in the place of what was measured under the same name before.
 * @param measured.seconds that it took; without, since the process began
 */
export async function keepMeasured(
  measured: Pick<Measured, 'name' | 'title' | 'about' | 'command' | 'figures'> & {
    readonly seconds?: number;
  },
  folder: string = measuredFolder,
): Promise<void> {
  const kept = schema.parse({
    seconds: process.uptime(),
    ...measured,
    date: new Date().toISOString(),
    commit: commitOf(root),
    machine: thisMachine(),
  });
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${kept.name}.json`);
  await writeFileWhole(path, new TextEncoder().encode(`${JSON.stringify(kept, null, 2)}\n`));
}

/** In the order of their names. @throws Error naming a file that is not as it was written */
export function readMeasured(folder: string = measuredFolder): Measured[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (parsed.success && file === `${parsed.data.name}.json`) return parsed.data;
      const problem = parsed.success
        ? `it says that it is ${parsed.data.name}`
        : z.prettifyError(parsed.error);
      throw new Error(`${path}: ${problem}; restore the file, or measure again`);
    });
}

/**
 * How this process was called, as somebody would type it elsewhere: without `--record`, and with a stand-in for the path of a text.
 * @param start what comes before the options: `pnpm fuzz`
 */
export function typedCommand(start: string, args: readonly string[] = process.argv.slice(2)): string {
  const typed = args
    .map((arg, i) => (args[i - 1] === '--data' ? '<text>' : arg.replace(/^--data=.*/s, '--data=<text>')))
    .filter((arg) => arg !== '--record' && arg !== '--');
  return [start, ...typed].join(' ');
}
