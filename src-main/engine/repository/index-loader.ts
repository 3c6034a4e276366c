/**
 * Loads all index files into a BlobIndex. Damaged index files are reported together, after the others were tried.
 * Readers list snapshots before calling this (repository format, section 14).
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { IndexId } from '#base/ids.ts';
import { parseIndex } from '#format/index-file.ts';
import { BlobIndex } from './blob-index.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Index files loaded at a time: they are a few MiB each, read while the one before is parsed. */
const LOADS_AHEAD = 3;

export interface LoadedIndex {
  readonly index: BlobIndex;
  readonly indexIds: readonly IndexId[];
  readonly damaged: readonly TidemarkError<'integrity.indexCorrupt'>[];
}

/** Adds one index file's packs and blobs. @throws integrity.indexCorrupt */
export function addIndexFile(index: BlobIndex, indexId: IndexId, plain: Uint8Array): void {
  let packNumber = 0;
  try {
    parseIndex(plain, {
      pack(id) {
        packNumber = index.packNumber(id);
      },
      blob(type, id, offset, length, uncompressedLength) {
        index.add(packNumber, type, id, 0, offset, length, uncompressedLength);
      },
    });
  } catch (error) {
    throw new TidemarkError('integrity.indexCorrupt', {
      indexId,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

export async function loadIndexFiles(
  files: RepositoryFiles,
  index: BlobIndex,
  signal?: AbortSignal,
): Promise<Omit<LoadedIndex, 'index'>> {
  const indexIds = (await files.list('index', signal)).map(({ name }) => name as IndexId);
  const damaged: TidemarkError<'integrity.indexCorrupt'>[] = [];
  const loading: Promise<Uint8Array>[] = [];
  for (let next = 0; next < indexIds.length; next++) {
    for (let ahead = loading.length; ahead < Math.min(next + LOADS_AHEAD, indexIds.length); ahead++) {
      const load = files.load('index', indexIds[ahead]!, signal);
      load.catch(() => undefined);
      loading.push(load);
    }
    try {
      addIndexFile(index, indexIds[next]!, await loading[next]!);
    } catch (error) {
      if (!isTidemarkError(error, 'integrity.indexCorrupt')) throw error;
      damaged.push(error);
    }
    loading[next] = Promise.resolve(new Uint8Array(0));
  }
  return { indexIds, damaged };
}
