/**
 * Snapshot files that are damaged, described anew from what somebody remembers of them (the catalogue does): nothing of a version
 * is lost as long as its tree is there. What cannot be read keeps its bytes outside, as with `forget --damaged`. Cut off between the
 * two, the next run finds its new file again. Source: product notes, section 5, E4.
 */
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { Repository } from '#repository/repository.ts';
import { loadNodes } from './find-in-snapshot.ts';
import { executeForgetDamaged } from './forget/forget-damaged.ts';
import type { KeepCopy } from './keep-copy.ts';
import { SnapshotReplacer } from './replace-snapshots.ts';
import { underLock } from './under-lock.ts';

/** What is remembered of a snapshot. */
export type RememberedSnapshot = Pick<
  Snapshot,
  'time' | 'paths' | 'hostname' | 'username' | 'tags' | 'original' | 'summary'
> & { readonly id: SnapshotId; readonly tree: BlobId };

export interface RemakeParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly keepCopy: KeepCopy;
}

export interface RemadeSnapshots {
  readonly remade: readonly { readonly oldId: SnapshotId; readonly newId: SnapshotId }[];
  /** Damaged all the same: nothing is remembered of them, or not even the top folder of what was in them is there. */
  readonly left: readonly SnapshotId[];
}

/** @throws repository.locked, repository.lockLost, job.cancelled, files.noSpace and the like for the copies, storage errors */
export async function executeRemakeSnapshots(
  { repository, keepCopy }: RemakeParts,
  remember: (ids: readonly SnapshotId[]) => Promise<readonly RememberedSnapshot[]>,
  programVersion: string,
  signal?: AbortSignal,
): Promise<RemadeSnapshots> {
  repository.bypassCache();
  const damaged = await findDamaged(repository, keepCopy, signal);
  if (damaged.length === 0) return { remade: [], left: [] };
  const remembered = await remember(damaged);
  const remade = await underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    await repository.loadIndex({ signal: stop });
    const { snapshots } = await repository.snapshots.loadAll(stop);
    const replacer = new SnapshotReplacer(repository, snapshots, assertHeld, stop);
    const made: { oldId: SnapshotId; newId: SnapshotId }[] = [];
    for (const each of remembered) {
      if (!(await canBeRead(repository, each.tree, stop))) continue;
      made.push({ oldId: each.id, newId: await replacer.save(snapshotOf(repository, each, programVersion)) });
    }
    return made;
  });
  const ids = remade.map(({ oldId }) => oldId);
  if (ids.length > 0) {
    const { ports, config, keys, keyId } = repository;
    // Without the index, which has no part in it.
    const bare = new Repository(ports, config, keys, keyId);
    await executeForgetDamaged({ repository: bare, keepCopy }, { ids, dryRun: false }, signal);
  }
  return { remade, left: damaged.filter((id) => !ids.includes(id)) };
}

/** Those that nobody can read; what is whole and only not understood is left to the program that made it. */
async function findDamaged(
  repository: Repository,
  keepCopy: KeepCopy,
  signal: AbortSignal | undefined,
): Promise<SnapshotId[]> {
  const { damaged } = await repository.snapshots.loadAll(signal);
  const found: SnapshotId[] = [];
  for (const { data } of damaged) {
    try {
      await executeForgetDamaged({ repository, keepCopy }, { ids: [data.id], dryRun: true }, signal);
      found.push(data.id as SnapshotId);
    } catch (error) {
      const isNoneOfThem =
        isTidemarkError(error, 'request.invalidInput') || isTidemarkError(error, 'repository.objectNotFound');
      if (!isNoneOfThem) throw error;
    }
  }
  return found;
}

/** Whether its top folder is there; what is lost below it is for the repair of snapshots. */
async function canBeRead(
  repository: Repository,
  tree: BlobId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await loadNodes(repository, tree, signal);
    return true;
  } catch (error) {
    if (isTidemarkError(error) && error.code.startsWith('integrity.')) return false;
    throw error;
  }
}

function snapshotOf(
  { ports: { identity } }: Repository,
  { id, original, summary, ...known }: RememberedSnapshot,
  programVersion: string,
): Snapshot {
  return {
    ...known,
    uid: identity.uid,
    gid: identity.gid,
    excludes: [],
    original: original ?? id,
    programVersion,
    ...(summary === undefined ? {} : { summary }),
  };
}
