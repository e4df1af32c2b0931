import { createHash } from 'node:crypto';

/** A mark by which to see whether a page has changed; its front matter does not count. */
export function versionOf(markdown: string): string {
  const body = markdown.replace(/^---\n[\s\S]*?\n---\n/, '').trim();
  return createHash('sha256').update(body).digest('hex').slice(0, 12);
}

/** The English page, by its version, that a page says it translates. */
export function translates(markdown: string): string | undefined {
  return markdown.match(/^---\n[\s\S]*?^translates: (\S+)$[\s\S]*?^---$/m)?.[1];
}

/** The same page, saying that it translates this version. */
export function markTranslated(markdown: string, version: string): string {
  const line = `translates: ${version}`;
  if (translates(markdown) !== undefined) return markdown.replace(/^translates: \S+$/m, line);
  return markdown.startsWith('---\n')
    ? markdown.replace('---\n', `---\n${line}\n`)
    : `---\n${line}\n---\n\n${markdown}`;
}
