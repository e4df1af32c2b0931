import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

/** One thing that a run can be told: on the command line, in a configuration file, in a recipe. */
export interface Setting {
  /** On the command line: `--hidden-size <H>`. */
  readonly flag: string;
  readonly about: string;
  /** What it may be; its messages say what was expected. */
  readonly schema: z.ZodType;
  /** What it is when nothing is said. */
  readonly value?: string | number | boolean;
  /** What happens when nothing is said, where that is no value. */
  readonly usual?: string;
  readonly choices?: readonly string[];
  /** Is it a path, or several? */
  readonly isPath?: boolean;
  /** A word of the command line as a value. */
  readonly fromText: (text: string, before?: unknown) => unknown;
}

/** What may stand beside flag, description and type. */
type More = Pick<Setting, 'value' | 'usual'> & { readonly most?: number };

const toNumber = (text: string): unknown => (text.trim() === '' ? text : Number(text));

export function whole(least: number, flag: string, about: string, { most, ...more }: More = {}): Setting {
  const error = `a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`;
  const schema = z
    .int({ error })
    .min(least, { error })
    .max(most ?? Number.MAX_SAFE_INTEGER, { error });
  return { flag, about, schema, fromText: toNumber, ...more };
}

export function numberFrom(least: number, flag: string, about: string, more: More = {}): Setting {
  const error = `a number from ${least}`;
  return { flag, about, schema: z.number({ error }).min(least, { error }), fromText: toNumber, ...more };
}

/** From 0 to below 1. */
export function fraction(flag: string, about: string, more: More = {}): Setting {
  const error = 'a number from 0 to below 1';
  const schema = z.number({ error }).min(0, { error }).lt(1, { error });
  return { flag, about, schema, fromText: toNumber, ...more };
}

export function oneOf(names: readonly string[], flag: string, about: string, more: More = {}): Setting {
  const schema = z.enum(names as [string, ...string[]], { error: `one of ${names.join(', ')}` });
  return { flag, about, schema, choices: names, fromText: (text) => text, ...more };
}

/** Not with `min`: zod looks at the length of whatever came, also of an object that cannot be compared with a number. */
function somePath(error: string): z.ZodType {
  return z
    .string({ error })
    .refine((text) => text !== '', { error })
    .meta({ minLength: 1 });
}

export function path(flag: string, about: string, more: More = {}): Setting {
  const schema = somePath('a path');
  return { flag, about, schema, isPath: true, fromText: (text) => text, ...more };
}

/** Something that is so when it is said. */
export function toggle(flag: string, about: string): Setting {
  const error = 'true or false';
  return { flag, about, schema: z.boolean({ error }), value: false, fromText: (text) => text === 'true' };
}

/** One path or several. */
export function paths(flag: string, about: string, more: More = {}): Setting {
  const error = 'a path, or a list of paths';
  const one = somePath(error);
  const several = z.array(one).refine((list) => list.length > 0, { error });
  return {
    ...{ flag, about, isPath: true },
    schema: z.union([one, several.meta({ minItems: 1 })], { error }),
    fromText: (text, before) => (before === undefined ? text : [before, text].flat()),
    ...more,
  };
}

/** As a parser for commander: a word of the command line to a value, or what it should have been. */
export function parserOf({ schema, fromText }: Setting): (text: string, before: unknown) => unknown {
  return (text, before) => {
    const value = fromText(text, before);
    const { error } = schema.safeParse(value);
    if (error) throw new InvalidArgumentError(`Expected ${error.issues[0].message}.`);
    return value;
  };
}
