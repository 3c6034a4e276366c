/** The snapshots of a repository: listing, finding one by what a person types, saving. */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { encodeSnapshot, parseSnapshot, type Snapshot } from '#format/snapshot.ts';
import { parseTime } from '#format/time.ts';
import type { RepositoryFiles } from './repository-files.ts';

export interface StoredSnapshot {
  readonly id: SnapshotId;
  readonly snapshot: Snapshot;
}

/** Which snapshots count when the newest one is asked for; an absent field does not restrict. */
export interface SnapshotFilter {
  readonly hosts?: readonly string[];
  readonly paths?: readonly string[];
  /** A snapshot counts when it has all tags of one of the lists; the list `['']` stands for no tags at all. */
  readonly tags?: readonly (readonly string[])[];
}

const LOADS_AT_A_TIME = 16;

export class SnapshotStore {
  readonly #files: RepositoryFiles;

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  /** Oldest first. Damaged ones are told apart and left out. */
  async loadAll(
    signal?: AbortSignal,
  ): Promise<{ snapshots: StoredSnapshot[]; damaged: TidemarkError<'integrity.fileCorrupt'>[] }> {
    const entries = await this.#files.list('snapshot', signal);
    const snapshots: StoredSnapshot[] = [];
    const damaged: TidemarkError<'integrity.fileCorrupt'>[] = [];
    for (let start = 0; start < entries.length; start += LOADS_AT_A_TIME) {
      const batch = entries.slice(start, start + LOADS_AT_A_TIME);
      await Promise.all(
        batch.map(async ({ name }) => {
          try {
            snapshots.push(await this.load(name as SnapshotId, signal));
          } catch (error) {
            // One that was removed meanwhile is simply gone.
            if (isTidemarkError(error, 'integrity.fileCorrupt')) damaged.push(error);
            else if (!isTidemarkError(error, 'storage.objectMissing')) throw error;
          }
        }),
      );
    }
    return { snapshots: snapshots.sort(compareByTime), damaged };
  }

  /** @throws integrity.fileCorrupt, storage.objectMissing */
  async load(id: SnapshotId, signal?: AbortSignal): Promise<StoredSnapshot> {
    const plain = await this.#files.load('snapshot', id, signal);
    try {
      const snapshot = parseSnapshot(plain);
      // One that has no time can neither be sorted nor judged; only here is it known which file it is.
      parseTime(snapshot.time);
      return { id, snapshot };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TidemarkError('integrity.fileCorrupt', { kind: 'snapshot', id, reason }, { cause: error });
    }
  }

  /**
   * `latest`, an id, or the unique beginning of one.
   * @throws repository.objectNotFound, repository.ambiguousId
   */
  async find(idOrLatest: string, filter: SnapshotFilter = {}, signal?: AbortSignal): Promise<StoredSnapshot> {
    if (idOrLatest === 'latest') {
      const newest = filterSnapshots((await this.loadAll(signal)).snapshots, filter).at(-1);
      if (newest === undefined)
        throw new TidemarkError('repository.objectNotFound', { id: idOrLatest, kind: 'snapshot' });
      return newest;
    }
    const names = (await this.#files.list('snapshot', signal)).map(({ name }) => name);
    const matches = /^[0-9a-f]+$/.test(idOrLatest) ? names.filter((name) => name.startsWith(idOrLatest)) : [];
    if (matches.length > 1)
      throw new TidemarkError('repository.ambiguousId', { prefix: idOrLatest, kind: 'snapshot' });
    const [match] = matches;
    if (match === undefined)
      throw new TidemarkError('repository.objectNotFound', { id: idOrLatest, kind: 'snapshot' });
    return this.load(match as SnapshotId, signal);
  }

  /** The caller has made everything that the snapshot refers to durable. */
  save(snapshot: Snapshot, signal?: AbortSignal): Promise<SnapshotId> {
    return this.#files.save<SnapshotId>('snapshot', encodeSnapshot(snapshot), signal);
  }
}

export function filterSnapshots(
  snapshots: readonly StoredSnapshot[],
  filter: SnapshotFilter,
): StoredSnapshot[] {
  return snapshots.filter(({ snapshot }) => {
    if (filter.hosts?.length && !filter.hosts.includes(snapshot.hostname)) return false;
    if (filter.paths?.length && !filter.paths.every((path) => snapshot.paths.includes(path))) return false;
    return !filter.tags?.length || filter.tags.some((list) => hasTags(snapshot, list));
  });
}

/** The list of one empty tag asks for snapshots without tags. */
function hasTags({ tags }: Snapshot, wanted: readonly string[]): boolean {
  if (wanted.length === 1 && wanted[0] === '') return tags.length === 0;
  return wanted.every((tag) => tags.includes(tag));
}

function compareByTime(a: StoredSnapshot, b: StoredSnapshot): number {
  const x = parseTime(a.snapshot.time);
  const y = parseTime(b.snapshot.time);
  return x.sec - y.sec || x.nsec - y.nsec || (a.id < b.id ? -1 : 1);
}
