/** A page for all that each package exports, from its docstrings: content/generated/api/. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Application, type Context, Converter, type SignatureReflection } from 'typedoc';
import { content, root } from '../src/build/root.ts';

const packages = await readdir(join(root, 'packages'));
const out = join(content, 'generated/api');

await rm(out, { recursive: true, force: true });
const app = await Application.bootstrapWithPlugins({
  entryPoints: packages.map((name) => join(root, 'packages', name, 'src/index.ts')),
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
    const name = packages.find((name) => module.sources?.[0]?.fileName.includes(`packages/${name}/`));
    if (name !== undefined) module.name = `@unroll/${name}`;
  }
});
const project = await app.convert();
if (!project) throw new Error('TypeDoc could not read the packages');
await app.generateOutputs(project);
if (app.logger.hasErrors()) throw new Error('TypeDoc has complaints; see above');

for (const name of await readdir(out)) {
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
  const lines = page.replace('## Modules', '').split('\n');
  const withWords = lines.map(async (line) => {
    const [, name] = line.match(/^- \[@unroll\/([\w-]+)\]/) ?? [];
    if (name === undefined) return line;
    const { description } = JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'));
    return `${line}: ${description}`;
  });
  return (await Promise.all(withWords)).join('\n');
}
