/**
 * Which removed and added entries are one that was renamed or moved: same content, and no doubt which belongs to which.
 * Where several have the same content, those with the same end of their paths belong together; what stays ambiguous is
 * told as removed and added. Folders first, as a whole; then files outside of renamed folders.
 */
import { throwIfCancelled } from '#base/errors.ts';
import type { ChangeList, EntryType } from './change-list.ts';

/** Names at the end of paths that are compared, most first. */
const NAMES_COMPARED = [3, 2, 1];

export interface Renames {
  /** Removed change by added change. */
  readonly sources: ReadonlyMap<number, number>;
  /** Per change, 1 = told by a rename: a removed one that has a pair, or what lies in a renamed folder. */
  readonly covered: Uint8Array;
}

export function matchRenames(list: ChangeList, signal: AbortSignal | undefined): Renames {
  const covered = new Uint8Array(list.length);
  const sources = new Map<number, number>();
  for (const [added, removed] of dropNested(list, matchType(list, 'folder', covered, signal))) {
    sources.set(added, removed);
    covered.fill(1, removed, list.endOf(removed));
    covered.fill(1, added + 1, list.endOf(added));
  }
  for (const [added, removed] of matchType(list, 'file', covered, signal)) {
    sources.set(added, removed);
    covered[removed] = 1;
  }
  return { sources, covered };
}

type Pair = readonly [added: number, removed: number];

/** Without pairs of which one side lies in a folder of another pair: that one tells them. */
function dropNested(list: ChangeList, pairs: readonly Pair[]): Pair[] {
  const inside = new Uint8Array(list.length);
  for (const change of pairs.flat()) inside.fill(1, change + 1, list.endOf(change));
  return pairs.filter(([added, removed]) => inside[added] === 0 && inside[removed] === 0);
}

function matchType(
  list: ChangeList,
  type: EntryType,
  covered: Uint8Array,
  signal: AbortSignal | undefined,
): Pair[] {
  const candidates = new Uint32Array(list.length);
  let count = 0;
  for (let change = 0; change < list.length; change++) {
    if (list.typeOf(change) !== type || !list.hasKey(change) || covered[change] === 1) continue;
    candidates[count++] = change;
  }
  const sorted = candidates.subarray(0, count).sort((a, b) => list.compareKeys(a, b) || a - b);
  const pairs: Pair[] = [];
  for (let start = 0; start < count;) {
    throwIfCancelled(signal);
    let end = start + 1;
    while (end < count && list.compareKeys(sorted[start]!, sorted[end]!) === 0) end++;
    if (end - start > 1) pairs.push(...matchGroup(list, [...sorted.subarray(start, end)]));
    start = end;
  }
  return pairs;
}

/** All have the same content. */
function matchGroup(list: ChangeList, group: readonly number[]): Pair[] {
  const added = new Set(group.filter((change) => list.kindOf(change) === 'added'));
  const removed = new Set(group.filter((change) => list.kindOf(change) === 'removed'));
  const pairs: Pair[] = [];
  const match = (one: number, other: number): void => {
    pairs.push([one, other]);
    added.delete(one);
    removed.delete(other);
  };
  for (const names of NAMES_COMPARED) {
    if (added.size === 0 || removed.size === 0) return pairs;
    if (added.size === 1 && removed.size === 1) break;
    const addedByEnd = uniqueEnds(list, added, names);
    const removedByEnd = uniqueEnds(list, removed, names);
    for (const [end, one] of addedByEnd) {
      const other = removedByEnd.get(end);
      if (one !== undefined && other !== undefined) match(one, other);
    }
  }
  const [one] = added;
  const [other] = removed;
  if (added.size === 1 && removed.size === 1) match(one!, other!);
  return pairs;
}

/** Undefined where several end alike. */
function uniqueEnds(
  list: ChangeList,
  changes: ReadonlySet<number>,
  names: number,
): Map<string, number | undefined> {
  const ends = new Map<string, number | undefined>();
  for (const change of changes) {
    const end = list.pathEnd(change, names);
    ends.set(end, ends.has(end) ? undefined : change);
  }
  return ends;
}
