import stringWidth from 'string-width';

/** 929589 as 929,589. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** With as many digits as tell something: 9.210, 1,240, 84.3. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3);
}

/** A learning rate or another small number as it was given: 0.25, 20, 1e-7. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** 3 min 20 s */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 ** 3) return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return `${(value / 1024 ** 3).toFixed(1)} GiB`;
}

/** Rows with their columns lined up: the first flush left, the others flush right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) =>
    rows.reduce((most, row) => Math.max(most, stringWidth(row[column])), 0),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const gap = ' '.repeat(widths[column] - stringWidth(cell));
          return column === 0 ? cell + gap : gap + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A path as one word of a shell's command line. */
export function quoted(path: string): string {
  if (/^[\w./~-]+$/.test(path)) return path;
  // In single quotes, in which a POSIX shell runs nothing.
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}

/** Text of unknown origin, with control characters made visible: they could write anything over a terminal. Of Windows' line ends, the line feed is enough. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
