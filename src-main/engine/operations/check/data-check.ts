/**
 * Reads whole packs and has them proven in worker threads. Bounded: a pack for each worker, which is most of what a check
 * needs in memory; large packs count for several. Source: repository format, 18 (4).
 */
import { idToBytes } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { JobTypes } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import type { CheckTally } from './check-tally.ts';
import type { Losses } from './losses.ts';
import type { PackInventory } from './pack-inventory.ts';
import { reasonUnlessFatal, type PackToRead } from './prepare.ts';
import type { TreeCheck } from './tree-check.ts';
import { MAX_BLOBS_LISTED } from './types.ts';

/** Restic's usual size of a pack with the blob that went beyond it. */
const USUAL_PACK_BYTES = 17 << 20;

export interface DataCheckParts {
  readonly repository: Repository;
  readonly pool: PipelinePool;
  readonly inventory: PackInventory;
  readonly tally: CheckTally;
  readonly losses: Losses;
  /** Learns of the trees that are read on the way. */
  readonly trees: TreeCheck;
}

/**
 * Packs with trees come first; `onTreesRead` is called when they are through.
 * @throws job.cancelled, storage errors that concern the whole place
 */
export async function checkData(
  parts: DataCheckParts,
  packs: readonly PackToRead[],
  onTreesRead: () => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pool, tally, inventory } = parts;
  const hasTrees = ({ packNumber }: PackToRead): boolean => inventory.hasTrees(packNumber);
  let treePacksLeft = packs.filter(hasTrees).length;
  const mostBytes = pool.workerCount * USUAL_PACK_BYTES;
  const totalBytes = packs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const underWay = new Set<Promise<void>>();
  let bytesUnderWay = 0;
  let failure: { readonly error: unknown } | undefined;
  const report = (): void =>
    tally.report('data', tally.counts.packsRead, packs.length, tally.counts.packBytesRead, totalBytes);

  report();
  if (treePacksLeft === 0) onTreesRead();
  // Then large ones first, so that in the end no worker is left alone with a large one.
  const inOrder = [...packs].sort(
    (a, b) => Number(hasTrees(b)) - Number(hasTrees(a)) || b.sizeBytes - a.sizeBytes,
  );
  for (const pack of inOrder) {
    while (underWay.size > 0 && bytesUnderWay + pack.sizeBytes > mostBytes) await Promise.race(underWay);
    throwIfCancelled(signal);
    if (failure !== undefined) break;
    bytesUnderWay += pack.sizeBytes;
    const reading = readPack(parts, pack, signal)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .then(() => {
        bytesUnderWay -= pack.sizeBytes;
        underWay.delete(reading);
        tally.counts.packsRead++;
        tally.counts.packBytesRead += pack.sizeBytes;
        report();
        if (hasTrees(pack) && --treePacksLeft === 0) onTreesRead();
      });
    underWay.add(reading);
  }
  await Promise.all(underWay);
  throwIfCancelled(signal);
  if (failure !== undefined) throw failure.error;
}

async function readPack(
  parts: DataCheckParts,
  pack: PackToRead,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { repository, pool, inventory, tally, losses } = parts;
  const { packId, packNumber } = pack;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await repository.storage.load('pack', packId, undefined, signal);
  } catch (error) {
    tally.addError({ code: 'packUnreadable', packId, reason: reasonUnlessFatal(error) });
    for (const entry of inventory.entriesOf(packNumber)) losses.addPlace(entry);
    return;
  }
  const verified = await pool.run(
    'verifyPack',
    { packId: idToBytes(packId), bytes, entries: inventory.packEntries(packNumber) },
    [bytes.buffer],
  );
  tally.counts.plainBytesRead += verified.plainBytes;
  if (verified.trees !== undefined) {
    const entries = inventory.entriesOf(packNumber);
    parts.trees.learn(
      verified.trees.positions.map((position) => entries[position]!),
      verified.trees.inspected,
    );
  }
  reportPack(parts, pack, verified);
}

function reportPack(
  { inventory, tally, losses }: DataCheckParts,
  { packId, packNumber }: PackToRead,
  { faults, blobs }: JobTypes['verifyPack']['output'],
): void {
  if (faults.length === 0 && blobs.length === 0) return;
  const entries = inventory.entriesOf(packNumber);
  for (const { position, code } of blobs) {
    if (position >= 0 && (code === 'damaged' || code === 'beyondEnd')) losses.addPlace(entries[position]!);
  }
  tally.addError({
    code: 'packDamaged',
    packId,
    faults,
    blobs: blobs.slice(0, MAX_BLOBS_LISTED),
    faultyBlobCount: blobs.length,
  });
}
