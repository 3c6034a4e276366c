/** What the system allows a person's programs to watch. Linux only; elsewhere there is no such limit to ask for. */
import { readFile } from 'node:fs/promises';

export interface WatchLimits {
  /** Watches of all programs of one user together. */
  readonly maxWatches: number | undefined;
  /** Notices that wait to be read; more are dropped. */
  readonly maxQueued: number | undefined;
}

const LIMITS = '/proc/sys/fs/inotify';

export async function loadWatchLimits(): Promise<WatchLimits> {
  const ofUser = await loadNumber(`${LIMITS}/max_user_watches`);
  const ofContainer = await loadNumber('/proc/sys/user/max_inotify_watches');
  return {
    maxWatches: ofUser === undefined ? undefined : Math.min(ofUser, ofContainer ?? ofUser),
    maxQueued: await loadNumber(`${LIMITS}/max_queued_events`),
  };
}

async function loadNumber(file: string): Promise<number | undefined> {
  try {
    const value = Number(await readFile(file, 'utf8'));
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
