/**
 * The built pages, for every host that serves them: a table made once, when the host starts. A request only looks a
 * finished address up in it, so no path that a page or a browser sends ever becomes a path on the disk: there is nothing
 * to escape from. Also the headers with which pages go out, the same over `app:` and over a port.
 */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { TidemarkError } from '#base/errors.ts';

export interface PageFile {
  readonly type: string;
  /** @throws what the disk says when the file has gone since */
  read(): Uint8Array<ArrayBuffer>;
}

/** By address: `/`, `/assets/index.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Pages run our own scripts and styles and talk to nobody but who served them. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  // Sound and video play from the addresses of contents.
  "media-src 'self'",
  "worker-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** What is not in it is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.ttf': 'font/ttf',
};

/**
 * Regular files below `folder`; `index.html` is `/`. Links and names of unknown kinds are left out.
 * @throws request.invalidInput where there are no pages
 */
export function loadPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const entry of entriesBelow(folder)) {
    const type = TYPES[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(addressOf(folder, entry), { type, read: () => new Uint8Array(readFileSync(file)) });
  }
  if (!files.has('/')) throw noPages(folder);
  return files;
}

function entriesBelow(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    throw noPages(folder, error);
  }
}

function noPages(folder: string, cause?: unknown): TidemarkError {
  return new TidemarkError(
    'request.invalidInput',
    {
      what: `there are no pages to show in ${folder}`,
      reason: 'install Tidemark again; in a checkout, run "npm run build"',
    },
    { cause },
  );
}

function addressOf(folder: string, entry: Dirent): string {
  const parts = path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep);
  const address = `/${parts.map(encodeURIComponent).join('/')}`;
  return address === '/index.html' ? '/' : address;
}
