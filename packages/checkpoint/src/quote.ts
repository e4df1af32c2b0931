const LONGEST = 80;

/** A name read from a file, as a message may show it: escaped and never long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}
