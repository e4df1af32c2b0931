import { packages } from './packages.ts';
import { runExample } from './run-example.ts';

/** What a worker tells of an example that it runs. */
export type ExampleMessage =
  | { readonly type: 'lines'; readonly lines: readonly string[] }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly message: string };

const tell = (message: ExampleMessage): void => postMessage(message);

addEventListener('message', async ({ data: code }: MessageEvent<string>) => {
  try {
    await runExample(code, load, print);
    tellLines();
    tell({ type: 'end' });
  } catch (error) {
    tellLines();
    tell({
      type: 'error',
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
  }
});

/** A page that got a message for each line would be busy with nothing else. */
const printed: string[] = [];
let told = 0;
const EVERY = 100;

function print(line: string): void {
  printed.push(line);
  if (performance.now() - told > EVERY) tellLines();
}

function tellLines(): void {
  told = performance.now();
  tell({ type: 'lines', lines: printed.splice(0) });
}

async function load(name: string): Promise<unknown> {
  if (!Object.hasOwn(packages, name)) {
    throw new Error(`import of ${name}: here there are ${Object.keys(packages).join(', ')}`);
  }
  return packages[name]();
}
