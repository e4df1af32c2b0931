import { LabError } from './problem.ts';
import type { NamedBytes } from './zip-folder.ts';

/** @throws LabError with the address and what the server said, if it has no such file, or cannot be reached */
async function fetched(url: string): Promise<Response> {
  const failed = (answer: string, cause?: unknown): LabError =>
    new LabError({ name: 'notFetched', values: { url, answer } }, { cause });
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw failed(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!response.ok) throw failed(`${response.status} ${response.statusText}`.trim());
  return response;
}

/** A text of the site. */
export async function fetchText(url: string): Promise<string> {
  return (await fetched(url)).text();
}

/** The files of a model that comes with the site. */
export function fetchModel(url: string): Promise<NamedBytes[]> {
  const names = ['config.json', 'vocab.json', 'model.safetensors'];
  return Promise.all(
    names.map(async (name) => {
      const response = await fetched(`${url}/${name}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    }),
  );
}
