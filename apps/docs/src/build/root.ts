import { fileURLToPath } from 'node:url';

/** The repository, of which the site shows files. */
export const root: string = fileURLToPath(new URL('../../../../', import.meta.url));
/** What `prepare-pages` makes. */
export const generated: string = fileURLToPath(new URL('../../.generated/', import.meta.url));
/** The pages. */
export const content: string = fileURLToPath(new URL('../../content/', import.meta.url));
