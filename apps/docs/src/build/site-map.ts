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
const sections: readonly Section[] = [
  {
    ...{ path: '/start/', en: 'Start', ko: '시작' },
    entries: [{ path: '/start/', en: 'What it is, and two minutes', ko: '소개와 2분 만에 시작하기' }],
  },
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
      { path: '/reading/truncated-bptt', en: 'Truncated BPTT', ko: 'Truncated BPTT' },
      { path: '/reading/trainer', en: 'The training loop', ko: '학습 루프' },
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
  {
    ...{ path: '/guides/', en: 'Guides', ko: '안내서' },
    entries: [
      { path: '/guides/', en: 'All guides', ko: '모든 안내서' },
      { path: '/guides/your-text', en: 'Your own text', ko: '내 글로 학습시키기' },
      { path: '/guides/sizes', en: 'Choose sizes', ko: '크기 고르기' },
      { path: '/guides/resume', en: 'Stop and go on', ko: '멈추고 이어서 하기' },
      { path: '/guides/interchange', en: 'PyTorch, NumPy, ONNX', ko: 'PyTorch, NumPy, ONNX' },
      { path: '/guides/own-layer', en: 'Your own layer', ko: '내 계층 만들기' },
      { path: '/guides/own-backend', en: 'A backend', ko: '백엔드 만들기' },
      { path: '/guides/from-the-book', en: 'From the book', ko: '책으로 공부하신 분께' },
      { path: '/guides/from-keras', en: 'From Keras', ko: 'Keras에서 오신 분께' },
      { path: '/guides/from-pytorch', en: 'From PyTorch', ko: 'PyTorch에서 오신 분께' },
    ],
  },
];

/** Pages that are in English only: they come from the repository's own files. */
const reference: Section = {
  ...{ path: '/packages/', en: 'Reference', ko: '레퍼런스(영어)' },
  entries: [
    { path: '/packages/', en: 'Packages', ko: '패키지' },
    { path: '/api/', en: 'API', ko: 'API' },
    { path: '/reference/cli', en: 'The command', ko: '명령' },
    { path: '/proof/', en: 'Proof', ko: '실측' },
    { path: '/proof/results', en: 'Results', ko: '결과' },
    { path: '/proof/search', en: 'How recipes were found', ko: '레시피를 찾은 과정' },
    { path: '/decisions/', en: 'Decisions', ko: '결정 기록' },
    { path: '/reference/changes', en: 'Changes', ko: '변경 내역' },
    { path: '/reference/contributing', en: 'Taking part', ko: '기여하기' },
  ],
};

/** Where pages are that have no Korean sister. */
const englishOnly: readonly string[] = ['/packages/', '/api/', '/reference/', '/proof/', '/decisions/'];

const otherEntries: Readonly<Record<string, readonly string[]>> = {
  checkpoint: ['node'],
  conformance: ['checks'],
  'model-folder': ['node'],
  text: ['node', 'huggingface'],
};

const packageNames = [
  ...['tensor', 'tensor-wasm', 'tensor-blas', 'backend', 'layers', 'losses', 'optimizers', 'rnnlm', 'text'],
  ...['checkpoint', 'model-folder', 'interchange', 'training', 'conformance', 'trainer'],
];

/** What has a page of the API: a package, and what it has beside its main entry. */
const apiNames = packageNames
  .filter((name) => name !== 'trainer') // which is a command
  .flatMap((name) => [name, ...(otherEntries[name] ?? []).map((entry) => `${name}/${entry}`)]);

const playground: Entry = { path: '/playground', en: 'Playground', ko: '실습실' };

type Lang = 'en' | 'ko';

const inLang = (lang: Lang, path: string): string => (lang === 'en' ? path : `/ko${path}`);

interface NavLink {
  readonly text: string;
  readonly link: string;
  readonly activeMatch: string;
}

type NavItem =
  | NavLink
  | { readonly text: string; readonly items: { readonly text: string; readonly link: string }[] };

/** The bar above. */
export function navOf(lang: Lang): NavItem[] {
  const [start, reading, concepts, guides] = sections;
  const links = [start, reading, concepts, playground, guides].map(({ path, ...names }) => ({
    text: names[lang],
    link: inLang(lang, path),
    activeMatch: `^${inLang(lang, path)}`,
  }));
  const items = reference.entries.map(({ path, ...names }) => ({ text: names[lang], link: path }));
  return [...links, { text: reference[lang], items }];
}

interface SidebarGroup {
  readonly text: string;
  readonly items: { readonly text: string; readonly link: string }[];
  readonly collapsed?: boolean;
}

/** What stands beside a page: beside those in English only, the reference. */
export function sidebarOf(lang: Lang): Record<string, SidebarGroup[]> {
  const own = sections.map((section) => ({
    text: section[lang],
    items: section.entries.map((entry) => ({ text: entry[lang], link: inLang(lang, entry.path) })),
  }));
  if (lang === 'ko') return { '/ko/': own };
  const packages = {
    text: 'Packages',
    items: packageNames.map((name) => ({ text: `@unroll/${name}`, link: `/packages/${name}` })),
  };
  const others = {
    text: reference.en,
    items: reference.entries.map(({ path, en }) => ({ text: en, link: path })),
  };
  const api = {
    text: 'API',
    items: apiNames.map((name) => ({ text: `@unroll/${name}`, link: `/api/${name}` })),
  };
  const beside = [others, packages, api];
  return { ...Object.fromEntries(englishOnly.map((place) => [place, beside])), '/': own };
}

export interface PageEntry {
  readonly section: string;
  readonly title: string;
  readonly path: string;
}

/** Every page that the site leads to, in English. */
export function allPages(): PageEntry[] {
  const of = ({ en, entries }: Section) =>
    entries.map((entry) => ({ section: en, title: entry.en, path: entry.path }));
  const packages = packageNames.map((name) => ({
    ...{ section: 'Packages', title: `@unroll/${name}`, path: `/packages/${name}` },
  }));
  return [
    ...sections.flatMap(of),
    { section: 'Playground', title: playground.en, path: playground.path },
    ...of(reference),
    ...packages,
  ];
}
