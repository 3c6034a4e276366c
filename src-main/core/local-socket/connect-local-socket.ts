/** The other end of the socket in a profile's folder. Talks only to a socket of the same person. */
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { TidemarkError } from '#base/errors.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { classifyLocalError } from '#storage/local/local-errors.ts';
import { lineChannel } from './line-channel.ts';
import { openSocketAddress, type SocketAddress } from './socket-address.ts';

/** Nobody listens: no profile there, nothing running, or left over from a killed process. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR']);

/** @returns undefined when nobody serves this name. @throws storage.accessDenied, storage.*, request.invalidInput */
export async function connectLocalSocket(folder: string, name: string): Promise<Channel | undefined> {
  let place: SocketAddress | undefined;
  try {
    place = openSocketAddress(folder, name);
    if (!isOurs(place)) {
      throw new TidemarkError('storage.accessDenied', { location: folder, operation: 'connect' });
    }
    const socket = connect(place.address);
    await once(socket, 'connect');
    return lineChannel(socket);
  } catch (error) {
    if (error instanceof TidemarkError) throw error;
    if (NOBODY.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw await classifyLocalError(error, folder, 'connect');
  } finally {
    place?.release();
  }
}

/** Passphrases go through it: a socket that somebody else has put there is not trusted. */
function isOurs({ file }: SocketAddress): boolean {
  return file === undefined || lstatSync(file).uid === process.geteuid?.();
}
