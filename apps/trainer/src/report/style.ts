/**
 * The looks of the page. The seven colours of curves are told apart with any kind of colour vision: Okabe and Ito's ("Color
 * Universal Design", 2008), darker or lighter where contrast with the paper asks for it.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --ink: #1d2126; --muted: #5c646e; --rule: #e4e5e1; --card: #f4f4f0;
  --c0: #0072b2; --c1: #c9520a; --c2: #00875f; --c3: #a8478a; --c4: #b27a00; --c5: #2f9bd6; --c6: #5c646e;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-print]) {
    --paper: #14171a; --ink: #e8e8e3; --muted: #9aa3ad; --rule: #2b3036; --card: #1c2024;
    --c0: #56b4e9; --c1: #f08a4b; --c2: #2fc296; --c3: #e08fc4; --c4: #e6b035; --c5: #8f9bff; --c6: #b4bcc6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 68rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem); }
h1 { font-size: clamp(1.7rem, 5vw, 2.5rem); line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; margin: 3.5rem 0 1rem; }
h3 { font-size: 1rem; font-weight: 650; margin: 0; }
p { margin: 0; }
.lead { color: var(--muted); margin-top: 0.5rem; overflow-wrap: anywhere; }
.note { color: var(--muted); font-size: 0.875rem; max-width: 44rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1.75rem 1.5rem; margin: 2.5rem 0 0; }
.figures dt { color: var(--muted); font-size: 0.875rem; }
.figures dd { margin: 0; font-variant-numeric: tabular-nums; }
.figures b { display: block; font-size: 1.75rem; line-height: 1.25; font-weight: 600; letter-spacing: -0.02em; }
.figures small { color: var(--muted); font-size: 0.8125rem; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2rem; margin-top: 1.5rem; }
.charts > :first-child { grid-column: 1 / -1; }
figure { margin: 0 0 2.25rem; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: subgrid; grid-row: span 3; }
.plot { margin-top: 0.4rem; border-radius: 4px; min-height: 220px; }
:focus-visible { outline: 2px solid var(--c0); outline-offset: 3px; }
.readout, .key { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; list-style: none; margin: 0.5rem 0 0; padding: 0; font-size: 0.875rem; }
.readout li, .key li { display: flex; align-items: center; gap: 0.4rem; min-width: 0; }
.readout span, .key span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 16rem; unicode-bidi: isolate; }
.readout b { font-weight: 600; font-variant-numeric: tabular-nums; min-width: 3.2em; }
.readout { align-content: start; }
.crowded .readout { order: 1; font-size: 0.8125rem; }
.key { gap: 0.25rem 1.5rem; font-size: 1rem; }
.key label { display: flex; align-items: center; gap: 0.5rem; cursor: pointer; padding: 0.4rem 0; min-width: 0; }
.key input { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--c0); flex: none; }
.swatch { width: 26px; height: 10px; flex: none; vertical-align: middle; fill: none; stroke-width: 2.5; }
.scroll { overflow-x: auto; }
.scroll th:first-child { position: sticky; left: 0; background: var(--paper); }
table { border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; min-width: min(100%, 24rem); }
th, td { text-align: left; vertical-align: baseline; padding: 0.4rem 1.5rem 0.4rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 500; }
thead th { color: var(--muted); font-size: 0.8125rem; vertical-align: bottom; }
tbody th, thead bdi, .whole { white-space: nowrap; }
bdi { display: inline-block; max-width: min(18rem, 40vw); overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
td { overflow-wrap: break-word; }
.groups td { overflow-wrap: anywhere; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
td b { font-weight: 700; }
.groups { columns: 2 20rem; column-gap: 2rem; }
.groups table { break-inside: avoid; width: 100%; margin-bottom: 1.5rem; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.25rem; }
.groups th { width: 9.5rem; }
details { border-bottom: 1px solid var(--rule); }
summary { cursor: pointer; padding: 0.65rem 0; }
summary small { color: var(--muted); margin-left: 0.5rem; }
pre {
  margin: 0 0 1.25rem; padding: 1rem 1.25rem; background: var(--card); border-radius: 6px; unicode-bidi: isolate;
  font: 0.875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
footer { color: var(--muted); font-size: 0.875rem; margin-top: 4rem; }
@media (max-width: 46rem) {
  .charts { grid-template-columns: minmax(0, 1fr); }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem 1rem; margin-top: 2rem; }
  .figures b { font-size: 1.5rem; }
  h2 { margin-top: 2.75rem; }
}
@media (pointer: coarse) { .hint { display: none; } }
.u-select { background: color-mix(in srgb, var(--c0) 16%, transparent); }
.u-hz .u-cursor-x { border-color: var(--muted); }
:root[data-print] main { max-width: 42rem; padding: 0; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 11pt; }
  figure, details, tr, .figures > div { break-inside: avoid; }
  h2 { break-after: avoid; }
  .hint { display: none; }
}
`;
