/**
 * Takes snapshot files away that nobody can read any more, because a person named them: as long as one is there, a prune cannot
 * know what it needs and refuses. Its bytes are kept outside of the repository first, and its trees stay until a prune, so
 * `recover` can still find them. Nothing goes when one of those named can be read, or is whole and merely not understood.
 */
import { bytesToId, type SnapshotId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import { findObjectId } from '../find-object-id.ts';
import type { KeepCopy } from '../keep-copy.ts';
import { underLock } from '../under-lock.ts';

export interface ForgetDamagedParts {
  readonly repository: Repository;
  readonly keepCopy: KeepCopy;
}

export interface ForgetDamagedRequest {
  /** Ids, or beginnings of them. */
  readonly ids: readonly string[];
  readonly dryRun: boolean;
}

export interface DamagedSnapshot {
  readonly id: SnapshotId;
  readonly reason: string;
}

interface DamagedFile extends DamagedSnapshot {
  readonly bytes: Uint8Array;
}

/**
 * @returns what was taken away, or would be
 * @throws request.invalidInput for one that is not damaged, repository.objectNotFound, repository.ambiguousId,
 * repository.locked, repository.lockLost, job.cancelled, files.targetNotWritable and files.noSpace when a copy cannot be kept,
 * storage errors
 */
export function executeForgetDamaged(
  { repository, keepCopy }: ForgetDamagedParts,
  { ids, dryRun }: ForgetDamagedRequest,
  signal?: AbortSignal,
): Promise<readonly DamagedSnapshot[]> {
  repository.bypassCache();
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const damaged = new Map<SnapshotId, DamagedFile>();
    for (const prefix of ids) {
      throwIfCancelled(stop);
      const id = await findObjectId<SnapshotId>(repository, 'snapshot', prefix, stop);
      damaged.set(id, await examine(repository, id, stop));
    }
    for (const { id, bytes } of dryRun ? [] : damaged.values()) {
      throwIfCancelled(stop);
      await keepCopy(`snapshot-${id}`, bytes);
      await assertHeld();
      await repository.files.remove('snapshot', id, stop);
    }
    return [...damaged.values()].map(({ id, reason }) => ({ id, reason }));
  });
}

async function examine(
  repository: Repository,
  id: SnapshotId,
  signal: AbortSignal | undefined,
): Promise<DamagedFile> {
  const { storage, snapshots, ports } = repository;
  const bytes = await storage.load('snapshot', id, undefined, signal);
  const reason = await reasonOf(snapshots.load(id, signal));
  if (reason === undefined)
    throw refusal(`the snapshot ${id.slice(0, 8)} can be read`, 'leave out --damaged to forget it');
  const again = await storage.load('snapshot', id, undefined, signal);
  if (Buffer.compare(bytes, again) !== 0)
    throw new TidemarkError(
      'storage.ioFailed',
      {
        location: storage.location,
        operation: 'load',
        reason: 'a file read differently the second time',
      },
      { retry: 'later' },
    );
  const isWhole = bytesToId(ports.primitives.sha256(bytes)) === id;
  if (isWhole && (await reasonOf(repository.files.load('snapshot', id, signal))) === undefined)
    throw refusal(
      `the snapshot ${id.slice(0, 8)} is whole, but not understood (${reason})`,
      'the program that made it can read and forget it',
    );
  return { id, reason, bytes };
}

/** Why it cannot be read; undefined when it can. */
async function reasonOf(loading: Promise<unknown>): Promise<string | undefined> {
  try {
    await loading;
    return undefined;
  } catch (error) {
    if (isTidemarkError(error, 'integrity.fileCorrupt')) return error.data.reason;
    throw error;
  }
}

function refusal(what: string, advice: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what, reason: `${advice}; nothing was removed` });
}
