/**
 * A repair of packs: what is good in damaged ones is moved to new packs, then the damaged ones go. In an order that loses
 * nothing at any moment: a copy of each damaged pack outside the repository, new packs, an index that names them, lost blobs
 * from elsewhere where they can be had, an index without the damaged packs, and only then is a damaged pack removed.
 */
import { bytesToId, idToBytes, type BlobId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { SourceFiles } from '#files/port.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { UnfinishedPack } from '#pipeline/protocol.ts';
import { rewriteIndex } from '#repository/index-rewrite.ts';
import type { PackToIndex } from '#repository/index-writer.ts';
import { Repository } from '#repository/repository.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import { checkRepaired } from '../check-repaired.ts';
import { PackInventory } from '../check/pack-inventory.ts';
import { healBlobs } from '../heal-blobs.ts';
import type { KeepCopy } from '../keep-copy.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { repairIndexUnderLock } from '../repair-index/execute.ts';
import { entriesOfColumns } from '../repair-index/pack-columns.ts';
import { underLock } from '../under-lock.ts';
import { examinePack } from './examine-pack.ts';
import { packGoodBlobs } from './pack-good-blobs.ts';
import { isElsewhere, prepareRepairPacks, type PackToRepair, type PreparedRepairPacks } from './prepare.ts';
import type { RepairPacksObserver, RepairPacksRequest, RepairPacksResult } from './types.ts';

export interface RepairPacksParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
  readonly keepCopy: KeepCopy;
  /** In which lost content may be looked for. */
  readonly files: SourceFiles;
}

const PACK_SIZE_BYTES = 16 << 20;
/** Good blobs that are held in memory until they are stored. */
const MOST_WAITING_BYTES = 4 * PACK_SIZE_BYTES;

/**
 * @throws repository.locked, repository.lockLost, repository.objectNotFound, repository.ambiguousId,
 * integrity.indexCorrupt for a trial, job.cancelled, files.targetNotWritable and files.noSpace when a copy cannot be kept, storage errors
 */
export async function executeRepairPacks(
  parts: RepairPacksParts,
  request: RepairPacksRequest,
  observer: RepairPacksObserver = {},
  signal?: AbortSignal,
): Promise<RepairPacksResult> {
  const { repository } = parts;
  repository.bypassCache();
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const { prepared, hasRepairedIndex } = await prepareWithIndex(parts, request, observer, assertHeld, stop);
    const plan = { ...prepared.plan, hasRepairedIndex };
    if (request.dryRun || prepared.packs.length === 0) return { ...plan, healedBlobs: 0 };
    const inventory = new PackInventory(repository.index);
    const scope = repository.openWriteScope({ assertHeld });
    await saveGoodBlobs(parts, prepared.packs, scope, observer, stop);
    const healedBlobs = await heal(parts, prepared, request, scope, observer, stop);
    await dropFromIndex(repository, prepared, inventory, assertHeld, stop);
    for (const { packId } of prepared.packs) {
      throwIfCancelled(stop);
      await assertHeld();
      await repository.storage.remove('pack', packId, stop);
    }
    const checked = await checkRepaired(parts, observer, stop);
    return { ...plan, healedBlobs, checked };
  });
}

/** What is in a pack can only be told by a whole index: a damaged one is repaired first, but not for a trial. */
async function prepareWithIndex(
  { repository, keepCopy }: RepairPacksParts,
  { packs, dryRun }: RepairPacksRequest,
  observer: RepairPacksObserver,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<{ readonly prepared: PreparedRepairPacks; readonly hasRepairedIndex: boolean }> {
  try {
    const prepared = await prepareRepairPacks(repository, packs, observer, signal);
    return { prepared, hasRepairedIndex: false };
  } catch (error) {
    if (dryRun || !isTidemarkError(error, 'integrity.indexCorrupt')) throw error;
  }
  const { ports, config, keys, keyId } = repository;
  const fresh = new Repository(ports, config, keys, keyId);
  await repairIndexUnderLock({ repository: fresh, keepCopy }, assertHeld, signal);
  const prepared = await prepareRepairPacks(repository, packs, observer, signal);
  return { prepared, hasRepairedIndex: true };
}

async function saveGoodBlobs(
  { repository, keepCopy }: RepairPacksParts,
  packs: readonly PackToRepair[],
  scope: WriteScope,
  observer: RepairPacksObserver,
  signal: AbortSignal | undefined,
): Promise<void> {
  let waiting: UnfinishedPack[] = [];
  let waitingBytes = 0;
  for (const [number, pack] of packs.entries()) {
    throwIfCancelled(signal);
    observer.onProgress?.({ stage: 'saving', done: number, total: packs.length });
    if (pack.state === 'missing') continue;
    const { packId } = pack;
    const bytes = await repository.storage.load('pack', packId, undefined, signal);
    await keepCopy(`pack-${packId}`, bytes);
    const { good } = await examinePack(repository, packId, bytes, pack.indexed, signal);
    if (good.length < pack.goodBlobs) throw readsDifferently(repository);
    // An earlier repair that was stopped may have saved them.
    const unsaved = await withoutSaved(repository, good, signal);
    waiting.push(...packGoodBlobs(bytes, unsaved));
    waitingBytes += bytes.length;
    if (waitingBytes < MOST_WAITING_BYTES) continue;
    await scope.finish(waiting, PACK_SIZE_BYTES);
    waiting = [];
    waitingBytes = 0;
  }
  await scope.finish(waiting, PACK_SIZE_BYTES);
  observer.onProgress?.({ stage: 'saving', done: packs.length, total: packs.length });
}

/** @returns how many lost blobs were found elsewhere; they are durable and in the index */
async function heal(
  { repository, pipeline, files }: RepairPacksParts,
  { lost }: PreparedRepairPacks,
  { heal: sources }: RepairPacksRequest,
  scope: WriteScope,
  observer: RepairPacksObserver,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (sources === undefined || lost.length === 0) return 0;
  const { healed } = await healBlobs(
    { repository, scope, pipeline, files },
    lost.map(({ type, id }) => ({ type, id: idToBytes(id) })),
    sources,
    {
      onProgress: (done, total) => observer.onProgress?.({ stage: 'healing', done, total }),
      onProblem: (path, code) => observer.onProblem?.(path, code),
    },
    signal,
  );
  return healed.length;
}

async function withoutSaved(
  repository: Repository,
  entries: readonly PackEntry[],
  signal: AbortSignal | undefined,
): Promise<PackEntry[]> {
  const unsaved: PackEntry[] = [];
  for (const entry of entries) {
    const isSaved = await isElsewhere(repository, entry.type, bytesToId<BlobId>(entry.id), signal);
    if (!isSaved) unsaved.push(entry);
  }
  return unsaved;
}

/** A pack from which more could be read a moment ago must not go. */
function readsDifferently({ storage }: Repository): TidemarkError {
  const reason = 'a file read differently the second time';
  return new TidemarkError(
    'storage.ioFailed',
    { location: storage.location, operation: 'load', reason },
    { retry: 'later' },
  );
}

/** `inventory`: of the index before anything was added to it. */
async function dropFromIndex(
  { files, index }: Repository,
  { packs, named }: PreparedRepairPacks,
  inventory: PackInventory,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const going = new Set(packs.map(({ packId }) => packId));
  const isGoing = (packNumber: number): boolean => going.has(index.packIdOf(packNumber));
  const outdated = named.sources.filesNaming(isGoing);
  const staying = [...named.sources.packsOnlyIn(outdated)].filter((packNumber) => !isGoing(packNumber));
  await rewriteIndex(files, describe(), outdated, { assertHeld, signal });

  function* describe(): Generator<PackToIndex> {
    for (const packNumber of staying) {
      const id = index.packIdOf(packNumber);
      // One that was named and found whole is not in the inventory.
      const indexed = named.entriesOf(id);
      const entries = (): readonly PackEntry[] =>
        indexed.length > 0 ? indexed : entriesOfColumns(inventory.packEntries(packNumber));
      const blobCount = indexed.length || inventory.entriesOf(packNumber).length;
      yield { id, entries, blobCount };
    }
  }
}
