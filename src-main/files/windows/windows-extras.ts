/**
 * NOT EXERCISED HERE: written from Microsoft's and Node's documentation and run on no Windows machine yet.
 * Names and paths are the UTF-8 form of the system's UTF-16 (WTF-8 for lone surrogates, which libuv reads and writes in
 * buffers); long paths get the `\\?\` prefix. Carries contents, links, times to about 200 ns, the read-only flag.
 * Not carried: owners, security descriptors, file attributes but read-only, alternate data streams, NTFS extended attributes,
 * creation times; a restore tells that the attributes were left out.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToByteString, byteStringToBytes } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import type { NativePath, SystemExtras } from '#files/node-fs/system-extras.ts';

/** Names that Windows takes for devices, with or without an extension. Source: "Naming Files, Paths, and Namespaces". */
const DEVICE_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)(?:[0-9]|\xc2[\xb9\xb2\xb3]))(?:\.|$)/i;
/** Separators, streams, wildcards and control characters; a last dot or space is cut off by the system. */
const FORBIDDEN = /[\0-\x1f<>:"/\\|?*]|[. ]$/;
const LONG_PREFIX = Buffer.from('\\\\?\\');

export class WindowsExtras implements SystemExtras {
  readonly separator = '\\';
  readonly hasOwners = false;

  toNative(path: ByteString): NativePath {
    const bytes = byteStringToBytes(path);
    const text = bytes.toString('utf8');
    // node:fs adds the prefix for long paths itself, but only to text, and text cannot hold a lone surrogate's bytes.
    if (Buffer.from(text, 'utf8').equals(bytes)) return text;
    return path.startsWith('\\\\') ? bytes : Buffer.concat([LONG_PREFIX, bytes]);
  }

  fromNative(bytes: Buffer): ByteString {
    return bytesToByteString(bytes);
  }

  isBaseName(name: ByteString): boolean {
    return name !== '' && name !== '.' && name !== '..' && !FORBIDDEN.test(name) && !DEVICE_NAME.test(name);
  }

  /** Folders 0777, files 0666 or read-only 0444, as restic stores them. */
  permissions(mode: number, isDirectory: boolean): number {
    if (isDirectory) return 0o777;
    return (mode & 0o200) === 0 ? 0o444 : 0o666;
  }

  userName(): undefined {
    return undefined;
  }

  groupName(): undefined {
    return undefined;
  }

  readAttributes(): readonly ExtendedAttribute[] {
    return [];
  }
}
