/**
 * Paths as they are on the wire, taken apart and put together without losing a byte: text where they are UTF-8, else
 * base64. Pure.
 */
import { pathBytes } from '#contract/app/file-name.ts';
import type { WirePath } from '#contract/app/values.ts';

const SLASH = 47;

export function joinPath(folder: WirePath, name: WirePath): WirePath {
  if (typeof folder === 'string' && typeof name === 'string')
    return folder === '/' ? `/${name}` : `${folder}/${name}`;
  const above = pathBytes(folder);
  const below = pathBytes(name);
  const needsSlash = above.at(-1) !== SLASH;
  const joined = new Uint8Array(above.length + (needsSlash ? 1 : 0) + below.length);
  joined.set(above);
  if (needsSlash) joined[above.length] = SLASH;
  joined.set(below, joined.length - below.length);
  return toWire(joined);
}

/** Null: it is the top. */
export function parentPath(path: WirePath): WirePath | null {
  const bytes = trimmed(pathBytes(path));
  if (bytes.length <= 1) return null;
  const at = bytes.lastIndexOf(SLASH);
  return at <= 0 ? '/' : toWire(bytes.subarray(0, at));
}

/** The last part. */
export function lastName(path: WirePath): WirePath {
  const bytes = trimmed(pathBytes(path));
  return toWire(bytes.subarray(bytes.lastIndexOf(SLASH) + 1));
}

/** From below the top down to the path itself. */
export function pathsDownTo(path: WirePath): readonly WirePath[] {
  const found: WirePath[] = [];
  for (let at: WirePath | null = path; at !== null; at = parentPath(at)) found.unshift(at);
  return found.slice(1);
}

export function isSamePath(one: WirePath, other: WirePath): boolean {
  if (typeof one === 'string' && typeof other === 'string') return one === other;
  return typeof one !== 'string' && typeof other !== 'string' && one.base64 === other.base64;
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: WirePath, folder: WirePath): boolean {
  if (typeof path === 'string' && typeof folder === 'string')
    return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
  for (let at: WirePath | null = path; at !== null; at = parentPath(at))
    if (isSamePath(at, folder)) return true;
  return false;
}

/** The folder that holds them all; one alone is it itself. */
export function commonFolder(paths: readonly string[]): WirePath {
  const [first, ...others] = paths;
  if (first === undefined) return '/';
  const parts = first.split('/');
  let same = parts.length;
  for (const other of others) {
    const otherParts = other.split('/');
    let at = 0;
    while (at < same && parts[at] === otherParts[at]) at++;
    same = at;
  }
  return parts.slice(0, same).join('/') || '/';
}

function trimmed(bytes: Uint8Array): Uint8Array {
  return bytes.length > 1 && bytes.at(-1) === SLASH ? bytes.subarray(0, -1) : bytes;
}

function toWire(bytes: Uint8Array): WirePath {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  }
}
