/**
 * Extended attributes by path: listing, reading, writing. POSIX ACLs are among them as `system.posix_acl_access` and
 * `system.posix_acl_default`, whose values pass through as the kernel gives them. Buffers grow and are kept per thread.
 * `follow` is for paths below /proc/self/fd, where following leads to the opened object itself and never further.
 * Source: xattr(7), listxattr(2), getxattr(2).
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToByteString, toDisplay } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { constants } from 'node:os';
import type { Entry, Libc } from '#files/linux/libc.ts';

const { ENODATA, ENOSYS, ENOTSUP, ERANGE, E2BIG } = constants.errno;
const NONE: readonly never[] = Object.freeze([]);
/** The kernel's own limit on a value and on a list is 64 KiB; file systems that allow more are asked for the size. */
const MAX_BUFFER_BYTES = 64 * 1024 * 1024;

let listBuffer: Buffer = Buffer.allocUnsafeSlow(4096);
let valueBuffer: Buffer = Buffer.allocUnsafeSlow(4096);

/** Names of the attributes in the system's order; a number is a negated errno. None where attributes are unsupported. */
export function listAttributeNames(libc: Libc, on: Entry, follow: boolean): readonly ByteString[] | number {
  let length = libc.listAttributes(on, listBuffer, follow);
  while (length === -ERANGE || length === -E2BIG) {
    if (listBuffer.length >= MAX_BUFFER_BYTES) return length;
    listBuffer = Buffer.allocUnsafeSlow(listBuffer.length * 4);
    length = libc.listAttributes(on, listBuffer, follow);
  }
  if (length === 0 || length === -ENOTSUP || length === -ENOSYS || length === -ENODATA) return NONE;
  if (length < 0) return length;
  const joined = bytesToByteString(listBuffer.subarray(0, length));
  return joined.split('\0').filter((name) => name.length > 0) as ByteString[];
}

/** All attributes with values; a number is a negated errno. One that vanished meanwhile is left out. */
export function readAttributes(
  libc: Libc,
  path: ByteString,
  follow: boolean,
): readonly ExtendedAttribute[] | number {
  const names = listAttributeNames(libc, path, follow);
  if (typeof names === 'number' || names.length === 0) return names as readonly never[] | number;
  const attributes: ExtendedAttribute[] = [];
  for (const name of names) {
    let length = libc.getAttribute(path, name, valueBuffer, follow);
    while (length === -ERANGE && valueBuffer.length < MAX_BUFFER_BYTES) {
      valueBuffer = Buffer.allocUnsafeSlow(valueBuffer.length * 4);
      length = libc.getAttribute(path, name, valueBuffer, follow);
    }
    if (length === -ENODATA || length === -ENOTSUP) continue;
    if (length < 0) return length;
    attributes.push({ name: toDisplay(name), value: new Uint8Array(valueBuffer.subarray(0, length)) });
  }
  return attributes;
}
