import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { defineAsyncComponent, h } from 'vue';
import LiveReading from '../../src/components/LiveReading.vue';
import OutdatedTranslation from '../../src/components/OutdatedTranslation.vue';
import PublicLink from '../../src/components/PublicLink.vue';
import RunExample from '../../src/components/RunExample.vue';
import SourceLink from '../../src/components/SourceLink.vue';
import TrainingBadge from '../../src/components/TrainingBadge.vue';
import { makePlayground, playgroundKey } from '../../src/lab/playground.ts';
import { keepForOffline, keepVisited } from '../../src/offline/keep-for-offline.ts';
import './style.css';

/** What pages name; each comes with the page that needs it. */
const pictures = {
  BrowserBench: defineAsyncComponent(() => import('../../src/components/BrowserBench.vue')),
  BrokenGradient: defineAsyncComponent(() => import('../../src/components/BrokenGradient.vue')),
  CliffWalk: defineAsyncComponent(() => import('../../src/components/CliffWalk.vue')),
  DropoutMasks: defineAsyncComponent(() => import('../../src/components/DropoutMasks.vue')),
  GradientDistance: defineAsyncComponent(() => import('../../src/components/GradientDistance.vue')),
  GuessBars: defineAsyncComponent(() => import('../../src/components/GuessBars.vue')),
  LandingDemo: defineAsyncComponent(() => import('../../src/components/LandingDemo.vue')),
  LstmUnrolled: defineAsyncComponent(() => import('../../src/components/LstmUnrolled.vue')),
  ThePlayground: defineAsyncComponent(() => import('../../src/components/playground/ThePlayground.vue')),
  SamplingBars: defineAsyncComponent(() => import('../../src/components/SamplingBars.vue')),
  StreamsOverText: defineAsyncComponent(() => import('../../src/components/StreamsOverText.vue')),
  TextBlocks: defineAsyncComponent(() => import('../../src/components/TextBlocks.vue')),
  TiedWeights: defineAsyncComponent(() => import('../../src/components/TiedWeights.vue')),
};

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'nav-bar-content-before': () => h(TrainingBadge),
      'doc-before': () => h(OutdatedTranslation),
    }),
  enhanceApp: ({ app, router }) => {
    app.provide(playgroundKey, makePlayground(`unroll playground ${import.meta.env.BASE_URL}`));
    app.component('LiveReading', LiveReading);
    app.component('PublicLink', PublicLink);
    app.component('RunExample', RunExample);
    app.component('SourceLink', SourceLink);
    if (import.meta.env.PROD && !import.meta.env.SSR) {
      keepForOffline(import.meta.env.BASE_URL);
      router.onAfterRouteChange = keepVisited;
    }
    for (const [name, component] of Object.entries(pictures)) app.component(name, component);
  },
} satisfies Theme;
