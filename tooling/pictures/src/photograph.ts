import { findChromium } from '@unroll/browser-checks/find-chromium';
import { chromium } from 'playwright-core';

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** Pictures of a page, on a desk and on a phone, in the light and in the dark: `name-desktop-light.png`, … */
export async function photograph(
  url: string,
  folder: string,
  name: string,
  isWhole: boolean,
): Promise<string[]> {
  const browser = await chromium.launch({
    executablePath: findChromium(process.env),
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run'],
  });
  const paths: string[] = [];
  try {
    for (const [device, viewport] of Object.entries(sizes)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 1 });
        const problems: string[] = [];
        page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
        page.on('pageerror', (error) => problems.push(error.message));
        await page.goto(url);
        await page.waitForLoadState('networkidle');
        const path = `${folder}/${name}-${device}-${colorScheme}.png`;
        await page.screenshot({ path, fullPage: isWhole });
        if (problems.length > 0) throw new Error(`${url} on ${device}: ${problems.join('; ')}`);
        paths.push(path);
        await page.close();
      }
    }
  } finally {
    await browser.close();
  }
  return paths;
}
