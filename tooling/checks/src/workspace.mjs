import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Package
 * @property {string} folder from the workspace's root, `packages/tensor`
 * @property {string} path absolute
 * @property {Record<string, any>} manifest its package.json
 */

/**
 * Every package of the workspace, by folder.
 * @param {string} root
 * @returns {Package[]}
 */
export function packagesOf(root) {
  return ['packages', 'apps', 'tooling'].flatMap((group) =>
    namesIn(join(root, group)).flatMap((name) => {
      const folder = `${group}/${name}`;
      const path = join(root, folder);
      try {
        return [{ folder, path, manifest: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) }];
      } catch (error) {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
        throw error;
      }
    }),
  );
}

/** @param {Package} package_ */
export const isPublished = ({ manifest }) => manifest.private !== true;

function namesIn(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
