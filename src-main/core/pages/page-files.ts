/**
 * The files of the window's pages, for every host that serves them: which file an address means, and with which
 * headers it goes out. Nothing outside of the pages' folder is ever read, whatever the address says.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Pages run our own scripts and styles and talk to nobody but who served them. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

export interface PageAnswer {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** `urlPath`: the path of the address as it came, percent signs and all. */
export async function loadPageFile(folder: string, urlPath: string): Promise<PageAnswer> {
  const file = pageFileOf(folder, urlPath);
  if (file === undefined) return NOT_FOUND;
  try {
    const body = new Uint8Array(await readFile(file));
    return { status: 200, headers: { ...PAGE_HEADERS, 'content-type': mediaTypeOf(file) ?? '' }, body };
  } catch {
    return NOT_FOUND;
  }
}

const NOT_FOUND: PageAnswer = {
  status: 404,
  headers: { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  body: new TextEncoder().encode('There is no such page.'),
};

/** The file an address means; undefined when it means none that may be given out. */
export function pageFileOf(folder: string, urlPath: string): string | undefined {
  const decoded = decodePath(urlPath);
  if (decoded === undefined || decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const root = path.resolve(folder);
  const file = path.resolve(root, `.${decoded === '/' ? '/index.html' : decoded}`);
  return file.startsWith(root + path.sep) && mediaTypeOf(file) !== undefined ? file : undefined;
}

function mediaTypeOf(file: string): string | undefined {
  return MEDIA_TYPES[path.extname(file)];
}

function decodePath(urlPath: string): string | undefined {
  try {
    const decoded = decodeURIComponent(urlPath);
    return decoded.startsWith('/') ? decoded : undefined;
  } catch {
    return undefined;
  }
}
