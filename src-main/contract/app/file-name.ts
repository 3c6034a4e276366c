/**
 * The name under which a file out of a version is given to the system: as a download, to a file manager. Names in backups
 * are whatever a disk once held, so nothing stays in them that a header, a file system or an eye could take for something
 * else. Pure; knows no host.
 */
import type { WirePath } from './values.ts';

/** What some system does not take in a name, what is not seen, what turns the direction of writing, what is no character. */
const REFUSED =
  /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/gu;
/** Windows takes them for devices, whatever follows the dot. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/iu;
/** Less than every file system takes, so that there is room for a number behind it. */
const MOST_BYTES = 200;
const MOST_EXTENSION = 20;

/** Of the last part of the path; never empty. */
export function safeFileName(path: WirePath): string {
  const bytes = pathBytes(path);
  const last = bytes.subarray(bytes.lastIndexOf(SLASH) + 1);
  const clean = new TextDecoder()
    .decode(last)
    .replace(REFUSED, '_')
    .replace(/^ +|[. ]+$/gu, '')
    .replace(DEVICES, '_$&');
  return clean === '' ? '_' : shortened(clean);
}

/** The bytes that the path stands for. */
export function pathBytes(path: WirePath): Uint8Array {
  if (typeof path === 'string') return new TextEncoder().encode(path);
  return Uint8Array.from(atob(path.base64), (sign) => sign.charCodeAt(0));
}

const SLASH = 47;

/** Keeps the end, which says what kind of file it is. */
function shortened(name: string): string {
  if (bytesOf(name) <= MOST_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= MOST_EXTENSION ? name.slice(dot) : '';
  const signs = Array.from(name.slice(0, name.length - end.length));
  while (bytesOf(signs.join('') + end) > MOST_BYTES) signs.pop();
  return signs.join('') + end;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
