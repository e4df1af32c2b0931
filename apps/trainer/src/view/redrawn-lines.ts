import stringWidth from 'string-width';

// The control sequences of ECMA-48 that are needed.
const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');
const deleted = (lines: number): string => (lines > 0 ? `\u001b[${lines}M` : '');

/**
 * Lines at the bottom of a terminal that are drawn again and again, and above which other lines pass by. The cursor rests on a free
 * line below them: what the terminal echoes there, as ^C, cannot break a line that is drawn.
 */
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
    this.#write([...lines, ...this.#drawn]);
  }

  /** What was drawn last stays. */
  end(): void {
    this.#drawn = [];
  }

  /**
   * In place of what was drawn before. Its rows are deleted, not erased: tmux takes erased cells for written ones, so that a line drawn
   * over a longer one would be broken when the terminal becomes narrower, and keeps a copy of what is erased from the top of the screen on.
   */
  #write(lines: readonly string[]): void {
    const rows = this.#rows();
    this.#stream.write(`\r${up(rows)}${deleted(rows + 1)}${lines.map((line) => `${line}\n`).join('')}`);
  }

  /** How many rows the drawn lines take: a terminal that became narrower has broken them. */
  #rows(): number {
    const columns = this.#stream.columns || 80;
    return this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
  }
}
