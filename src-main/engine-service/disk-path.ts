/** A path of a tree as the system has it. It differs on Windows only: `/C/Users` is `C:\Users`. */
import { byteStringToBytes, toDisplay, type ByteString } from '#base/byte-string.ts';

/** Of a path in a tree; Windows takes text. */
export function diskPathOf(path: ByteString, platform: string = process.platform): Buffer | string {
  if (platform !== 'win32') return byteStringToBytes(path);
  const [, drive, rest] = /^\/([A-Za-z])(\/.*)?$/.exec(path) ?? [];
  const below = (rest ?? '/') as ByteString;
  return drive === undefined ? toDisplay(path) : `${drive}:${toDisplay(below).replaceAll('/', '\\')}`;
}
