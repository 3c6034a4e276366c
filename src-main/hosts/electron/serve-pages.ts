/** Serves the window's pages from `app://tidemark`: reading only, and only what stands in the table of `#core/pages/page-files.ts`. */
import { protocol } from 'electron';
import { loadPageFiles, PAGE_HEADERS } from '#core/pages/page-files.ts';
import { APP_HOST, APP_SCHEME } from './app-origin.ts';

/** Must run before `ready`. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Only after `ready`. @throws request.invalidInput where there are no pages */
export function servePages(folder: string): void {
  const pages = loadPageFiles(folder);
  protocol.handle(APP_SCHEME, ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const file = host === APP_HOST && method === 'GET' ? pages.get(pathname) : undefined;
    if (file === undefined) return new Response(null, { status: 404, headers: PAGE_HEADERS });
    return new Response(file.read(), {
      status: 200,
      headers: { ...PAGE_HEADERS, 'content-type': file.type },
    });
  });
}
