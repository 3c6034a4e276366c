/**
 * A socket in the profile's folder, by which other programs of the same person reach this one. Who may serve a name is
 * decided by a lock of the system on a file beside it: a socket file without that lock is left over from a killed
 * process and replaced. Only the owner can enter the folder or open the socket.
 */
import { once } from 'node:events';
import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import type { Channel } from '#contract/calls/channel.ts';
import { holdFile, type HeldFile } from '#files/hold-file.ts';
import { classifyLocalError } from '#storage/local/local-errors.ts';
import { lineChannel } from './line-channel.ts';
import { openSocketAddress, type SocketAddress } from './socket-address.ts';

const FOLDER_MODE = 0o700;
const SOCKET_MODE = 0o600;
/** Programs of one person on one machine. */
const MOST_CONNECTIONS = 64;

/** Own event of the server. */
const UNUSED = 'tidemark:unused';

export interface LocalSocket {
  /** Resolves when no connection is left, or the signal fires. */
  whenUnused(signal: AbortSignal): Promise<void>;
  /** Ends all connections and takes the socket away. Again: nothing. */
  close(): Promise<void>;
}

/**
 * The folder must be there. Each connection is handed over as a channel.
 * @throws state.profileInUse when another process serves this name, request.invalidInput, storage.*
 */
export async function serveLocalSocket(
  folder: string,
  name: string,
  onChannel: (channel: Channel) => void,
): Promise<LocalSocket> {
  let held: HeldFile | undefined;
  try {
    held = holdFile(join(folder, `${name}.lock`));
    if (held === undefined) throw new TidemarkError('state.profileInUse', { folder }, { retry: 'later' });
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0) server.emit(UNUSED);
      });
      onChannel(lineChannel(socket));
    });
    server.maxConnections = MOST_CONNECTIONS;
    const place = await listen(server, folder, name);
    const lock = held;
    const end = async (): Promise<void> => {
      const closed = once(server, 'close');
      // Takes the file away, by the address that must still lead to it.
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      place.release();
      lock.release();
    };
    let closing: Promise<void> | undefined;
    return {
      async whenUnused(signal) {
        while (sockets.size > 0 && !signal.aborted)
          await once(server, UNUSED, { signal }).catch(() => undefined);
      },
      close: () => (closing ??= end()),
    };
  } catch (error) {
    held?.release();
    throw error instanceof TidemarkError ? error : await classifyLocalError(error, folder, 'listen');
  }
}

async function listen(server: Server, folder: string, name: string): Promise<SocketAddress> {
  const place = openSocketAddress(folder, name);
  try {
    closeToOthers(folder);
    takeAwayLeftover(place);
    server.listen(place.address);
    await once(server, 'listening');
    if (place.file !== undefined) chmodSync(place.file, SOCKET_MODE);
    return place;
  } catch (error) {
    place.release();
    throw error;
  }
}

/** Before the socket is there: it takes a moment until its own mode is set. */
function closeToOthers(folder: string): void {
  if (process.platform === 'win32') return;
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, FOLDER_MODE);
}

function takeAwayLeftover({ file }: SocketAddress): void {
  const found = file === undefined ? undefined : lstatSync(file, { throwIfNoEntry: false });
  if (file === undefined || found === undefined) return;
  if (!found.isSocket()) {
    throw new TidemarkError('request.invalidInput', {
      what: `${file} is in the way: it is no socket of Tidemark`,
      reason: 'move it elsewhere, then start Tidemark again',
    });
  }
  rmSync(file);
}
