import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { sourceFiles } from './source-files.ts';

/** A page of the site that is a file of the repository. */
export interface RepositoryPage {
  /** From the repository on. */
  readonly from: string;
  /** Of the site, without an ending: `packages/layers` */
  readonly to: string;
}

/** All of them: what packages say of themselves, the command's reference, decisions, results, how to take part. */
export function repositoryPages(root: string): RepositoryPage[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => ({
    from: `packages/${name}/README.md`,
    to: `packages/${name}`,
  }));
  const decisions = readdirSync(join(root, 'docs/decisions')).map((name) => ({
    from: `docs/decisions/${name}`,
    to: `decisions/${name === 'README.md' ? 'index' : name.replace(/\.md$/, '')}`,
  }));
  return [
    ...packages,
    { from: 'apps/trainer/README.md', to: 'packages/trainer' },
    { from: 'docs/unroll.md', to: 'reference/cli' },
    ...decisions,
    { from: 'docs/search.md', to: 'proof/search' },
    { from: 'docs/results.md', to: 'proof/results' },
    { from: 'CONTRIBUTING.md', to: 'reference/contributing' },
  ];
}

/** A file that a page shows or leads to: from the repository on, and among those that the site has as they are. */
export interface PublicFile {
  readonly from: string;
  readonly to: string;
}

export interface MadePage {
  readonly markdown: string;
  readonly files: readonly PublicFile[];
}

/**
 * The text of such a page, its links turned to where the site has what they name: another page, a source, a picture, the report of a
 * run. What the site has not stays as text.
 */
export function pageFrom({ from, to }: RepositoryPage, root: string): MadePage {
  const pages = new Map(repositoryPages(root).map((page) => [page.from, page.to]));
  const sources = new Set(sourceFiles(root));
  const files: PublicFile[] = [];
  const up = '../'.repeat(to.split('/').length - 1) || './';
  const turn = (whole: string, bang: string, text: string, target: string): string => {
    if (/^(https?:|mailto:|#)/.test(target)) return whole;
    const [path, hash = ''] = target.split('#');
    const file = posix.join(posix.dirname(from), path);
    if (bang) {
      const name = posix.basename(file);
      files.push({ from: file, to: `pictures/${name}` });
      return `![${text}](/pictures/${name})`;
    }
    const known = [file, `${file}.md`, posix.join(file, 'README.md')].find((name) => pages.has(name));
    const anchor = hash ? `#${hash}` : '';
    if (known !== undefined) return `[${text}](${up}${pages.get(known)}${anchor})`;
    // A page that is not made by VitePress: as HTML, since VitePress looks only for its own.
    if (sources.has(file)) return `<SourceLink file="${file}">${codeOf(text)}</SourceLink>`;
    if (/^docs\/results\/.*\.html$/.test(file)) {
      const to = `reports/${posix.basename(file)}`;
      files.push({ from: file, to });
      return `<PublicLink to="/${to}">${codeOf(text)}</PublicLink>`;
    }
    return text;
  };
  const source = readFileSync(join(root, from), 'utf8');
  const markdown = outsideOfCode(source, (part) =>
    part.replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, turn),
  );
  for (const { from: file } of files) {
    if (!existsSync(join(root, file))) throw new Error(`${from}: leads to ${file}, which is not there`);
  }
  return { markdown, files };
}

const codeOf = (text: string): string => text.replace(/`([^`]+)`/g, '<code>$1</code>');

/** Changes what of a text is not in a fence. */
function outsideOfCode(source: string, change: (part: string) => string): string {
  return source
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}
