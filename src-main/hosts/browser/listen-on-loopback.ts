/** Takes one port on both loopback addresses, so that no other program of this machine can pose as us on the second. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TidemarkError } from '#base/errors.ts';

/** A port that is free on one address may be taken on the other. */
const TRIES = 10;

/** The one on 127.0.0.1 is always there. */
export type LoopbackServers = readonly [Server, ...Server[]];

/**
 * A server per address; only one where the machine has no IPv6. `port` 0: any that is free.
 * @throws request.invalidInput
 */
export async function listenOnLoopback(createServer: () => Server, port: number): Promise<LoopbackServers> {
  for (let left = TRIES; ; left--) {
    const first = await listen(createServer(), '127.0.0.1', port);
    if (first === 'taken' || first === 'noAddress') throw cannotListen(port);
    const second = await listen(createServer(), '::1', (first.address() as AddressInfo).port);
    if (second === 'noAddress') return [first];
    if (second !== 'taken') return [first, second];
    first.close();
    if (port !== 0 || left === 0) throw cannotListen(port);
  }
}

async function listen(server: Server, host: string, port: number): Promise<Server | 'taken' | 'noAddress'> {
  try {
    server.listen({ host, port, ipv6Only: true });
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return 'noAddress';
    if (code === 'EADDRINUSE' || code === 'EACCES') return 'taken';
    throw error;
  }
}

function cannotListen(port: number): TidemarkError {
  return new TidemarkError('request.invalidInput', {
    what: port === 0 ? 'no port of this computer can be used' : `port ${port} cannot be used`,
    reason: 'another program may have it; choose another one, or leave it out for any that is free',
  });
}
