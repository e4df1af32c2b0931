import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** The page to try a model, with all that it needs; it asks for at most so many tokens. */
export function makePage(mostTokens: number): string {
  const most = Math.min(1000, mostTokens);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>unroll</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header>
<h1 id="name">…</h1>
<p>writes on from what you begin</p>
</header>
<form id="form">
<label><span>Prompt</span>
<textarea name="prompt" placeholder="Nothing here: it begins on its own" autofocus></textarea></label>
<fieldset>
<label><span>Temperature <b></b></span><input type="range" name="temperature" min="0" max="2" step="0.05" value="0.8"></label>
<label><span>Top p: the likeliest that together reach <b></b></span><input type="range" name="top_p" min="0.05" max="1" step="0.05" value="1"></label>
<label><span>Tokens <b></b></span><input type="range" name="max_tokens" min="1" max="${most}" step="1" value="${Math.min(200, most)}"></label>
<label><span>Seed</span><input type="number" name="seed" min="0" step="1" placeholder="another each time"></label>
</fieldset>
<div class="actions">
<button id="write">Write</button>
<button id="end" type="button" hidden>End</button>
<p id="told" role="status"></p>
</div>
<div class="label">Text</div>
<output class="text" id="text"></output>
</form>
</main>
<script>${pageScript}</script>
</body>
</html>
`;
}
