import { packages } from './packages.ts';
import { runExample } from './run-example.ts';

/** What a worker tells of an example that it runs. */
export type ExampleMessage =
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly message: string };

const tell = (message: ExampleMessage): void => postMessage(message);

addEventListener('message', async ({ data: code }: MessageEvent<string>) => {
  try {
    await runExample(code, load, (line) => tell({ type: 'line', line }));
    tell({ type: 'end' });
  } catch (error) {
    tell({
      type: 'error',
      message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    });
  }
});

async function load(name: string): Promise<unknown> {
  if (!Object.hasOwn(packages, name)) {
    throw new Error(`import of ${name}: here there are ${Object.keys(packages).join(', ')}`);
  }
  return packages[name]();
}
