declare module '*.css';

interface ImportMeta {
  /** What vite puts in. */
  readonly env: { readonly BASE_URL: string; readonly PROD: boolean; readonly SSR: boolean };
}
