/**
 * Where the socket of a profile is: a file in its folder, which only its owner may enter; on Windows a named pipe, whose
 * name is made from the folder's. Linux takes no address longer than 107 bytes, but any path to a folder that is open.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { TidemarkError } from '#base/errors.ts';

/** `sun_path` less its final zero: 108 bytes on Linux, 104 on macOS. Source: man 7 unix. */
const MOST_BYTES_IN_ADDRESS = 103;

export interface SocketAddress {
  /** What the system takes. */
  readonly address: string;
  /** The file; undefined for a named pipe. */
  readonly file: string | undefined;
  /** After connecting, or when nobody listens any more. */
  release(): void;
}

/** @throws request.invalidInput where the path is too long and the system knows no way round */
export function openSocketAddress(folder: string, name: string): SocketAddress {
  const file = path.join(path.resolve(folder), name);
  if (process.platform === 'win32') {
    const id = createHash('sha256').update(file.toLowerCase()).digest('hex').slice(0, 32);
    return { address: `\\\\.\\pipe\\tidemark-${id}`, file: undefined, release: () => undefined };
  }
  if (Buffer.byteLength(file) <= MOST_BYTES_IN_ADDRESS) {
    return { address: file, file, release: () => undefined };
  }
  if (process.platform !== 'linux') {
    throw new TidemarkError('request.invalidInput', {
      what: `the folder ${folder} has a very long name, and commands could not reach Tidemark there`,
      reason: 'choose a profile folder with a shorter path',
    });
  }
  const fd = openSync(folder, 'r');
  return { address: `/proc/self/fd/${fd}/${name}`, file, release: () => closeSync(fd) };
}
