import { pennTreebank, tinyShakespeare } from './corpora.ts';
import type { Published, Row } from './row.ts';

const book = 'Deep Learning from Scratch 2';

const zaremba: Published = {
  value: 82.7,
  of: 'a regularized LSTM, medium: 2 layers of 650',
  source: '[Zaremba et al. 2014](https://arxiv.org/abs/1409.2329), table 1',
};

/** In the order in which they are shown. */
export const rows: readonly Row[] = [
  {
    id: 'ptb-rnnlm',
    about: "The book's LSTM (section 6.4): 4 epochs, the defaults of `unroll train`.",
    corpus: pennTreebank,
    train: ['--recipe', 'rnnlm'],
    split: 'test',
    measure: 'perplexity',
    extras: [],
    published: [{ value: 136.07, of: 'the same model', source: `${book}, section 6.4` }],
    goals: [],
  },
  {
    id: 'ptb-hour',
    about:
      'What an hour on two cores can reach on the Penn Treebank. With a cache (Grave et al. 2017, arXiv:1612.04426) and with dynamic ' +
      'evaluation (Krause et al. 2018, arXiv:1709.07432), every prediction of the test text is counted, in one stream.',
    corpus: pennTreebank,
    train: ['--recipe', 'hour'],
    split: 'test',
    measure: 'perplexity',
    extras: [
      { name: 'cache', evaluate: ['--cache'], under: 'cache' },
      { name: 'dynamic', evaluate: ['--dynamic', '0.1', '--dynamic-decay', '0.006'], under: 'dynamic' },
    ],
    published: [zaremba],
    goals: [
      { figure: 'plain', atMost: 82 },
      { figure: 'cache', atMost: 75 },
    ],
  },
  {
    id: 'ptb-three-hours',
    about:
      "What three hours on two cores can reach there: the quality of the book's better model (section 6.5: two LSTMs of 650, 40 epochs).",
    corpus: pennTreebank,
    train: ['--recipe', 'three-hours'],
    split: 'test',
    measure: 'perplexity',
    extras: [{ name: 'cache', evaluate: ['--cache'], under: 'cache' }],
    published: [{ value: 75.76, of: 'BetterRnnlm', source: `${book}, section 6.5` }, zaremba],
    goals: [{ figure: 'plain', atMost: 75.76 }],
  },
  {
    id: 'shakespeare-char',
    about:
      'A model on the characters of tiny Shakespeare: the first 90 % of the text train, the last 10 % validate, as in nanoGPT. ' +
      'There is no test text; the figure is the best validation loss, which also chose the model.',
    corpus: tinyShakespeare,
    train: ['--recipe', 'shakespeare'],
    split: 'valid',
    measure: 'loss',
    extras: [],
    published: [
      {
        value: 1.4697,
        of: 'a transformer of 6 layers of 384, context 256',
        source:
          '[nanoGPT](https://github.com/karpathy/nanoGPT#quick-start), README: the best validation loss, 3 minutes on an A100',
      },
    ],
    goals: [{ figure: 'plain', atMost: 1.5 }],
  },
];
