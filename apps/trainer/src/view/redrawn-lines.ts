import stringWidth from 'string-width';

// The control sequences of ECMA-48 that are needed.
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** Lines at the bottom of a terminal that are drawn again and again, and above which other lines pass by. */
export class RedrawnLines {
  readonly #stream: NodeJS.WriteStream;
  #drawn: readonly string[] = [];

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param lines none of them wider than the terminal */
  draw(lines: readonly string[]): void {
    this.#write(lines);
    this.#drawn = lines;
  }

  /** Puts lines that stay above those that are redrawn. */
  above(lines: readonly string[]): void {
    this.#write([...lines, ...(this.#drawn.length > 0 ? this.#drawn : [''])]);
  }

  /** What was drawn last stays. */
  end(): void {
    if (this.#drawn.length > 0) this.#stream.write('\n');
    this.#drawn = [];
  }

  /**
   * Over what was drawn before. Line by line, not by erasing all of it first: that flickers, and some terminals keep a copy of what is
   * erased from the top of the screen on.
   */
  #write(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${ERASE_LINE}`).join('\n');
    this.#stream.write(`\r${up(this.#rows() - 1)}${text}${ERASE_BELOW}`);
  }

  /** How many rows the drawn lines take: a terminal that became narrower has broken them. */
  #rows(): number {
    const columns = this.#stream.columns || 80;
    return this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
  }
}
