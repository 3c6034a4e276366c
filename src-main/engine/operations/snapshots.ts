/** The snapshots of a repository as a person asks for them: filtered, the newest few of each group. */
import type { TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import { filterSnapshots, type SnapshotFilter, type StoredSnapshot } from '#repository/snapshot-store.ts';
import { DEFAULT_GROUPING, groupSnapshots } from '#rules/snapshot-groups.ts';

export interface SnapshotsRequest {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids?: readonly string[];
  readonly filter?: SnapshotFilter;
  /** Only so many of each host with the same paths. */
  readonly latest?: number;
}

export interface ListedSnapshots {
  /** Oldest first, each once. */
  readonly snapshots: readonly StoredSnapshot[];
  /** Files that could not be read; empty when ids were given. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

/** @throws repository.objectNotFound, repository.ambiguousId for an id that names none or several */
export async function listSnapshots(
  repository: Repository,
  { ids = [], filter = {}, latest }: SnapshotsRequest,
  signal?: AbortSignal,
): Promise<ListedSnapshots> {
  if (ids.length > 0) {
    const found = new Map<string, StoredSnapshot>();
    for (const id of ids) {
      const stored = await repository.snapshots.find(id, filter, signal);
      found.set(stored.id, stored);
    }
    return { snapshots: newestOfEach([...found.values()], latest), damaged: [] };
  }
  const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
  return { snapshots: newestOfEach(filterSnapshots(snapshots, filter), latest), damaged };
}

function newestOfEach(snapshots: readonly StoredSnapshot[], latest: number | undefined): StoredSnapshot[] {
  if (latest === undefined) return [...snapshots];
  const kept = new Set(
    groupSnapshots(snapshots, DEFAULT_GROUPING).flatMap((group) => group.snapshots.slice(-latest)),
  );
  return snapshots.filter((stored) => kept.has(stored));
}
