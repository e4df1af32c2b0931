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

/** A picture that a page shows, from the repository on. */
export interface Picture {
  readonly from: string;
  readonly to: string;
}

export interface MadePage {
  readonly markdown: string;
  readonly pictures: readonly Picture[];
}

/**
 * The text of such a page, its links turned to where the site has what they name: another page, a source, a picture. What the site has
 * not stays as text.
 */
export function pageFrom({ from, to }: RepositoryPage, root: string): MadePage {
  const pages = new Map(repositoryPages(root).map((page) => [page.from, page.to]));
  const sources = new Set(sourceFiles(root));
  const pictures: Picture[] = [];
  const up = '../'.repeat(to.split('/').length - 1) || './';
  const turn = (whole: string, bang: string, text: string, target: string): string => {
    if (/^(https?:|mailto:|#)/.test(target)) return whole;
    const [path, hash = ''] = target.split('#');
    const file = posix.join(posix.dirname(from), path);
    if (bang) {
      const name = posix.basename(file);
      pictures.push({ from: file, to: `pictures/${name}` });
      return `![${text}](/pictures/${name})`;
    }
    const known = [file, `${file}.md`, posix.join(file, 'README.md')].find((name) => pages.has(name));
    const anchor = hash ? `#${hash}` : '';
    if (known !== undefined) return `[${text}](${up}${pages.get(known)}${anchor})`;
    // A page that is not made by VitePress: as HTML, since VitePress looks only for its own.
    if (sources.has(file)) return `<SourceLink file="${file}">${codeOf(text)}</SourceLink>`;
    return text;
  };
  const source = readFileSync(join(root, from), 'utf8');
  const markdown = outsideOfCode(source, (part) =>
    part.replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, turn),
  );
  for (const { from: picture } of pictures) {
    if (!existsSync(join(root, picture))) throw new Error(`${from}: shows ${picture}, which is not there`);
  }
  return { markdown, pictures };
}

const codeOf = (text: string): string => text.replace(/`([^`]+)`/g, '<code>$1</code>');

/** Changes what of a text is not in a fence. */
function outsideOfCode(source: string, change: (part: string) => string): string {
  return source
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}
