import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { defineAsyncComponent } from 'vue';
import LiveReading from '../../src/components/LiveReading.vue';
import SourceLink from '../../src/components/SourceLink.vue';
import './style.css';

/** What pages name; each comes with the page that needs it. */
const pictures = {
  BrokenGradient: defineAsyncComponent(() => import('../../src/components/BrokenGradient.vue')),
  CliffWalk: defineAsyncComponent(() => import('../../src/components/CliffWalk.vue')),
  DropoutMasks: defineAsyncComponent(() => import('../../src/components/DropoutMasks.vue')),
  GradientDistance: defineAsyncComponent(() => import('../../src/components/GradientDistance.vue')),
  GuessBars: defineAsyncComponent(() => import('../../src/components/GuessBars.vue')),
  LstmUnrolled: defineAsyncComponent(() => import('../../src/components/LstmUnrolled.vue')),
  SamplingBars: defineAsyncComponent(() => import('../../src/components/SamplingBars.vue')),
  StreamsOverText: defineAsyncComponent(() => import('../../src/components/StreamsOverText.vue')),
  TiedWeights: defineAsyncComponent(() => import('../../src/components/TiedWeights.vue')),
};

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('LiveReading', LiveReading);
    app.component('SourceLink', SourceLink);
    for (const [name, component] of Object.entries(pictures)) app.component(name, component);
  },
} satisfies Theme;
