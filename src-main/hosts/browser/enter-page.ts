/**
 * The page that a browser sees before it is let in: it takes the token out of the link's fragment, which no server and
 * no log ever gets, and exchanges it. Works under the strict policy: nothing inline, and without the token it explains
 * what to do.
 */
import type { PageFile, PageFiles } from '#core/pages/page-files.ts';

export const ENTER_ADDRESS = '/enter';

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tidemark</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/enter.css" />
    <script src="/enter.js" defer></script>
  </head>
  <body>
    <main>
      <h1>Tidemark</h1>
      <p id="waiting" role="status">Opening ...</p>
      <div id="refused" hidden>
        <p>This link does not open Tidemark: each link works once, in one browser, for an hour.</p>
        <p>Your backups are not affected.</p>
        <p>For a new link, press Enter where Tidemark runs, or type <code>tidemark serve --new-link</code> there.</p>
      </div>
      <noscript><p>Tidemark needs JavaScript in this browser.</p></noscript>
    </main>
  </body>
</html>
`;

/** A link pasted into the tab that shows the refusal changes the fragment only, and loads nothing. */
const SCRIPT = `'use strict';
async function enter() {
  const token = location.hash.slice(1);
  // Out of the address bar and the history before anything else.
  history.replaceState(null, '', '/');
  const answer = await fetch('${ENTER_ADDRESS}', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  }).catch(() => undefined);
  if (answer !== undefined && answer.ok) return location.reload();
  document.getElementById('waiting').hidden = true;
  document.getElementById('refused').hidden = false;
}
addEventListener('hashchange', enter);
enter();
`;

const STYLE = `body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1d2733; background: #f6f8fa; }
main { max-width: 34rem; margin: 15vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
code { font-size: 0.95em; }
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #14191f; } }
`;

const page = fixed('text/html; charset=utf-8', HTML);

/** What a browser gets that is not let in yet; everything else is refused to it. */
export const enterFiles: PageFiles = new Map([
  ['/', page],
  [ENTER_ADDRESS, page],
  ['/enter.js', fixed('text/javascript; charset=utf-8', SCRIPT)],
  ['/enter.css', fixed('text/css; charset=utf-8', STYLE)],
]);

function fixed(type: string, text: string): PageFile {
  const content = new TextEncoder().encode(text);
  return { type, read: () => content };
}
