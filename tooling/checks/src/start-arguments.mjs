/** What `npm start` tells `unroll train`: what was typed after it, and what is missing of a run of a minute or two. */
import { relative, resolve } from 'node:path';

const paths = new Set(['--data', '--valid', '--test', '--out', '--config', '--weights', '--tokenizer-file']);

/**
 * @param {readonly string[]} given what was typed after `npm start --`
 * @param {{ from: string, root: string, ownText: () => string, out: string }} where `from`: where the person is, from where paths are meant;
 *   `root`: from where they are read; `ownText`: writes the text to train on where none is given, and says where; `out`: the folder of the run
 * @returns {string[]}
 */
export function startArguments(given, { from, root, ownText, out }) {
  const has = (option) => given.some((word) => word === option || word.startsWith(`${option}=`));
  const typed = pathsFromRoot(given, from, root);
  // A configuration file says all that there is to say.
  if (has('--config')) return ['train', ...typed];
  return [
    'train',
    ...(has('--data') ? [] : ['--data', ownText()]),
    ...(has('--out') ? [] : ['--out', out]),
    ...(has('--recipe') ? [] : ['--recipe', 'char']),
    ...(has('--sample-size') ? [] : ['--sample-size', '200']),
    ...typed,
  ];
}

function pathsFromRoot(given, from, root) {
  const fromRoot = (path) => (path === '-' ? path : relative(root, resolve(from, path)) || '.');
  let isPath = false; // of an option for paths, all words are up to the next option
  return given.map((word) => {
    if (!word.startsWith('-') || word === '-') return isPath ? fromRoot(word) : word;
    const [name, value] = word.split(/=(.*)/s);
    isPath = paths.has(name);
    return isPath && value !== undefined ? `${name}=${fromRoot(value)}` : word;
  });
}
