/**
 * A core for one command. Where Tidemark runs, that one is asked; else one is started here, for as long as the command
 * and others that have found it meanwhile need it.
 */
import { isTidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { claimProfile, openOwnCore } from '#core/claim-profile.ts';
import { startInProcessEngine } from '#core/in-process-engine.ts';
import { headlessHost } from '#core/headless-ports.ts';
import { connectToRunningCore } from '#core/local-socket/running-core.ts';
import { programVersion } from '#core/program-version.ts';
import type { ProfileConnection } from './profile-connection.ts';

/** Another command that holds the profile ends in that time, or is not a matter of waiting. */
const PATIENCE_MS = 20_000;

export async function findProfile(folder: string): Promise<ProfileConnection | undefined> {
  const connection = await connectToRunningCore(folder);
  if (connection === undefined) return undefined;
  const { calls } = connection;
  try {
    const { host } = await calls['app.info']({});
    return {
      calls,
      // The core of another command goes when that one, and we, are done.
      isElsewhere: host !== 'commandLine',
      close: async () => connection.close(),
    };
  } catch (error) {
    connection.close();
    // It was just ending: nobody answers there any more.
    if (isTidemarkError(error, 'internal.connectionLost')) return undefined;
    throw error;
  }
}

export function openProfile(
  folder: string,
  signal: AbortSignal,
  log: (text: string) => void,
): Promise<ProfileConnection> {
  return claimProfile(folder, {
    find: () => findProfile(folder),
    open: () => openHere(folder, signal, log),
    clock: systemClock,
    patienceMs: PATIENCE_MS,
    signal,
  });
}

async function openHere(
  folder: string,
  signal: AbortSignal,
  log: (text: string) => void,
): Promise<ProfileConnection> {
  const engines: { readonly ended: Promise<void> }[] = [];
  const host = headlessHost({
    name: 'commandLine',
    onlyAsked: true,
    version: programVersion,
    clock: systemClock,
    startEngine: () => {
      const engine = startInProcessEngine();
      engines.push(engine);
      return engine;
    },
    log: (level, text) => {
      if (level === 'error') log(text);
    },
  });
  try {
    const own = await openOwnCore(folder, host.ports);
    return {
      calls: own.core.calls,
      isElsewhere: false,
      async close() {
        await own.socket.whenUnused(signal);
        await own.close();
        await Promise.all(engines.map(({ ended }) => ended));
        host.close();
      },
    };
  } catch (error) {
    host.close();
    throw error;
  }
}
