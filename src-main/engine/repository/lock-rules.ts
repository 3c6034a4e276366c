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
