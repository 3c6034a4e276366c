/**
 * Parts of a file's content, for looking at it. Only the pieces that a part touches are read. Which pieces a file has, and
 * where they lie, is remembered for the files that were looked at last, with the piece read last: so reading on costs no look
 * into trees and no index. What is remembered may be out of date after a clean-up: then it is found out anew.
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import type { ContentPart, PlaceAccess } from '#contract/engine/engine-values.ts';
import { findPlace } from '#operations/find-in-snapshot.ts';
import { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

/** Somebody looks at one file, and compares it with one or two others. */
const MOST_REMEMBERED = 8;
/** Longer lists are read but not remembered; 64 GB of a file have about 60 000. */
const MOST_BLOBS_REMEMBERED = 100_000;

interface KnownFile {
  readonly blobs: readonly BlobId[];
  /** Where each blob begins, and in the end the size of the file. */
  readonly starts: Float64Array;
  /** Of these blobs only. */
  readonly index: BlobIndex;
  /** Read last. */
  last?: { readonly number: number; readonly bytes: Uint8Array };
}

interface Part {
  readonly offset: number;
  readonly length: number;
}

export function contentCalls({ places }: EngineService): Pick<EngineHandlers, 'content'> {
  /** The one looked at longest ago is first; one that is just being found, too, so that nobody looks for it twice. */
  const remembered = new Map<string, Promise<KnownFile>>();

  return {
    async content({ access, snapshotId, path, ...part }, { signal }): Promise<ContentPart> {
      const key = `${access.placeId} ${snapshotId} ${path}`;
      const before = remembered.get(key);
      try {
        const file = await (before ?? find(key, access, { snapshotId, path }, signal));
        return await read(access, file, part, signal);
      } catch (error) {
        forget(key, before);
        const isOutdated = isTidemarkError(error) && error.code.startsWith('integrity.');
        if (before === undefined || !(isOutdated || isCancelled(error)) || signal.aborted) throw error;
        return read(access, await find(key, access, { snapshotId, path }, signal), part, signal);
      }
    },
  };

  function find(
    key: string,
    access: PlaceAccess,
    { snapshotId, path }: { readonly snapshotId: string; readonly path: ByteString },
    signal: AbortSignal,
  ): Promise<KnownFile> {
    const finding = places.with(access, { signal, keepsIndex: true }, (repository) =>
      findFile(repository, snapshotId, path, signal),
    );
    remembered.set(key, finding);
    finding.then(
      ({ blobs }) => blobs.length > MOST_BLOBS_REMEMBERED && forget(key, finding),
      () => forget(key, finding),
    );
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
    return finding;
  }

  function read(access: PlaceAccess, file: KnownFile, part: Part, signal: AbortSignal): Promise<ContentPart> {
    return places.with(access, { signal }, async (repository) => {
      repository.adoptIndex({ index: file.index, indexIds: [], damaged: [] }, false);
      return readPart(repository, file, part, signal);
    });
  }

  function forget(key: string, which: Promise<KnownFile> | undefined): void {
    if (remembered.get(key) === which) remembered.delete(key);
  }
}

/** Whoever began to look for the file has gone away. */
function isCancelled(error: unknown): boolean {
  return isTidemarkError(error, 'job.cancelled');
}

/** @throws repository.objectNotFound, files.pathNotInSnapshot, request.invalidInput, integrity errors */
async function findFile(
  repository: Repository,
  snapshotId: string,
  path: ByteString,
  signal: AbortSignal,
): Promise<KnownFile> {
  const stored = await repository.snapshots.find(snapshotId, {}, signal);
  await repository.loadIndex({ signal });
  const { node } = await findPlace(repository, stored, path, signal);
  if (node?.type !== 'file')
    throw new TidemarkError('request.invalidInput', { what: toDisplay(path), reason: 'it is not a file' });
  const blobs = node.content ?? [];
  const starts = new Float64Array(blobs.length + 1);
  const index = new BlobIndex();
  for (const [number, blobId] of blobs.entries()) {
    const id = idToBytes(blobId);
    const places = repository.index.locations('data', id);
    const [first] = places;
    if (first === undefined) {
      repository.doubtIndex();
      throw new TidemarkError('integrity.blobMissing', { blobId, kind: 'data' });
    }
    const entry = repository.index.findEntry('data', id);
    starts[number + 1] = starts[number]! + repository.index.plainBytesAt(entry);
    for (const { packId, offset, length, uncompressedLength } of places)
      index.add(index.packNumber(packId), 'data', id, 0, offset, length, uncompressedLength);
  }
  return { blobs, starts, index };
}

async function readPart(
  repository: Repository,
  file: KnownFile,
  { offset, length }: Part,
  signal: AbortSignal,
): Promise<ContentPart> {
  const { blobs, starts } = file;
  const sizeBytes = starts[blobs.length]!;
  const end = Math.min(offset + length, sizeBytes);
  const pieces: Uint8Array[] = [];
  for (let number = blobAt(starts, offset); number < blobs.length && starts[number]! < end; number++) {
    const bytes =
      file.last?.number === number
        ? file.last.bytes
        : await repository.loadBlob('data', blobs[number]!, signal);
    file.last = { number, bytes };
    const start = starts[number]!;
    pieces.push(bytes.subarray(Math.max(0, offset - start), end - start));
  }
  return { sizeBytes, offset, base64: Buffer.concat(pieces).toString('base64') };
}

/** Number of the last blob that begins at the offset or before. */
function blobAt(starts: Float64Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
