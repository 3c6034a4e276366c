/**
 * The built pages, read once when the server starts. A request only looks a finished address up in this table, so no
 * path that a browser sends ever becomes a path on the disk: there is nothing to escape from.
 */
import { readdirSync, readFileSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { TidemarkError } from '#base/errors.ts';

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
}

/** By address: `/`, `/assets/index.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Own table: what is not in it is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
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
    files.set(addressOf(folder, entry), { type, content: readFileSync(file) });
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
