/**
 * The repack job: takes sealed blobs out of a part of a pack, proves each, and puts those that are new into the worker's
 * open packs. Input: `bytes`, the part of the pack (to be transferred; its memory is given up), and `blobs`, the places
 * in it, offsets counted from the start of `bytes`. Output: what was stored, and which blobs did not open; those are
 * not stored, and it is for the caller to stop or to find another copy.
 * The core's `claim` decides which blobs are new: a copy asks the destination's index, a prune takes all that it sent.
 * The source's keys are `settings.sourceKeys` when they differ from the destination's. Sealed bytes are taken over as they
 * are when the keys and the form stay the same; otherwise the blob is compressed and sealed anew.
 */
import { idAt, joinIds } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { OpenedBlob } from '../blob-sink.ts';
import type { JobTypes, StoredCounts } from '../job-types.ts';
import type { BlobType, WorkerSettings } from '../protocol.ts';
import type { JobContext } from '../worker-thread.ts';

type Repack = JobTypes['repack'];
type Failure = Repack['output']['failures'][number];

export async function repack(input: Repack['input'], context: JobContext): Promise<Repack['output']> {
  const { bytes, blobs } = input;
  const failures: Failure[] = [];
  const stored = { data: NOTHING, tree: NOTHING };
  for (const type of ['tree', 'data'] as const) {
    const positions = [...blobs.isTree.keys()].filter(
      (position) => (blobs.isTree[position] === 1) === (type === 'tree'),
    );
    if (positions.length === 0) continue;
    const ids = joinIds(positions.map((position) => idAt(blobs.ids, position)));
    stored[type] = await context.sink.storeEach(type, ids, (number) =>
      open(input, type, positions[number]!, failures, context),
    );
  }
  // A part of a pack is gone from memory at once, instead of when the collector happens to see how much it was.
  bytes.buffer.transfer(0);
  return { stored, failures };
}

const NOTHING: StoredCounts = { blobs: 0, bytes: 0, packedBytes: 0 };

/** Undefined for a blob that does not open. */
function open(
  { bytes, blobs }: Repack['input'],
  type: BlobType,
  position: number,
  failures: Failure[],
  { sourceCodec, settings, reportRead }: JobContext,
): OpenedBlob | undefined {
  const offset = blobs.numbers[position * 3]!;
  const sealedLength = blobs.numbers[position * 3 + 1]!;
  const uncompressedLength = blobs.numbers[position * 3 + 2]!;
  reportRead(sealedLength);
  const sealed = bytes.subarray(offset, offset + sealedLength);
  try {
    const plain = sourceCodec.open(sealed, uncompressedLength, idAt(blobs.ids, position));
    return canKeepForm(type, uncompressedLength, settings)
      ? { plain, sealed: { bytes: sealed, uncompressedLength } }
      : { plain };
  } catch (error) {
    if (isTidemarkError(error)) throw error;
    failures.push({ position, reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/** Would sealing it anew with the destination's settings give the same but for the nonce? */
function canKeepForm(
  type: BlobType,
  uncompressedLength: number,
  { repositoryVersion, compression, sourceKeys }: WorkerSettings,
): boolean {
  if (sourceKeys !== undefined) return false;
  if (repositoryVersion === 1) return uncompressedLength === 0;
  return uncompressedLength !== 0 || (type === 'data' && compression === 'off');
}
