import { InvalidArgumentError } from 'commander';

// Parsers for commander: they turn a word of the command line into a number or refuse it.

export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    }
    return value;
  };
}

export function numberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least) {
      throw new InvalidArgumentError(`Expected a number from ${least}.`);
    }
    return value;
  };
}

export function from0UpTo1(text: string): number {
  const value = numberFrom(0)(text);
  if (value > 1) throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
}

export function from0Below1(text: string): number {
  const value = numberFrom(0)(text);
  if (value >= 1) throw new InvalidArgumentError('Expected a number from 0 to below 1.');
  return value;
}

export function above0UpTo1(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Expected a number above 0, up to 1.');
  return value;
}

/** `90s`, `30m`, `8h`, to milliseconds. */
export function timeSpan(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const milliseconds = Number(number) * { s: 1e3, m: 6e4, h: 3.6e6 }[unit as 's' | 'm' | 'h'];
  if (!(milliseconds > 0)) throw new InvalidArgumentError('Expected a time such as 90s, 30m or 8h.');
  return milliseconds;
}
