import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { mappedSources } from './mapped-sources.mjs';

/**
 * @typedef {object} Budget
 * @property {string} name
 * @property {string} code what somebody would import
 * @property {number} limit bytes, minified and gzipped
 * @property {string} [without] a part of a source's path; nothing of such a source may end up in the bundle
 */

/**
 * Bundles each budget's code as a user's bundler would, from the built packages.
 * @param {string} file budgets.json
 * @param {string} from a folder from which the packages can be imported
 * @returns {Promise<{ sizes: { name: string, size: number }[], table: string, problems: string[] }>}
 */
export async function checkSizes(file, from) {
  /** @type {Budget[]} */
  const budgets = JSON.parse(readFileSync(file, 'utf8'));
  const measured = await Promise.all(
    budgets.map(async (budget) => ({ budget, ...(await measure(budget, from)) })),
  );
  const seen = measured.flatMap(({ sources }) => sources);
  return {
    sizes: measured.map(({ budget: { name }, size }) => ({ name, size })),
    table: measured
      .map(
        ({ budget, size }) =>
          `${String(size).padStart(7)} of ${String(budget.limit).padStart(7)}  ${budget.name}`,
      )
      .join('\n'),
    problems: measured.flatMap(({ budget: { name, limit, without }, size, sources }) => {
      const found = [];
      if (size > limit) {
        found.push(
          `${size} bytes gzip, the budget is ${limit}; make it smaller or argue for more in tooling/checks/budgets.json`,
        );
      }
      if (without !== undefined) {
        const unwanted = sources.filter((source) => source.includes(without));
        found.push(...unwanted.map((source) => `${source} is in the bundle and should not be`));
        // Were the source moved or the source maps gone, its absence would prove nothing.
        if (!seen.some((source) => source.includes(without)))
          found.push(`no budget's bundle holds a source with ${without} in its path; mend "without"`);
      }
      return found.map((problem) => `${name}: ${problem}`);
    }),
  };
}

/**
 * @param {Budget} budget
 * @returns {Promise<{ size: number, sources: string[] }>} its size, and the sources of which something is left in it
 */
async function measure({ code }, from) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: from, loader: 'js' },
    absWorkingDir: from,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    // Packages are bundled to one file each; what became of their sources is in their source maps.
    sourcemap: 'external',
    sourcesContent: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    splitting: true,
    outdir: 'bundle',
    logLevel: 'silent',
  });
  const fileOf = (output) =>
    outputFiles.find(({ path }) => path.replaceAll('\\', '/').endsWith(`/${output}`));
  const entry = Object.keys(metafile.outputs).find(
    (output) => metafile.outputs[output].entryPoint === '<stdin>',
  );
  // What is imported only when it is needed goes into files of its own and does not count; what both need does.
  const loaded = new Set([entry]);
  for (const output of loaded) {
    for (const { path, kind } of metafile.outputs[output].imports)
      if (kind === 'import-statement') loaded.add(path);
  }
  const files = [...loaded].map((output) => ({
    text: fileOf(output).text,
    map: fileOf(`${output}.map`).text,
  }));
  return {
    size: files.reduce((total, { text }) => total + gzipSync(text, { level: 9 }).length, 0),
    sources: files.flatMap(({ map }) => mappedSources(map)),
  };
}
