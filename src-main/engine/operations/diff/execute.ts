/**
 * The difference between two versions, or between folders of them. Changes nothing, takes no lock. Cost grows with what
 * differs, but for the count of blobs, which looks through what is common when there is anything to be told of it.
 */
import { toDisplay } from '#base/byte-string.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import { findPlace, splitSnapshotPath } from '../find-in-snapshot.ts';
import { openReadingPool } from '../open-reading-pool.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { markUsedBlobs } from '../used-blobs.ts';
import { ChangeList } from './change-list.ts';
import { matchRenames, type Renames } from './match-renames.ts';
import { AFTER, BEFORE, TreeDiff } from './tree-diff.ts';
import type {
  Change,
  DiffCounts,
  DiffObserver,
  DiffParts,
  DiffRequest,
  DiffResult,
  FolderCounts,
} from './types.ts';

/**
 * @throws repository.objectNotFound, repository.ambiguousId, files.pathNotInSnapshot, request.invalidInput when a path is
 * no folder, job.cancelled, storage errors that concern the whole place
 */
export async function executeDiff(
  { repository, pipeline }: DiffParts,
  request: DiffRequest,
  observer: DiffObserver,
  signal?: AbortSignal,
): Promise<DiffResult> {
  const { before, after } = await resolveSides(repository, request, observer, signal);
  const list = new ChangeList();
  let damagedFolders = 0;
  const diff = new TreeDiff(
    repository,
    list,
    request.withMetadata,
    (damaged) => {
      damagedFolders++;
      observer.onDamaged?.(damaged);
    },
    signal,
  );
  await diff.compare(before, after);
  const renames = request.findRenames ? matchRenames(list, signal) : NO_RENAMES;
  for (const change of changesToTell(list, renames, request.foldFolders)) {
    throwIfCancelled(signal);
    await observer.onChange(change);
  }
  const blobs = request.countBlobs ? await countBlobs(repository, pipeline, diff, signal) : undefined;
  return {
    added: { ...diff.added, ...blobs?.added },
    removed: { ...diff.removed, ...blobs?.removed },
    changedFiles: diff.changedFiles,
    renamed: countRenamed(list, renames),
    damagedFolders,
  };
}

const NO_RENAMES: Renames = { sources: new Map(), covered: new Uint8Array(0) };

async function resolveSides(
  repository: Repository,
  request: DiffRequest,
  observer: DiffObserver,
  signal: AbortSignal | undefined,
): Promise<{ before: BlobId; after: BlobId }> {
  const from = splitSnapshotPath(request.from);
  const to = splitSnapshotPath(request.to);
  // Both snapshots before the index, so that all their blobs are found.
  const storedFrom = await repository.snapshots.find(from.snapshot, {}, signal);
  const storedTo = await repository.snapshots.find(to.snapshot, {}, signal);
  await repository.loadIndex({ signal });
  const places = [
    await findPlace(repository, storedFrom, from.path, signal),
    await findPlace(repository, storedTo, to.path, signal),
  ];
  const [before, after] = places.map(({ treeId, path }) => {
    if (treeId !== undefined) return treeId;
    throw new TidemarkError('request.invalidInput', {
      what: `${toDisplay(path)} cannot be compared`,
      reason: 'name a folder; it is none in that snapshot',
    });
  });
  await observer.onStart?.(storedFrom, storedTo);
  return { before: before!, after: after! };
}

function* changesToTell(list: ChangeList, renames: Renames, foldFolders: boolean): Generator<Change> {
  for (let change = 0; change < list.length; change++) {
    if (renames.covered[change] === 1) continue;
    const path = list.pathOf(change);
    const isFolder = list.typeOf(change) === 'folder';
    const kind = list.kindOf(change);
    const source = renames.sources.get(change);
    if (source !== undefined)
      yield { kind: 'renamed', path, isFolder, from: list.pathOf(source), inside: list.countInside(change) };
    else if (kind === 'changed') yield { kind, path, isFolder, letters: list.lettersOf(change) };
    else {
      yield { kind, path, isFolder, inside: list.countInside(change) };
      if (!foldFolders || !isFolder) continue;
      // A rename into or out of the folder is told all the same.
      for (let inner = change + 1; inner < list.endOf(change); inner++) {
        const from = renames.sources.get(inner);
        if (from === undefined || renames.covered[inner] === 1) continue;
        yield {
          kind: 'renamed',
          path: list.pathOf(inner),
          isFolder: list.typeOf(inner) === 'folder',
          from: list.pathOf(from),
          inside: list.countInside(inner),
        };
      }
      change = list.endOf(change) - 1;
    }
  }
}

function countRenamed(list: ChangeList, { sources }: Renames): FolderCounts {
  const total = { files: 0, folders: 0, others: 0 };
  for (const added of sources.keys()) {
    const inside = list.countInside(added);
    total.files += inside.files;
    total.folders += inside.folders;
    total.others += inside.others;
    if (list.typeOf(added) === 'folder') total.folders++;
    else total.files++;
  }
  return total;
}

type BlobCounts = Required<Pick<DiffCounts, 'blobs'>>;

/** Of blobs that one side's differing folders refer to: those that nothing of the other side refers to. */
async function countBlobs(
  repository: Repository,
  pipeline: PipelineHost,
  { marks, unknown, common }: TreeDiff,
  signal: AbortSignal | undefined,
): Promise<{ added: BlobCounts; removed: BlobCounts }> {
  const isOneSided = (mark: number): boolean => mark === BEFORE || mark === AFTER;
  const shared = marks.some(isOneSided)
    ? await markCommon(repository, pipeline, common, signal)
    : new Uint8Array(0);
  const counts = { [BEFORE]: { data: 0, trees: 0, bytes: 0 }, [AFTER]: { data: 0, trees: 0, bytes: 0 } };
  for (let entry = 0; entry < marks.length; entry++) {
    const mark = marks[entry];
    if ((mark !== BEFORE && mark !== AFTER) || shared[entry] === 1) continue;
    counts[mark][repository.index.entryAt(entry).type === 'data' ? 'data' : 'trees']++;
    counts[mark].bytes += repository.index.plainBytesAt(entry);
  }
  for (const [key, mark] of unknown) {
    if (mark === BEFORE || mark === AFTER) counts[mark][key.startsWith('data') ? 'data' : 'trees']++;
  }
  return { added: { blobs: counts[AFTER] }, removed: { blobs: counts[BEFORE] } };
}

/** Damage there concerns both sides and is for a check to tell. */
async function markCommon(
  repository: Repository,
  pipeline: PipelineHost,
  trees: ReadonlySet<BlobId>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (trees.size === 0) return new Uint8Array(0);
  const pool = openReadingPool(repository, pipeline);
  const stopPool = (): void => void pool.close();
  signal?.addEventListener('abort', stopPool);
  try {
    return (await markUsedBlobs(repository, pool, trees, { signal })).marks;
  } finally {
    signal?.removeEventListener('abort', stopPool);
    await pool.close();
  }
}
