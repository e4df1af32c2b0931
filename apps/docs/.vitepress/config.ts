import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import markdownItMath from 'markdown-it-math/temml';
import { defineConfig, postcssIsolateStyles } from 'vitepress';
import { exampleName } from '../src/build/examples.ts';
import { Colours, themes } from '../src/build/highlighter.ts';
import { llmsText } from '../src/build/llms.ts';
import { pageInOtherLanguage } from '../src/build/other-language.ts';
import { attribute, renderBroken, renderReading } from '../src/build/reading.ts';
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

/** In TeX: what fits into a line on a phone. */
const SHORT_FORMULA = 24;

/** A browser may begin a new line after any hyphen; `--options` are to be left whole. */
const wholeOptions = (html: string): string =>
  html.replaceAll(/(?<=[\s>])--?[a-z][a-z-]{1,26}(?=[\s<])/g, '<span class="whole">$&</span>');

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
        darkModeSwitchLabel: '밝기',
        lightModeSwitchTitle: '밝은 화면으로',
        darkModeSwitchTitle: '어두운 화면으로',
        sidebarMenuLabel: '차례',
        returnToTopLabel: '맨 위로',
        langMenuLabel: '언어 바꾸기',
        skipToContentLabel: '본문으로 건너뛰기',
      },
    },
  },
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}favicon.svg` }]],
  themeConfig: {
    i18nRouting: pageInOtherLanguage,
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
                noResultsText: '찾은 것이 없습니다:',
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
    config: (md) => {
      md.use(markdownItMath);
      const formula = md.renderer.rules.math_inline;
      md.renderer.rules.math_inline = (tokens, index, options, env, self) => {
        const html = formula?.(tokens, index, options, env, self) ?? '';
        const next = tokens[index + 1];
        const [mark] = (next?.type === 'text' && next.content.match(/^[.,;:)]+/)) || [''];
        if (mark === '' || tokens[index].content.length > SHORT_FORMULA) return html;
        next.content = next.content.slice(mark.length);
        return `<span class="whole">${html}${mark}</span>`;
      };
      const inline = md.renderer.rules.code_inline;
      md.renderer.rules.code_inline = (...given) => wholeOptions(inline?.(...given) ?? '');
      const fence = md.renderer.rules.fence;
      // Of code that is only indented VitePress makes no box that can be scrolled.
      md.renderer.rules.code_block = (tokens, index, options, env, self) => {
        tokens[index].info = 'txt';
        return fence?.(tokens, index, options, env, self) ?? '';
      };
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const { info, content } = tokens[index];
        if (info.startsWith('read ')) {
          return renderReading(info.slice(5), content, {
            ...{ root, traces, highlight: colours.lines },
            renderInline: (markdown) => md.renderInline(markdown, env),
          });
        }
        if (info.startsWith('broken ')) {
          return renderBroken(info.slice(7), { root, traces, highlight: colours.lines });
        }
        if (info === 'ts run') {
          const output = outputs[exampleName(content)];
          if (output === undefined) throw new Error(`an example has not been run: ${content.slice(0, 80)}`);
          const html = colours.lines(content.trimEnd()).map((line) => `<span class="line">${line}</span>`);
          const code = `<div class="language-ts"><pre class="shiki vp-code" tabindex="0" v-pre><code>${html.join('\n')}</code></pre></div>`;
          return `<RunExample :code="${attribute(content)}" :output="${attribute(output)}">${code}</RunExample>\n`;
        }
        return fence ? fence(tokens, index, options, env, self) : self.renderToken(tokens, index, options);
      };
    },
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
