import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '@unroll/browser-checks/find-chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Server, serve } from '../serve.ts';

/** Where the built site lies. */
export const built: string = fileURLToPath(new URL('../../.vitepress/dist', import.meta.url));

const FLAGS = [
  ...['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--no-first-run'],
];

/** What is said where a test has asked for it. */
const BLOCKED = 'Service Worker registration blocked by Playwright';

/** Why the site cannot be looked at; undefined if it can. */
export function reasonToSkip(): string | undefined {
  try {
    findChromium(process.env);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return existsSync(built) ? undefined : 'the site is not built: pnpm --filter @unroll/docs run build';
}

export interface Visit {
  readonly server: Server;
  /** A new page; what it complains about is put into `complaints`. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  readonly complaints: string[];
  readonly browser: Browser;
  close(): Promise<void>;
}

/** The built site on a server of its own, and a browser. */
export async function visit({ isolated = true, base = '/', folder = built } = {}): Promise<Visit> {
  const server = await serve(folder, { isolated, base });
  const browser = await chromium.launch({ executablePath: findChromium(process.env), args: FLAGS });
  const complaints: string[] = [];
  return {
    ...{ server, browser, complaints },
    open: async (path, options = {}) => {
      const context = await browser.newContext({
        ...{ viewport: { width: 1280, height: 900 }, serviceWorkers: 'block' as const }, // a test asks for it by name
        ...options,
      });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (!['error', 'warning'].includes(message.type()) || message.text().endsWith(BLOCKED)) return;
        complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on('dialog', (dialog) => dialog.accept()); // what it asks before a model goes
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
      await page.goto(new URL(path, server.url).href, { waitUntil: 'networkidle' });
      return page;
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
