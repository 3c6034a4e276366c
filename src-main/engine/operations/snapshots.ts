/** The snapshots of a repository as a person asks for them: filtered, the newest few, in groups. */
import type { TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import { filterSnapshots, type SnapshotFilter, type StoredSnapshot } from '#repository/snapshot-store.ts';

export type GroupField = 'host' | 'paths' | 'tags';

export interface SnapshotsRequest {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids?: readonly string[];
  readonly filter?: SnapshotFilter;
  /** Only so many of each host with the same paths. */
  readonly latest?: number;
}

export interface SnapshotGroup {
  /** Only the fields grouped by. */
  readonly key: {
    readonly hostname?: string;
    readonly paths?: readonly string[];
    readonly tags?: readonly string[];
  };
  /** Oldest first. */
  readonly snapshots: readonly StoredSnapshot[];
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

/** Snapshots that agree in all of `fields` together, groups in the order of their first snapshot. */
export function groupSnapshots(
  snapshots: readonly StoredSnapshot[],
  fields: readonly GroupField[],
): SnapshotGroup[] {
  const groups = new Map<string, { key: SnapshotGroup['key']; snapshots: StoredSnapshot[] }>();
  for (const stored of snapshots) {
    const key = groupKey(stored, fields);
    const text = JSON.stringify(key);
    const group = groups.get(text) ?? { key, snapshots: [] };
    group.snapshots.push(stored);
    groups.set(text, group);
  }
  return [...groups.values()];
}

function newestOfEach(snapshots: readonly StoredSnapshot[], latest: number | undefined): StoredSnapshot[] {
  if (latest === undefined) return [...snapshots];
  const kept = new Set(
    groupSnapshots(snapshots, ['host', 'paths']).flatMap((group) => group.snapshots.slice(-latest)),
  );
  return snapshots.filter((stored) => kept.has(stored));
}

/** The order in which paths and tags were given makes no difference. */
function groupKey({ snapshot }: StoredSnapshot, fields: readonly GroupField[]): SnapshotGroup['key'] {
  return {
    ...(fields.includes('host') ? { hostname: snapshot.hostname } : {}),
    ...(fields.includes('paths') ? { paths: [...snapshot.paths].sort() } : {}),
    ...(fields.includes('tags') ? { tags: [...snapshot.tags].sort() } : {}),
  };
}
