/** A text that many people measure on, so that their results can be compared. */
export interface Corpus {
  readonly name: string;
  /** How the folder with its files is called. */
  readonly folder: string;
  /** Its files, each with its sha256: on another text, a figure means nothing. */
  readonly files: Readonly<Record<string, string>>;
  /** As somebody would type it after `--data`. */
  readonly typed: string;
  /** How to come by it. */
  readonly source: string;
}

export const pennTreebank: Corpus = {
  name: 'the Penn Treebank',
  folder: 'ptb',
  files: {
    'ptb.train.txt': 'fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf',
    'ptb.valid.txt': 'c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2',
    'ptb.test.txt': 'dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0',
  },
  typed: '~/.cache/unroll/ptb',
  source: '`unroll data ptb` (in a checkout `node apps/trainer/bin/unroll.js data ptb`) fetches it',
};

export const tinyShakespeare: Corpus = {
  name: 'tiny Shakespeare',
  folder: 'tinyshakespeare',
  files: { 'input.txt': '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed' },
  typed: 'tinyshakespeare/input.txt',
  source: 'it is data/tinyshakespeare/input.txt of https://github.com/karpathy/char-rnn',
};
