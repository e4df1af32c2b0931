/** Of the page to try a model. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf7, #17181b);
  --card: light-dark(#ffffff, #1f2125);
  --ink: light-dark(#22252a, #e6e4df);
  --quiet: light-dark(#666b74, #9a9fa8);
  --line: light-dark(#dedbd3, #34373d);
  --accent: light-dark(#1f6f5c, #6cc7ae);
  --on-accent: light-dark(#ffffff, #10201c);
  --wrong: light-dark(#a3301f, #f0907f);
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
}
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; margin-bottom: 1.25rem; }
h1 { margin: 0; font-size: 1.35rem; font-weight: 650; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--quiet); font-size: .9rem; }
textarea, input, button { font: inherit; color: inherit; }
textarea, input[type=number], output.text {
  width: 100%;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: .5rem;
  padding: .6rem .75rem;
}
::placeholder { color: var(--quiet); opacity: 1; }
textarea { display: block; min-height: 5.5rem; resize: vertical; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
label > span, .label { display: flex; justify-content: space-between; font-size: .85rem; color: var(--quiet); margin-bottom: .3rem; }
label > span b { color: var(--ink); font-weight: 500; font-variant-numeric: tabular-nums; }
fieldset {
  border: 0;
  margin: 1.25rem 0;
  padding: 0;
  display: grid;
  gap: 1rem 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
}
input[type=range] { width: 100%; margin: 0; accent-color: var(--accent); height: 1.75rem; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin-bottom: 1.25rem; }
button {
  border: 1px solid var(--accent);
  border-radius: .5rem;
  padding: .5rem 1.25rem;
  background: var(--accent);
  color: var(--on-accent);
  font-weight: 550;
  cursor: pointer;
}
#end { background: none; color: var(--accent); }
#told { color: var(--quiet); font-size: .85rem; margin: 0; }
#told.wrong { color: var(--wrong); flex-basis: 100%; overflow-wrap: anywhere; }
output.text {
  display: block;
  min-height: 8rem;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
output.text i { font-style: normal; color: var(--quiet); }
`;
