/** A page that shows a file of the repository as it is, each line with a place to link to. No script but what marks those lines. */
export function sourcePage(file: string, lines: readonly string[], home: string): string {
  const rows = lines.map(
    (line, i) => `<span class="line" id="L${i + 1}"><a href="#L${i + 1}">${i + 1}</a>${line}</span>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${file} | Unroll</title>
<style>${style}</style>
</head>
<body>
<header><a href="${home}">Unroll</a> <span>${file}</span></header>
<main><pre tabindex="0"><code>${rows.join('\n')}</code></pre></main>
<script>${script}</script>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --bg: #fff; --text: #24292e; --soft: #6a737d; --line: #e2e2e3; --now: #fdebe1; --link: #b3400f; }
@media (prefers-color-scheme: dark) { :root { --bg: #1b1b1f; --text: #e1e4e8; --soft: #98989f; --line: #2e2e32; --now: #43281a; --link: #ffa66b; } }
body { margin: 0; background: var(--bg); color: var(--text); font: 13px/21px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
header { position: sticky; top: 0; padding: 10px 16px; border-bottom: 1px solid var(--line); background: var(--bg); }
header a { color: var(--link); font-weight: 600; margin-right: 12px; text-decoration: none; }
pre { margin: 0; padding: 8px 0; overflow-x: auto; }
code { display: block; width: max-content; min-width: 100%; }
.line { display: inline-block; width: 100%; scroll-margin-top: 60px; }
.line > a { display: inline-block; width: 48px; margin-right: 14px; text-align: right; color: var(--soft); text-decoration: none; }
.line.now { background: var(--now); }
span[style*="--shiki"] { color: var(--shiki-light); }
@media (prefers-color-scheme: dark) { span[style*="--shiki"] { color: var(--shiki-dark); } }
`;

const script = `
function mark() {
  for (const line of document.querySelectorAll('.now')) line.classList.remove('now');
  const [, first, last] = location.hash.match(/^#L(\\d+)(?:-L(\\d+))?$/) ?? [];
  const end = Math.min(Number(last ?? first), document.querySelectorAll('.line').length);
  for (let i = Number(first); i <= end; i++) document.getElementById('L' + i)?.classList.add('now');
  document.getElementById('L' + first)?.scrollIntoView();
}
addEventListener('hashchange', mark);
mark();
`;
