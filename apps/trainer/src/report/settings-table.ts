import type { Scalar } from '../records/run.ts';
import { type Html, html } from './html.ts';

/** Settings, or what else is known by path, in the groups that the first parts of the paths make. */
export function settingsTable(values: ReadonlyMap<string, Scalar>): Html {
  const groups = new Map<string, [name: string, value: Scalar][]>();
  for (const [path, value] of values) {
    const dot = path.indexOf('.');
    const group = path.slice(0, Math.max(0, dot));
    groups.set(group, [...(groups.get(group) ?? []), [path.slice(dot + 1), value]]);
  }
  const tables = [...groups].map(([group, pairs]) => {
    const rows = pairs.map(
      ([name, value]) => html`
<tr><th scope="row">${name}</th><td>${String(value)}</td></tr>`,
    );
    return html`
<table><caption>${group || 'in general'}</caption><tbody>${rows}
</tbody></table>`;
  });
  return html`<div class="groups">${tables}
</div>`;
}
