/**
 * Takes packs apart: reads the ranges with blobs to keep, has them proven and put into new packs by worker threads, and makes
 * those durable and named. Nothing old is touched. Bounded: some MiB for each worker beside its open packs. A damaged blob is
 * taken from another pack if there is one that has it whole; otherwise everything stops. Source: repository format, 15 (7).
 */
import { bytesToId, ID_BYTES, type BlobId } from '#base/ids.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { PackEntries } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import type { PackInventory } from '../check/pack-inventory.ts';
import { reasonUnlessFatal } from '../check/prepare.ts';

/** Reading on over so many unneeded bytes costs less than a request of its own. */
const MAX_GAP_BYTES = 256 << 10;
const MAX_RANGE_BYTES = 4 << 20;
/** Read or waiting to be put into packs, for each worker. */
const BYTES_UNDER_WAY = 6 << 20;

export interface RepackParts {
  readonly repository: Repository;
  readonly pool: PipelinePool;
  readonly inventory: PackInventory;
  /** Per entry: 1 = this place stays in use. */
  readonly kept: Uint8Array;
  /** Packs read, with their size; after their last blob went into a new pack that need not be durable yet. */
  onPackDone(packNumber: number): void;
  /** Called instead of stopping when a blob cannot be had from anywhere; its first place. */
  onLost?(entry: number): void;
}

/** Neighbouring entries of one pack that are read together. */
interface Range {
  readonly entries: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/**
 * When it resolves, the workers have everything in packs that are sent or open.
 * @throws integrity.blobCorrupt for a blob that cannot be had from anywhere, job.cancelled, storage errors
 */
export async function repackPacks(
  parts: RepackParts,
  packs: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pool } = parts;
  const underWay = new Set<Promise<void>>();
  const mostBytes = pool.workerCount * BYTES_UNDER_WAY;
  let bytesUnderWay = 0;
  let failure: { readonly error: unknown } | undefined;
  for (const pack of packs) {
    const ranges = rangesOf(parts, pack);
    let rangesLeft = ranges.length;
    for (const range of ranges) {
      while (
        underWay.size > 0 &&
        (bytesUnderWay + range.length > mostBytes || underWay.size >= 2 * pool.slotCount)
      )
        await Promise.race(underWay);
      throwIfCancelled(signal);
      if (failure !== undefined) break;
      bytesUnderWay += range.length;
      const job = repackRange(parts, pack, range, signal)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .then(() => {
          bytesUnderWay -= range.length;
          underWay.delete(job);
          if (--rangesLeft === 0) parts.onPackDone(pack);
        });
      underWay.add(job);
    }
    if (failure !== undefined) break;
  }
  await Promise.all(underWay);
  throwIfCancelled(signal);
  if (failure !== undefined) throw failure.error;
}

function rangesOf({ repository: { index }, inventory, kept }: RepackParts, pack: number): Range[] {
  const ranges: Range[] = [];
  let entries: number[] = [];
  let start = 0;
  let end = 0;
  for (const entry of inventory.entriesOf(pack)) {
    if (kept[entry] !== 1) continue;
    const { offset, length } = index.entryAt(entry);
    const isNear = offset - end <= MAX_GAP_BYTES && offset + length - start <= MAX_RANGE_BYTES;
    if (entries.length > 0 && !isNear) {
      ranges.push({ entries, offset: start, length: end - start });
      entries = [];
    }
    if (entries.length === 0) start = offset;
    entries.push(entry);
    end = offset + length;
  }
  if (entries.length > 0) ranges.push({ entries, offset: start, length: end - start });
  return ranges;
}

async function repackRange(
  parts: RepackParts,
  pack: number,
  range: Range,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failed = await tryRange(parts, pack, range, signal);
  for (const { entry, reason } of failed) await repackCopy(parts, entry, reason, signal);
}

interface FailedEntry {
  readonly entry: number;
  readonly reason: string;
}

/** The entries that could not be had from there. */
async function tryRange(
  { repository, pool }: RepackParts,
  pack: number,
  range: Range,
  signal: AbortSignal | undefined,
): Promise<FailedEntry[]> {
  const { offset, length, entries } = range;
  const packId = repository.index.packIdOf(pack);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await repository.storage.load('pack', packId, { offset, length }, signal);
  } catch (error) {
    const reason = reasonUnlessFatal(error);
    return entries.map((entry) => ({ entry, reason }));
  }
  const blobs = describe(repository, entries, offset);
  const { failures } = await pool.run('repack', { bytes, blobs }, [bytes.buffer]);
  return failures.map(({ position, reason }) => ({ entry: entries[position]!, reason }));
}

/** From any other pack that has it. @throws integrity.blobCorrupt about the first place when there is none */
async function repackCopy(
  parts: RepackParts,
  entry: number,
  reason: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { index } = parts.repository;
  const { type, id, packNumber } = index.entryAt(entry);
  for (const place of index.findEntries(type, id)) {
    if (place === entry) continue;
    const { offset, length, packNumber: otherPack } = index.entryAt(place);
    const failed = await tryRange(parts, otherPack, { entries: [place], offset, length }, signal);
    if (failed.length === 0) return;
  }
  if (parts.onLost !== undefined) {
    parts.onLost(entry);
    return;
  }
  const blobId = bytesToId<BlobId>(id);
  const packId = index.packIdOf(packNumber);
  throw new TidemarkError('integrity.blobCorrupt', { blobId, kind: type, packId, reason });
}

/** For a worker, counted from where its bytes begin. */
function describe({ index }: Repository, entries: readonly number[], start: number): PackEntries {
  const ids = new Uint8Array(entries.length * ID_BYTES);
  const isTree = new Uint8Array(entries.length);
  const numbers = new Uint32Array(entries.length * 3);
  entries.forEach((entry, i) => {
    const { type, id, offset, length, uncompressedLength } = index.entryAt(entry);
    ids.set(id, i * ID_BYTES);
    isTree[i] = type === 'tree' ? 1 : 0;
    numbers.set([offset - start, length, uncompressedLength], i * 3);
  });
  return { ids, isTree, numbers };
}
