/** A page for all that each package exports, from its docstrings: content/generated/api/. What has an entry of its own, such as `/node`, has a page of its own. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Application, type Context, Converter, type SignatureReflection } from 'typedoc';
import { content, root } from '../src/build/root.ts';

const packages = await readdir(join(root, 'packages'));
/** `checkpoint/node`, by its file. */
const entries = new Map(
  (await Promise.all(packages.map(entriesOf))).flat().map(({ name, file }) => [file, name] as const),
);
const out = join(content, 'generated/api');

await rm(out, { recursive: true, force: true });
const app = await Application.bootstrapWithPlugins({
  entryPoints: [...entries.keys()].map((file) => join(root, file)),
  tsconfig: join(root, 'apps/docs/tsconfig.api.json'),
  plugin: ['typedoc-plugin-markdown'],
  name: 'API',
  outputs: [{ name: 'markdown', path: out }],
  readme: 'none',
  basePath: root,
  displayBasePath: root,
  // Lines of the site's own copy of the sources; what follows is made a link below.
  ...{ disableGit: true, sourceLinkTemplate: 'source:{path}#L{line}', gitRevision: 'main' },
  ...{ excludePrivate: true, excludeInternal: true, excludeExternals: true, excludeProtected: true },
  ...{ sort: ['source-order'], categorizeByGroup: false, logLevel: 'Warn' },
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  ...{
    outputFileStrategy: 'modules',
    excludeScopesInPaths: true,
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useHTMLAnchors: true,
    parametersFormat: 'table',
    propertiesFormat: 'table',
    useCodeBlocks: true,
    tableColumnSettings: { hideOverrides: true, hideInherited: true },
  },
});

/** What is said of options that a signature takes apart has no parameter to stand with: it goes into the text. */
app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_: Context, signature: SignatureReflection) => {
  const { comment, parameters = [] } = signature;
  for (const parameter of parameters) if (parameter.name === '__namedParameters') parameter.name = 'options';
  if (!comment) return;
  const options = comment.blockTags.filter(({ tag, name }) => tag === '@param' && name?.includes('.'));
  for (const { name, content } of options)
    comment.summary.push({ kind: 'text', text: `\n\n\`${name}\`: ` }, ...content);
  comment.blockTags = comment.blockTags.filter((tag) => !options.includes(tag));
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
  for (const module of project.children ?? []) {
    const name = entries.get(module.sources?.[0]?.fileName ?? '');
    if (name !== undefined) module.name = `@unroll/${name}`;
  }
});
const project = await app.convert();
if (!project) throw new Error('TypeDoc could not read the packages');
await app.generateOutputs(project);
if (app.logger.hasErrors()) throw new Error('TypeDoc has complaints; see above');

for (const name of await readdir(out, { recursive: true })) {
  if (!name.endsWith('.md')) continue;
  const path = join(out, name);
  const page = await readFile(path, 'utf8');
  const linked = page.replace(
    /\[[^\]]+\]\(source:([^)#]+)#L(\d+)\)/g,
    (_, file: string, line: string) =>
      `<SourceLink file="${file}" lines="L${line}">${file.slice(file.lastIndexOf('/') + 1)}:${line}</SourceLink>`,
  );
  await writeFile(path, name === 'index.md' ? await described(linked) : linked);
}

/** The list of packages, with what each is for. */
async function described(page: string): Promise<string> {
  const names = /^- \[@unroll\/([\w-]+)(\/\w+)?\]/;
  const lines = page.replace('## Modules', '').split('\n');
  const [heading, list] = [
    lines.filter((line) => !names.test(line)),
    lines.filter((line) => names.test(line)),
  ];
  // A package comes before its other entries.
  const keyOf = (line: string): string => (line.match(names) ?? []).slice(1).join('');
  list.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const withWords = list.map(async (line) => {
    const [, name, entry] = line.match(names) ?? [];
    if (entry !== undefined) return `  ${line}`;
    const { description } = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
    return `${line}: ${description}`;
  });
  return [...heading, ...(await Promise.all(withWords)), ''].join('\n');
}

interface Entry {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
}

async function entriesOf(name: string): Promise<Entry[]> {
  const manifest = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
  return Object.entries<Record<string, string>>(manifest.exports)
    .filter(([entry]) => !entry.includes('*'))
    .map(([entry, target]) => ({
      name: posix.join(name, entry),
      file: posix.join('packages', name, target['@unroll/source']),
    }));
}
