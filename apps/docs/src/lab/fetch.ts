import type { NamedBytes } from './zip-folder.ts';

/** @throws Error with the address and what the server said, if it has no such file */
async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
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
