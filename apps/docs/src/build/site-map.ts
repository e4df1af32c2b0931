/** A page by its path in both languages. */
interface Entry {
  readonly path: string;
  readonly en: string;
  readonly ko: string;
}

interface Section {
  readonly path: string;
  readonly en: string;
  readonly ko: string;
  readonly entries: readonly Entry[];
}

/** What the side bar shows, in the order in which it is read. */
export const sections: readonly Section[] = [
  {
    ...{ path: '/reading/', en: 'The reading', ko: '코드 읽기' },
    entries: [
      { path: '/reading/', en: 'How to read', ko: '읽는 법' },
      { path: '/reading/lstm', en: 'LSTM: one step', ko: 'LSTM: 한 단계' },
      { path: '/reading/time-lstm', en: 'TimeLSTM', ko: 'TimeLSTM' },
      { path: '/reading/time-embedding', en: 'TimeEmbedding', ko: 'TimeEmbedding' },
      { path: '/reading/time-affine', en: 'TimeAffine', ko: 'TimeAffine' },
      { path: '/reading/time-softmax-with-loss', en: 'TimeSoftmaxWithLoss', ko: 'TimeSoftmaxWithLoss' },
      { path: '/reading/rnnlm', en: 'Rnnlm', ko: 'Rnnlm' },
    ],
  },
  {
    ...{ path: '/concepts/', en: 'Concepts', ko: '개념' },
    entries: [
      { path: '/concepts/', en: 'Eight ideas, eight pictures', ko: '여덟 가지 개념, 여덟 개의 그림' },
      { path: '/concepts/vanishing-gradients', en: 'Vanishing gradients', ko: '기울기 소실' },
      { path: '/concepts/streams', en: 'Streams and truncation', ko: '스트림과 절단' },
      { path: '/concepts/clipping', en: 'Clipping', ko: '기울기 클리핑' },
      { path: '/concepts/perplexity', en: 'Perplexity', ko: '퍼플렉서티' },
      { path: '/concepts/sampling', en: 'Sampling', ko: '샘플링' },
      { path: '/concepts/tied-weights', en: 'Tied weights', ko: '가중치 공유' },
      { path: '/concepts/dropout', en: 'Dropout', ko: '드롭아웃' },
      { path: '/concepts/gradient-checking', en: 'Gradient checking', ko: '기울기 확인' },
    ],
  },
];

/** Pages that stand alone in the bar above. */
const pages: readonly Entry[] = [{ path: '/playground', en: 'Playground', ko: '실습실' }];

type Lang = 'en' | 'ko';

const inLang = (lang: Lang, path: string): string => (lang === 'en' ? path : `/ko${path}`);

export function navOf(lang: Lang): { text: string; link: string; activeMatch: string }[] {
  return [...sections, ...pages].map(({ path, ...names }) => ({
    text: names[lang],
    link: inLang(lang, path),
    activeMatch: `^${inLang(lang, path)}`,
  }));
}

export function sidebarOf(lang: Lang): { text: string; items: { text: string; link: string }[] }[] {
  return sections.map((section) => ({
    text: section[lang],
    items: section.entries.map((entry) => ({ text: entry[lang], link: inLang(lang, entry.path) })),
  }));
}
