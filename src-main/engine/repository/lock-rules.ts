/** The safety numbers of locks as one set, and the pure decisions on them. Source: repository format, section 13.1. */
import type { Identity } from '#base/identity.ts';
import type { Lock } from '#format/lock.ts';
import { parseTime } from '#format/time.ts';

/** A held lock is written anew this often. */
export const LOCK_REFRESH_MS = 5 * 60_000;
/** A lock older than this belongs to nobody any more. */
export const LOCK_STALE_MS = 30 * 60_000;
/** Without a successful refresh for this long our own lock counts as lost: 1.5 refreshes before others may call it stale. */
export const LOCK_LOST_MS = LOCK_STALE_MS - 1.5 * LOCK_REFRESH_MS;
/** Between writing our lock and looking again for others. */
export const LOCK_RACE_WAIT_MS = 200;
/** A place that says it has the lock and does not gets it so often altogether. */
export const LOCK_SAVES = 2;
/** How often the holder looks at the clock; a machine that slept notices within this time after waking. */
export const LOCK_WATCH_MS = 15_000;
/** A damaged lock may be one that is only half there: waits before it is read again; after the last one it is refused. */
export const DAMAGED_LOCK_WAITS_MS: readonly number[] = [5_000, 10_000, 20_000];
/**
 * Who wants to be alone waits until the place lists his own lock, and gives up after the last of these waits: a list that
 * does not show it yet may leave out whoever came shortly before, and what he has saved.
 */
export const LOCK_LISTED_WAITS_MS: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/**
 * After standby the place may be out of reach for a while. All writing waits meanwhile, so trying on risks nothing; this long
 * a job is worth keeping.
 */
export const LOCK_RECOVERY_MS = 5 * 60_000;
/** Whoever lets go of a lock waits this long for a place that does not answer. What is left goes stale by itself. */
export const LOCK_RELEASE_MS = 10_000;
/** The same when somebody has cancelled and waits for the program to end. */
export const CANCELLED_RELEASE_MS = 2_000;
/** After a cancel, calls to the place that nobody else ends are ended so much later: what is nearly done may get done. */
export const CANCEL_PATIENCE_MS = 800;

export function lockAgeMs(lock: Lock, nowMs: number): number {
  const { sec, nsec } = parseTime(lock.time);
  return nowMs - (sec * 1000 + nsec / 1e6);
}

export function isStale(lock: Lock, identity: Identity, nowMs: number): boolean {
  if (lockAgeMs(lock, nowMs) > LOCK_STALE_MS) return true;
  return lock.hostname === identity.hostname && !identity.isProcessAlive(lock.pid);
}

/** Age plays no part: a stale lock still blocks until somebody removes it. */
export function conflicts(wanted: { readonly exclusive: boolean }, other: Lock): boolean {
  return wanted.exclusive || other.exclusive;
}
