/**
 * Loads all index files into a BlobIndex. Damaged index files are reported together, after the others were tried.
 * Readers list snapshots before calling this (repository format, section 14).
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { IndexId, PackId } from '#base/ids.ts';
import { parseIndex } from '#format/index-file.ts';
import type { BlobIndex, BlobType } from './blob-index.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Index files loaded at a time: they are a few MiB each, read while the one before is parsed. */
const LOADS_AHEAD = 2;

export interface LoadedIndex {
  readonly index: BlobIndex;
  readonly indexIds: readonly IndexId[];
  readonly damaged: readonly TidemarkError<'integrity.indexCorrupt'>[];
}

/** Sees what each file says by itself; in the union of all files that is gone. Called for well-formed files only. */
export interface IndexFileObserver {
  onPack(indexId: IndexId, packNumber: number): void;
  /** Of the pack named last. The id is the 32 bytes of `ids` from `idOffset` on, valid during the call. */
  onBlob(
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    length: number,
    uncompressedLength: number,
  ): void;
}

/** Packs whose blobs count as unknown: the observer learns of them all the same. */
export type OmitsPack = (packId: PackId) => boolean;

/** Adds one index file's packs and blobs. @throws integrity.indexCorrupt */
export function addIndexFile(
  index: BlobIndex,
  indexId: IndexId,
  plain: Uint8Array,
  observer?: IndexFileObserver,
  omitsPack?: OmitsPack,
): void {
  let packNumber = 0;
  let isOmitted = false;
  try {
    parseIndex(plain, {
      pack(id) {
        packNumber = index.packNumber(id);
        isOmitted = omitsPack?.(id) === true;
        observer?.onPack(indexId, packNumber);
      },
      blob(type, ids, idOffset, offset, length, uncompressedLength) {
        if (!isOmitted) index.add(packNumber, type, ids, idOffset, offset, length, uncompressedLength);
        observer?.onBlob(type, ids, idOffset, offset, length, uncompressedLength);
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
  observer?: IndexFileObserver,
  omitsPack?: OmitsPack,
): Promise<Omit<LoadedIndex, 'index'>> {
  const indexIds = await listIndexFiles(files, signal);
  return { indexIds, damaged: await addIndexFiles(files, index, indexIds, signal, observer, omitsPack) };
}

export async function listIndexFiles(files: RepositoryFiles, signal?: AbortSignal): Promise<IndexId[]> {
  return (await files.list('index', signal)).map(({ name }) => name as IndexId);
}

/** @returns the damaged ones */
export async function addIndexFiles(
  files: RepositoryFiles,
  index: BlobIndex,
  indexIds: readonly IndexId[],
  signal?: AbortSignal,
  observer?: IndexFileObserver,
  omitsPack?: OmitsPack,
): Promise<TidemarkError<'integrity.indexCorrupt'>[]> {
  const damaged: TidemarkError<'integrity.indexCorrupt'>[] = [];
  const loading: Promise<Uint8Array>[] = [];
  for (let next = 0; next < indexIds.length; next++) {
    for (let ahead = loading.length; ahead < Math.min(next + LOADS_AHEAD, indexIds.length); ahead++) {
      const load = files.load('index', indexIds[ahead]!, signal);
      load.catch(() => undefined);
      loading.push(load);
    }
    try {
      const plain = await loading[next]!;
      addIndexFile(index, indexIds[next]!, plain, observer, omitsPack);
      releaseNow(plain);
    } catch (error) {
      if (!isTidemarkError(error, 'integrity.indexCorrupt')) throw error;
      damaged.push(error);
    }
    loading[next] = Promise.resolve(new Uint8Array(0));
  }
  return damaged;
}

/** Some MiB of text that nobody needs any more go at once, instead of when the collector happens to see how much it is. */
function releaseNow({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
