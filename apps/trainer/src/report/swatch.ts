import { type Html, html } from './html.ts';

/** How a curve looks, small, beside its name. */
export function swatch(kind: 'line' | 'points', color: number, dash: readonly number[]): Html {
  const mark =
    kind === 'points'
      ? html`<circle cx="13" cy="5" r="3.5"/>`
      : html`<line x1="0" y1="5" x2="26" y2="5" stroke-dasharray="${dash.join(' ') || 'none'}"/>`;
  return html`<svg class="swatch" viewBox="0 0 26 10" stroke="var(--c${color})" aria-hidden="true">${mark}</svg>`;
}
