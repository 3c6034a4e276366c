/** What was put back last, by whichever window, found in the jobs: what the keys of a page take back. Pure. */
import type { JobValue } from '../text/job-titles.ts';
import { asksIn, restoreOutcome, type RestoreAsk, type UndoRef } from './restore-outcome.ts';

/** As long as the core keeps what is needed to take it back. */
const KEPT_MS = 30 * 86_400_000;
/** The jobs of one putting back follow each other at once. */
const AT_ONCE_MS = 2_000;

export interface PutBack {
  readonly asks: readonly RestoreAsk[];
  readonly undos: readonly UndoRef[];
  readonly endedAtMs: number;
}

/** Null: nothing that could be taken back was put back lately. */
export function lastPutBack(jobs: readonly JobValue[], nowMs: number): PutBack | null {
  const newestFirst = jobs
    .filter(({ kind, endedAtMs }) => kind === 'restore' && endedAtMs !== null && endedAtMs > nowMs - KEPT_MS)
    .toSorted((one, other) => other.queuedAtMs - one.queuedAtMs);
  const at = newestFirst.findIndex((job) => restoreOutcome([job]).undos.length > 0);
  let last = newestFirst[at];
  if (last === undefined) return null;
  const endedAtMs = last.endedAtMs ?? nowMs;
  const together = [last];
  for (const job of newestFirst.slice(at + 1)) {
    if (!isOfSame(job, last)) break;
    together.unshift(job);
    last = job;
  }
  return { asks: asksIn(together), undos: restoreOutcome(together).undos, endedAtMs };
}

/** Begun together: what is gone is taken from another version than what is there. */
function isOfSame(before: JobValue, after: JobValue): boolean {
  if (before.endedAtMs === null || after.queuedAtMs - before.endedAtMs > AT_ONCE_MS) return false;
  const [one] = asksIn([before]);
  const [other] = asksIn([after]);
  return (
    one?.rule === other?.rule &&
    one?.placeId === other?.placeId &&
    one?.snapshotId !== other?.snapshotId &&
    JSON.stringify(one?.target) === JSON.stringify(other?.target)
  );
}
