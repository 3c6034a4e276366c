/** Counts what changed between two points, folder by folder, and rolls it up to every folder above. */
import type { EntryState } from './entry-state.ts';
import type { Counts } from './types.ts';

export interface Tally {
  added: number;
  modified: number;
  removed: number;
  bytesIn: number;
  bytesOut: number;
}

export function emptyTally(): Tally {
  return { added: 0, modified: 0, removed: 0, bytesIn: 0, bytesOut: 0 };
}

export type Change = 'added' | 'modified' | 'removed' | 'replaced';

/**
 * Undefined when nothing did that counts. A folder counts when it comes or goes, never because of what is in it; what became
 * another kind of entry was replaced: one is gone and one is new. A time that was set anew is no change.
 */
export function changeOf(from: EntryState | undefined, to: EntryState | undefined): Change | undefined {
  if (from === undefined) return to === undefined ? undefined : 'added';
  if (to === undefined) return 'removed';
  if (from.kind !== to.kind) return 'replaced';
  return to.kind !== 'folder' && from.key !== to.key ? 'modified' : undefined;
}

export function addChange(
  tally: Tally,
  change: Change,
  from: EntryState | undefined,
  to: EntryState | undefined,
): void {
  if (change === 'modified') tally.modified++;
  if (change === 'added' || change === 'replaced') tally.added++;
  if (change === 'removed' || change === 'replaced') tally.removed++;
  tally.bytesIn += to?.sizeBytes ?? 0;
  tally.bytesOut += from?.sizeBytes ?? 0;
}

export function addCounts(tally: Tally, more: Counts): void {
  tally.added += more.added;
  tally.modified += more.modified;
  tally.removed += more.removed;
  tally.bytesIn += more.bytesIn;
  tally.bytesOut += more.bytesOut;
}

/** Direct counts of folders to totals of them and all above. */
export function rollUp(
  direct: ReadonlyMap<number, Tally>,
  parentOf: ReadonlyMap<number, number>,
): Map<number, Tally> {
  const totals = new Map<number, Tally>();
  for (const [folder, counts] of direct) {
    for (let above: number | undefined = folder; above !== undefined; above = parentOf.get(above)) {
      let total = totals.get(above);
      if (total === undefined) totals.set(above, (total = emptyTally()));
      addCounts(total, counts);
    }
  }
  return totals;
}
