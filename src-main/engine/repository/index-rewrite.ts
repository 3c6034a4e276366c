/**
 * Replacing index files: the new ones are durable (the place confirms it) before the first old one goes, so that every
 * pack of `packs` is named at every moment. What packs there are to name, and that nothing else is lost with the old files,
 * is the caller's matter. Source: repository format, 8 and 15 (8).
 */
import type { IndexId, PackId } from '#base/ids.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { encodeIndex } from '#format/index-file.ts';
import { INDEX_FULL_BLOBS, withEntries, type PackToIndex } from './index-writer.ts';
import type { RepositoryFiles } from './repository-files.ts';

export interface IndexRewriteOptions {
  /** Awaited before every write and removal. @throws repository.lockLost */
  assertHeld(): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export interface WrittenIndexFile {
  readonly indexId: IndexId;
  readonly packIds: readonly PackId[];
}

/**
 * Names `packs` in new index files, then removes the files in `obsolete`. No packs: only removes. One new file is made
 * in memory at a time. When it fails, whatever was there before is still there, and nothing or all of `packs` twice.
 * @returns the new files
 * @throws storage errors (`storage.full` before anything is removed), repository.lockLost, job.cancelled
 */
export async function rewriteIndex(
  files: RepositoryFiles,
  packs: Iterable<PackToIndex>,
  obsolete: readonly IndexId[],
  options: IndexRewriteOptions,
): Promise<readonly WrittenIndexFile[]> {
  const written = await writeIndexFiles(files, packs, options);
  for (const id of obsolete) {
    throwIfCancelled(options.signal);
    await options.assertHeld();
    await files.remove('index', id);
    await assertGone(files, id);
  }
  return written;
}

/** An index file that stays although it was removed would go on naming packs that are removed next. */
async function assertGone(files: RepositoryFiles, id: IndexId): Promise<void> {
  if (!(await files.exists('index', id))) return;
  throw new TidemarkError(
    'storage.ioFailed',
    { location: files.location, operation: 'remove', reason: 'a file that was removed is still there' },
    { retry: 'later' },
  );
}

async function writeIndexFiles(
  files: RepositoryFiles,
  packs: Iterable<PackToIndex>,
  { assertHeld, signal }: IndexRewriteOptions,
): Promise<readonly WrittenIndexFile[]> {
  const written: WrittenIndexFile[] = [];
  for (const group of fullGroups(packs)) {
    throwIfCancelled(signal);
    await assertHeld();
    const plain = encodeIndex(withEntries(group));
    const indexId = await files.save<IndexId>('index', plain, signal);
    written.push({ indexId, packIds: group.map((pack) => pack.id) });
  }
  return written;
}

function* fullGroups(packs: Iterable<PackToIndex>): Generator<readonly PackToIndex[]> {
  let group: PackToIndex[] = [];
  let blobCount = 0;
  for (const pack of packs) {
    group.push(pack);
    blobCount += pack.blobCount;
    if (blobCount < INDEX_FULL_BLOBS) continue;
    yield group;
    group = [];
    blobCount = 0;
  }
  if (group.length > 0) yield group;
}
