import { packages } from './packages.ts';
import { runExample } from './run-example.ts';
import { showValue } from './show-value.ts';

/** What a worker tells of an example that it runs. */
export type ExampleMessage =
  | { readonly type: 'lines'; readonly lines: readonly string[] }
  | { readonly type: 'end' }
  | { readonly type: 'too-much' }
  | { readonly type: 'error'; readonly message: string };

const tell = (message: ExampleMessage): void => postMessage(message);

addEventListener('message', async ({ data: code }: MessageEvent<string>) => {
  try {
    await runExample(code, load, print);
    tellLines();
    tell({ type: 'end' });
  } catch (error) {
    tellLines();
    tell({ type: 'error', message: describe(error) });
  }
});

/** Whatever was thrown: an example may throw anything. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : showValue(error);
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

/** A page that got a message for each line would be busy with nothing else. */
const printed: string[] = [];
let told = 0;
let later: ReturnType<typeof setTimeout> | undefined;
const EVERY = 100;
/** More than this nobody reads: the example is ended. */
const [MOST_LINES, MOST_CHARACTERS] = [500, 200_000];
let [lines, characters] = [0, 0];
const isTooMuch = (): boolean => lines > MOST_LINES || characters > MOST_CHARACTERS;

function print(line: string): void {
  if (isTooMuch()) return; // the page knows, and will end this
  lines++;
  characters += line.length;
  printed.push(line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)} …` : line);
  if (isTooMuch()) {
    tellLines();
    tell({ type: 'too-much' });
  } else if (performance.now() - told > EVERY) {
    tellLines();
  } else {
    later ??= setTimeout(tellLines, EVERY); // an example may compute for long before it prints again
  }
}

function tellLines(): void {
  told = performance.now();
  clearTimeout(later);
  later = undefined;
  tell({ type: 'lines', lines: printed.splice(0) });
}

async function load(name: string): Promise<unknown> {
  if (!Object.hasOwn(packages, name)) {
    throw new Error(`import of ${name}: here there are ${Object.keys(packages).join(', ')}`);
  }
  return packages[name]();
}
