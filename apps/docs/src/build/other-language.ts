/**
 * Where the menu of languages leads: to the same page, or to the beginning from one that is in English only, which are those of
 * the repository's own texts. It travels to the browser as text, and so may use nothing from outside.
 */
export function pageInOtherLanguage(
  _: unknown,
  { data: { relativePath } }: { readonly data: { readonly relativePath: string } },
  targetLocale: string,
): string {
  const page = relativePath
    .replace(/^ko\//, '')
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '');
  const known = targetLocale === 'root' || !/^(packages|api|reference|proof|decisions)\//.test(page);
  return (targetLocale === 'root' ? '/' : `/${targetLocale}/`) + (known ? page : '');
}
