/**
 * Changing the tags of snapshots: a snapshot is its file's contents, so each one becomes a new file with a new id.
 * Source: repository format, 16.3; restic's `tag`.
 */
import type { SnapshotId } from '#base/ids.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import { chooseSnapshots, SnapshotReplacer } from './replace-snapshots.ts';
import type { SnapshotsRequest } from './snapshots.ts';
import { underLock } from './under-lock.ts';

/** Either all tags anew (the list `['']`: none), or some more and some fewer. */
export type TagChange =
  | { readonly kind: 'set'; readonly tags: readonly string[] }
  | { readonly kind: 'change'; readonly add: readonly string[]; readonly remove: readonly string[] };

export interface TagRequest {
  readonly change: TagChange;
  /** `latest` of it is not heeded. */
  readonly snapshots: SnapshotsRequest;
}

export interface TaggedSnapshot {
  readonly oldId: SnapshotId;
  readonly newId: SnapshotId;
}

export interface TagResult {
  /** Oldest first; those whose tags were so already are not among them. */
  readonly changed: readonly TaggedSnapshot[];
  /** Snapshot files that cannot be read and were left alone. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

export interface TagObserver {
  readonly onChanged?: (tagged: TaggedSnapshot) => void;
}

/**
 * @throws request.invalidInput when nothing is asked for; repository.locked, repository.lockLost,
 * repository.objectNotFound, repository.ambiguousId, job.cancelled, storage errors
 */
export async function executeTag(
  repository: Repository,
  { change, snapshots }: TagRequest,
  observer: TagObserver = {},
  signal?: AbortSignal,
): Promise<TagResult> {
  refuseNothing(change);
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const { all, chosen, damaged } = await chooseSnapshots(repository, snapshots, stop);
    const replacer = new SnapshotReplacer(repository, all, assertHeld, stop);
    const changed: TaggedSnapshot[] = [];
    for (const { id: oldId, snapshot } of chosen) {
      throwIfCancelled(stop);
      const tags = changedTags(snapshot.tags, change);
      if (isSameList(tags, snapshot.tags)) continue;
      const next: Snapshot = { ...snapshot, tags, original: snapshot.original ?? oldId };
      const newId = await replacer.save(next);
      await replacer.remove(oldId);
      changed.push({ oldId, newId });
      observer.onChanged?.({ oldId, newId });
    }
    return { changed, damaged };
  });
}

function refuseNothing(change: TagChange): void {
  const isSomething =
    change.kind === 'set' ? change.tags.length > 0 : change.add.length + change.remove.length > 0;
  if (isSomething) return;
  throw new TidemarkError('request.invalidInput', {
    what: 'no tag is named',
    reason: 'say which tags to set, add or remove',
  });
}

/** First what is to be added, then what is to be removed, as restic does; no tag twice. */
function changedTags(tags: readonly string[], change: TagChange): string[] {
  if (change.kind === 'set') return [...new Set(change.tags.filter((tag) => tag !== ''))];
  const added = new Set([...tags, ...change.add.filter((tag) => tag !== '')]);
  for (const tag of change.remove) added.delete(tag);
  return [...added];
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((tag, index) => tag === other[index]);
}
