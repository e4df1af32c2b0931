/** What pages need that is not written by hand: traces of what the packages do, and the repository's own texts. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readChangesets } from '@changesets/read';
import { changesPage } from '../src/build/changes-page.ts';
import { exampleName, examplesIn, moduleOf } from '../src/build/examples.ts';
import { pageFrom, repositoryPages } from '../src/build/repository-pages.ts';
import { content, generated, root } from '../src/build/root.ts';
import { siteText } from '../src/build/site-text.ts';
import { traceOf } from '../src/build/trace.ts';
import { runExample } from '../src/examples/run-example.ts';
import { scenarios } from '../src/live/scenarios/index.ts';

await mkdir(generated, { recursive: true });
const traces = await Promise.all(
  Object.entries(scenarios).map(async ([name, scenario]) => [name, await traceOf(scenario, root)] as const),
);
await writeFile(join(generated, 'traces.json'), JSON.stringify(Object.fromEntries(traces)));

const pages = join(content, 'generated');
const open = join(content, 'public');
const texts = join(open, 'text');
for (const folder of [texts, join(open, 'pictures'), join(open, 'reports')])
  await rm(folder, { recursive: true, force: true });
await mkdir(pages, { recursive: true });
for (const entry of await readdir(pages, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const ofOthers = /^api\b|^proof\/index\.md$/.test(relative(pages, path).replaceAll('\\', '/'));
  if (entry.isFile() && !ofOthers) await rm(path);
}
for (const page of repositoryPages(root)) {
  const made = pageFrom(page, root);
  const path = join(pages, `${page.to}.md`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, made.markdown);
  for (const { from, to } of made.files) {
    await mkdir(dirname(join(open, to)), { recursive: true });
    await copyFile(join(root, from), join(open, to));
  }
}

await writeFile(join(pages, 'reference/changes.md'), changesPage(root, await readChangesets(root)));

await mkdir(texts, { recursive: true });
for (const lang of ['en', 'ko'] as const)
  await writeFile(join(texts, `${lang}.txt`), siteText(content, lang));

const snippets = join(generated, 'snippets');
await rm(snippets, { recursive: true, force: true });
await mkdir(snippets, { recursive: true });
const keepSnippets = async (name: string, markdown: string): Promise<void> => {
  const module = moduleOf(markdown);
  const file = `${name.replace(/\.md$/, '').replaceAll(/[/\\]/g, '-')}.ts`;
  if (module !== undefined) await writeFile(join(snippets, file), module);
};
await keepSnippets('repository', await readFile(join(root, 'README.md'), 'utf8'));

const outputs: Record<string, string> = {};
for (const name of await readdir(content, { recursive: true })) {
  if (!name.endsWith('.md')) continue;
  const markdown = await readFile(join(content, name), 'utf8');
  if (!/^generated.api\b/.test(name)) await keepSnippets(name, markdown); // there, signatures alone
  for (const code of examplesIn(markdown)) {
    const id = exampleName(code);
    if (Object.hasOwn(outputs, id)) continue; // the same in two languages
    const lines: string[] = [];
    try {
      await runExample(
        code,
        (from) => import(from),
        (line) => lines.push(line),
      );
    } catch (error) {
      throw new Error(`${name}: an example fails: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
    outputs[id] = lines.join('\n');
  }
}
await writeFile(join(generated, 'outputs.json'), JSON.stringify(outputs));
