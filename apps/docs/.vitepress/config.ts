import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, postcssIsolateStyles } from 'vitepress';
import { Colours, themes } from '../src/build/highlighter.ts';
import { llmsText } from '../src/build/llms.ts';
import { useOurMarkdown } from '../src/build/markdown.ts';
import { pageInOtherLanguage } from '../src/build/other-language.ts';
import { content, generated, root } from '../src/build/root.ts';
import { tokenizeForSearch } from '../src/build/search.ts';
import { writeServiceWorker } from '../src/build/service-worker.ts';
import { allPages, navOf, sidebarOf } from '../src/build/site-map.ts';
import { serveSourcePages, writeSourcePages } from '../src/build/source-pages.ts';
import { translates, versionOf } from '../src/build/translation.ts';

/** Where the site is to live on its host: `/` or `/unroll/`. */
const base = `/${process.env.UNROLL_DOCS_BASE ?? ''}/`.replaceAll(/\/+/g, '/');
const colours = new Colours();
const outputs: Record<string, string> = JSON.parse(readFileSync(join(generated, 'outputs.json'), 'utf8'));
const traces = JSON.parse(readFileSync(join(generated, 'traces.json'), 'utf8'));

/** Threads need it; a host of the finished site has to send the same. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  srcDir: 'content',
  rewrites: { 'generated/:page*': ':page*' },
  base,
  cleanUrls: true,
  title: 'Unroll',
  description: 'Learn an LSTM by running it: small TypeScript packages for recurrent language models.',
  lastUpdated: false,
  locales: {
    root: { label: 'English', lang: 'en', themeConfig: { nav: navOf('en'), sidebar: sidebarOf('en') } },
    ko: {
      label: '한국어',
      lang: 'ko',
      description: '직접 실행하면서 배우는 LSTM: 순환 언어 모델을 이루는 작은 TypeScript 패키지들.',
      themeConfig: {
        nav: navOf('ko'),
        sidebar: sidebarOf('ko'),
        outline: { label: '이 페이지에서' },
        docFooter: { prev: '이전', next: '다음' },
        darkModeSwitchLabel: '화면 테마',
        lightModeSwitchTitle: '밝은 화면으로',
        darkModeSwitchTitle: '어두운 화면으로',
        sidebarMenuLabel: '차례',
        returnToTopLabel: '맨 위로',
        langMenuLabel: '언어 바꾸기',
        skipToContentLabel: '본문으로 건너뛰기',
        notFound: {
          title: '페이지를 찾을 수 없습니다',
          quote: '주소를 다시 확인하거나 첫 페이지에서 찾아보세요.',
          linkLabel: '첫 페이지로 가기',
          linkText: '첫 페이지로',
        },
      },
    },
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}favicon.svg` }]],
  themeConfig: {
    i18nRouting: pageInOtherLanguage,
    notFound: {
      title: 'No such page',
      quote: 'Nothing has this address: look for it from the first page on.',
    },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          options: { tokenize: tokenizeForSearch },
          searchOptions: { combineWith: 'AND', fuzzy: 0.1 },
        },
        locales: {
          ko: {
            translations: {
              button: { buttonText: '검색', buttonAriaLabel: '검색' },
              modal: {
                ...{ displayDetails: '자세히 보기', resetButtonTitle: '지우기', backButtonTitle: '닫기' },
                noResultsText: '검색 결과가 없습니다:',
                footer: { selectText: '선택', navigateText: '이동', closeText: '닫기' },
              },
            },
          },
        },
      },
    },
  },
  transformPageData: ({ relativePath, frontmatter }) => {
    if (!relativePath.startsWith('ko/')) return;
    const [ours, original] = [relativePath, relativePath.slice(3)].map((path) =>
      readFileSync(join(content, path), 'utf8'),
    );
    return { frontmatter: { ...frontmatter, outdated: translates(ours) !== versionOf(original) } };
  },
  markdown: {
    languages: ['ts', 'sh', 'json'],
    theme: themes,
    shikiSetup: colours.setup,
    config: (md) => useOurMarkdown(md, { root, outputs, traces, highlight: colours.lines }),
  },
  vite: {
    resolve: { conditions: ['@unroll/source', 'module', 'browser', 'development|production'] },
    ssr: { resolve: { conditions: ['@unroll/source', 'module', 'node', 'development|production'] } },
    worker: { format: 'es' },
    // Live parts are marked vp-raw: how the prose looks is not for them.
    css: { postcss: { plugins: [postcssIsolateStyles({ includeFiles: [/vp-doc\.css/] })] } },
    server: { headers: isolation, fs: { allow: [root] } },
    preview: { headers: isolation },
    plugins: [serveSourcePages(root, colours.lines, base)],
  },
  buildEnd: async ({ outDir }) => {
    await writeSourcePages(root, outDir, colours.lines, base);
    await writeFile(join(outDir, 'llms.txt'), llmsText(allPages(), base));
    await writeServiceWorker(outDir, base);
  },
});
