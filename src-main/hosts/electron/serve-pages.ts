/**
 * Serves the window's pages from `app://tidemark`, and the contents of files in versions: reading only, and only what stands
 * in the table of `#core/pages/page-files.ts` or what the core has under an address of contents.
 */
import { protocol } from 'electron';
import { answerContent, type ContentCalls } from '#core/pages/content-answer.ts';
import { loadPageFiles, PAGE_HEADERS } from '#core/pages/page-files.ts';
import { APP_HOST, APP_SCHEME } from './app-origin.ts';

/** Must run before `ready`. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    // stream: without it sound and video do not play from here.
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
}

export interface ServedPages {
  /** Contents of files are served from then on; pages are before there is a core. */
  serveContents(calls: ContentCalls): void;
}

/** Only after `ready`. @throws request.invalidInput where there are no pages */
export function servePages(folder: string): ServedPages {
  const pages = loadPageFiles(folder);
  let core: ContentCalls | undefined;
  protocol.handle(APP_SCHEME, async ({ url, method, headers, signal }) => {
    const { host, pathname, search } = new URL(url);
    if (host !== APP_HOST || method !== 'GET') return notThere();
    const file = pages.get(pathname);
    if (file !== undefined)
      return new Response(file.read(), {
        status: 200,
        headers: { ...PAGE_HEADERS, 'content-type': file.type },
      });
    const of = (name: string): string | undefined => headers.get(name) ?? undefined;
    const asked = { address: pathname + search, range: of('range'), ifRange: of('if-range') };
    const answer = core && (await answerContent(core, asked, signal));
    return answer === undefined ? notThere() : new Response(answer.body, answer);
  });
  return {
    serveContents(calls) {
      core = calls;
    },
  };
}

function notThere(): Response {
  return new Response(null, { status: 404, headers: PAGE_HEADERS });
}
