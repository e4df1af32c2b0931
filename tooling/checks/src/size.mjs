import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * @typedef {object} Budget
 * @property {string} name
 * @property {string} code what somebody would import
 * @property {number} limit bytes, minified and gzipped
 * @property {string} [without] a part of a path from which nothing may end up in the bundle
 */

/**
 * Bundles each budget's code as a user's bundler would, from the built packages.
 * @param {string} file budgets.json
 * @param {string} from a folder from which the packages can be imported
 * @returns {Promise<{ table: string, problems: string[] }>}
 */
export async function checkSizes(file, from) {
  /** @type {Budget[]} */
  const budgets = JSON.parse(readFileSync(file, 'utf8'));
  const measured = await Promise.all(
    budgets.map(async (budget) => ({ budget, ...(await measure(budget, from)) })),
  );
  return {
    table: measured
      .map(
        ({ budget, size }) =>
          `${String(size).padStart(7)} of ${String(budget.limit).padStart(7)}  ${budget.name}`,
      )
      .join('\n'),
    problems: measured.flatMap(({ budget, size, inputs }) => [
      ...(size > budget.limit
        ? [
            `${budget.name}: ${size} bytes gzip, the budget is ${budget.limit}; make it smaller or argue for more in tooling/checks/budgets.json`,
          ]
        : []),
      ...inputs
        .filter((input) => budget.without && input.includes(budget.without))
        .map((input) => `${budget.name}: ${input} is in the bundle and should not be`),
    ]),
  };
}

/** @param {Budget} budget */
async function measure({ code }, from) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: from, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    sourcemap: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    splitting: true,
    outdir: 'bundle',
    logLevel: 'silent',
  });
  // What is imported only when it is needed goes into files of its own, and does not count here.
  const [entry, { inputs }] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined,
  );
  const text = outputFiles.find(({ path }) => path.endsWith(entry)).text;
  const kept = Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0);
  return { size: gzipSync(text, { level: 9 }).length, inputs: [...kept, ...classesIn(text)] };
}

/** Packages are bundled to one file each, so a part of one is known by what it says in its messages. */
const classesIn = (text) => (text.includes('a tensor of the reference backend') ? ['reference backend'] : []);
