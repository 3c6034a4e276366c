/**
 * What share of a file is left once it is compressed, from the lengths that the index has of its pieces: so a file that has
 * become random, as when something encrypts it, is told from one that was written anew, without reading either.
 */
import { isTidemarkError } from '#base/errors.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import type { ByteString } from '#base/byte-string.ts';
import { SEAL_OVERHEAD_BYTES } from '#format/envelope.ts';
import { findPlace } from '#operations/find-in-snapshot.ts';
import type { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

interface FileAt {
  readonly snapshotId: string;
  readonly path: ByteString;
}

/** Pieces of a file that are looked at, spread over all of it. */
const MOST_PIECES = 64;
/** A help for the eye: nobody waits longer for it. */
const PATIENCE_MS = 2_000;
/** This program stores a piece as it is only where compressing does not make it smaller; others may have been told to. */
const OWN_PROGRAM = /^tidemark /;

export function storedShareCalls({
  parts: { clock },
  places,
}: EngineService): Pick<EngineHandlers, 'storedShares'> {
  return {
    storedShares: ({ access, files }, { signal }) =>
      places.with(access, { signal, keepsIndex: true }, async (repository) => {
        if (repository.config.version < 2) return files.map(() => null);
        await repository.loadIndex({ signal });
        const endMs = clock.monotonicMs() + PATIENCE_MS;
        const shares: (number | null)[] = [];
        for (const file of files)
          shares.push(clock.monotonicMs() > endMs ? null : await shareOf(repository, file, signal));
        return shares;
      }),
  };
}

/** Null for what is gone or damaged meanwhile: whoever looks into it is told. */
async function shareOf(
  repository: Repository,
  { snapshotId, path }: FileAt,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const stored = await repository.snapshots.find(snapshotId, {}, signal);
    const { node } = await findPlace(repository, stored, path, signal);
    const isOwn = OWN_PROGRAM.test(stored.snapshot.programVersion ?? '');
    return shareOfPieces(repository.index, spread(node?.content ?? []), isOwn);
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled' || error.code.startsWith('storage.'))
      throw error;
    return null;
  }
}

function spread(pieces: readonly BlobId[]): readonly BlobId[] {
  if (pieces.length <= MOST_PIECES) return pieces;
  const step = pieces.length / MOST_PIECES;
  return Array.from({ length: MOST_PIECES }, (_, at) => pieces[Math.floor(at * step)]!);
}

function shareOfPieces(index: BlobIndex, pieces: readonly BlobId[], isOwn: boolean): number | null {
  let plainBytes = 0;
  let storedBytes = 0;
  for (const piece of pieces) {
    const location = index.location('data', idToBytes(piece));
    if (location === undefined) return null;
    const { length, uncompressedLength } = location;
    if (uncompressedLength === 0 && !isOwn) return null;
    const bytes = length - SEAL_OVERHEAD_BYTES;
    storedBytes += bytes;
    plainBytes += uncompressedLength === 0 ? bytes : uncompressedLength;
  }
  return plainBytes === 0 ? null : storedBytes / plainBytes;
}
