/** Serves the window's pages from `app://tidemark`: reading only, and only what `#core/pages/page-files.ts` gives out. */
import { protocol } from 'electron';
import { loadPageFile } from '#core/pages/page-files.ts';
import { APP_HOST, APP_SCHEME } from './app-origin.ts';

/** Must run before `ready`. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Only after `ready`. */
export function servePages(folder: string): void {
  protocol.handle(APP_SCHEME, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    if (host !== APP_HOST || method !== 'GET') return new Response(null, { status: 404 });
    const { status, headers, body } = await loadPageFile(folder, pathname);
    return new Response(body, { status, headers });
  });
}
