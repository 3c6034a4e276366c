/**
 * Gets a core on a profile, whoever runs it: the one that answers on the profile's socket, or a new one here. Between a
 * start and an end there are moments in which the profile is held and nobody answers; they are waited for.
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import type { Core } from './core.ts';
import { createCore } from './create-core.ts';
import type { HostPorts } from './host-ports.ts';
import { LogFile } from './log-file.ts';
import { serveRunningCore } from './local-socket/running-core.ts';
import type { LocalSocket } from './local-socket/serve-local-socket.ts';

const LOOK_MS = 100;

/** A core in this process, reachable by others through the profile's socket. */
export interface OwnCore {
  readonly core: Core;
  readonly socket: LocalSocket;
  close(): Promise<void>;
}

/** What it logs goes to the profile's log file, whichever host it is, and to the host. @throws state.profileInUse, state.*, storage.* */
export async function openOwnCore(profileFolder: string, ports: HostPorts): Promise<OwnCore> {
  const file = new LogFile({ profileFolder, clock: ports.clock });
  const log: HostPorts['log'] = (level, text) => {
    file.write(level, text);
    ports.log(level, text);
  };
  const core = await createCore(profileFolder, { ...ports, log });
  const onDeath = (error: Error): void => file.writeLast(error.stack ?? String(error));
  try {
    const socket = await serveRunningCore(profileFolder, core);
    log('info', `Tidemark ${ports.version} (${ports.name}) begins`);
    process.on('uncaughtExceptionMonitor', onDeath);
    return {
      core,
      socket,
      async close() {
        await socket.close();
        await core.close();
        process.off('uncaughtExceptionMonitor', onDeath);
        log('info', 'Tidemark ends');
        await file.close();
      },
    };
  } catch (error) {
    await core.close();
    await file.close();
    throw error;
  }
}

/**
 * `find` looks for a running core that will do; `open` starts one. Tries both in turn until one succeeds.
 * @throws state.profileInUse after `patienceMs`, job.cancelled, and what they throw
 */
export async function claimProfile<Found, Opened>(
  profileFolder: string,
  {
    find,
    open,
    clock,
    patienceMs,
    signal,
  }: {
    readonly find: () => Promise<Found | undefined>;
    readonly open: () => Promise<Opened>;
    readonly clock: Clock;
    readonly patienceMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Found | Opened> {
  const endMs = clock.monotonicMs() + patienceMs;
  await new NodeDatabaseDisk(profileFolder).makeFolder();
  for (;;) {
    throwIfCancelled(signal);
    const found = await find();
    if (found !== undefined) return found;
    try {
      return await open();
    } catch (error) {
      if (!isTidemarkError(error, 'state.profileInUse') || clock.monotonicMs() >= endMs) throw error;
    }
    await clock.sleep(LOOK_MS, signal);
  }
}
