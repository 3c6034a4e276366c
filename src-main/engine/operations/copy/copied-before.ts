/**
 * Which snapshots the destination has already: the same ones, or copies of the same original, in everything that a copy keeps.
 * Source: repository format, 16.1, and restic's behaviour: paths and tags are compared as sets, excludes in order.
 */
import type { SnapshotId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { parseTime } from '#format/time.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';

export class CopiedBefore {
  readonly #byOrigin = new Map<SnapshotId, StoredSnapshot[]>();

  constructor(destination: readonly StoredSnapshot[]) {
    for (const stored of destination) {
      this.#add(stored.id, stored);
      if (stored.snapshot.original !== undefined) this.#add(stored.snapshot.original, stored);
    }
  }

  /** The destination's snapshot that is this one. */
  find({ id, snapshot }: StoredSnapshot): SnapshotId | undefined {
    const candidates = this.#byOrigin.get(snapshot.original ?? id) ?? [];
    return candidates.find((candidate) => isSame(candidate.snapshot, snapshot))?.id;
  }

  #add(origin: SnapshotId, stored: StoredSnapshot): void {
    const known = this.#byOrigin.get(origin);
    if (known === undefined) this.#byOrigin.set(origin, [stored]);
    else known.push(stored);
  }
}

function isSame(one: Snapshot, other: Snapshot): boolean {
  return (
    isSameTime(one.time, other.time) &&
    one.tree === other.tree &&
    one.hostname === other.hostname &&
    one.username === other.username &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    hasAll(one.paths, other.paths) &&
    hasAll(one.tags, other.tags) &&
    one.excludes.length === other.excludes.length &&
    one.excludes.every((exclude, i) => exclude === other.excludes[i])
  );
}

function isSameTime(one: string, other: string): boolean {
  const a = parseTime(one);
  const b = parseTime(other);
  return a.sec === b.sec && a.nsec === b.nsec;
}

function hasAll(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && other.every((text) => one.includes(text));
}
