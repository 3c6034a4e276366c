/** Between paths as trees have them and as the system has them. They differ on Windows only: `/C/Users` is `C:\Users`. */
import { byteStringToBytes, textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { cleanPath } from '#operations/find-in-snapshot.ts';

/** Of a path in a tree; Windows takes text. */
export function diskPathOf(path: ByteString, platform: string = process.platform): Buffer | string {
  if (platform !== 'win32') return byteStringToBytes(path);
  const [, drive, rest] = /^\/([A-Za-z])(\/.*)?$/.exec(path) ?? [];
  const below = (rest ?? '/') as ByteString;
  return drive === undefined ? toDisplay(path) : `${drive}:${toDisplay(below).replaceAll('/', '\\')}`;
}

/** Of a path that a snapshot names as what was saved. */
export function treePathOf(path: string, platform: string = process.platform): ByteString {
  if (platform !== 'win32') return cleanPath(textToByteString(path));
  return cleanPath(textToByteString(path.replace(/^([A-Za-z]):/, '$1').replaceAll('\\', '/')));
}
