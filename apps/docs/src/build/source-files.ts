import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The sources that pages link to, from the repository on: those of packages and apps, without their tests. */
export function sourceFiles(root: string): string[] {
  return ['packages', 'apps'].flatMap((area) =>
    readdirSync(join(root, area)).flatMap((name) => {
      const folder = `${area}/${name}/src`;
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('generated'))
        .map((file) => `${folder}/${file}`);
    }),
  );
}
