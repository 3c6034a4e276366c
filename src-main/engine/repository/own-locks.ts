/**
 * The port to what this machine remembers of the locks that it wrote itself, outside of any repository: whose lock a file is
 * cannot be told from what it says, because hosts, users and process numbers repeat. A convenience: without it somebody
 * must remove the lock of a crash by hand, with a wrong memory somebody's living lock would go, so it errs on the side of
 * remembering nothing.
 */
import type { LockId } from '#base/ids.ts';

export interface OwnLocks {
  /** Before the lock is written. Never throws. */
  remember(repositoryId: string, id: LockId): void;
  /** The lock is gone. Never throws. */
  forget(repositoryId: string, id: LockId): void;
  /** It was let go of and could not be removed, as where a place has gone away: nobody holds it, though its writer runs on. Never throws. */
  abandon(repositoryId: string, id: LockId): void;
  /** Of processes of this very machine and user that surely no longer run, and abandoned ones, also when the lock itself is gone. Never throws. */
  dead(repositoryId: string): ReadonlySet<LockId>;
}
