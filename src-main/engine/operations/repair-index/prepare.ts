/**
 * The first half of a repair of the index: finds out what of it is right. Reads all index files, lists the packs, and reads
 * the headers of packs that are described by none, differently by two, or with another size than they have. Changes nothing.
 * A header that opens, in a pack of just that size, counts more than what an index says: it is sealed into the pack itself.
 * Source: repository format, 8, 16.6 and 7.1.
 */
import type { IndexId, PackId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { parseIndex } from '#format/index-file.ts';
import type { PackEntries } from '#pipeline/job-types.ts';
import { loadPackHeader } from '#repository/adopt-orphan-packs.ts';
import type { Repository } from '#repository/repository.ts';
import { PackInventory } from '../check/pack-inventory.ts';
import { listPacksSurely } from '../list-packs-surely.ts';
import { IndexSources } from './index-sources.ts';
import { isSamePlaces, packColumns } from './pack-columns.ts';
import type { RepairIndexObserver, RepairIndexPlan, RepairIndexRequest } from './types.ts';

export interface PreparedRepairIndex {
  readonly plan: RepairIndexPlan;
  /** What the new index files say, one pack at a time. */
  descriptions(): Iterable<{ readonly packId: PackId; readonly entries: PackEntries }>;
  readonly describedPacks: number;
  readonly replacedFiles: readonly IndexId[];
}

const HEADERS_AT_A_TIME = 16;

/**
 * The repository's index must not be loaded yet; its lock is held.
 * @throws storage.ioFailed when the place contradicts itself, job.cancelled, storage errors
 */
export async function prepareRepairIndex(
  repository: Repository,
  { readAllPacks }: Pick<RepairIndexRequest, 'readAllPacks'>,
  observer: RepairIndexObserver,
  signal: AbortSignal | undefined,
): Promise<PreparedRepairIndex> {
  const sources = new IndexSources();
  const damaged = await loadIndex(repository, sources, observer, signal);
  const { index, indexIds } = repository;
  const inventory = new PackInventory(index);
  const sizes = await listPacksSurely(repository.storage, index.packIds(), signal);
  const inDispute = sources.packsInDispute();

  const isDoubtful = (packId: PackId, sizeBytes: number): boolean => {
    if (readAllPacks || !index.hasPack(packId)) return true;
    const packNumber = index.packNumber(packId);
    return inDispute.has(packNumber) || inventory.expectedBytes(packNumber) !== sizeBytes;
  };
  const doubtful = [...sizes].filter(([packId, sizeBytes]) => isDoubtful(packId, sizeBytes));
  const added: PackId[] = [];
  const corrected: PackId[] = [];
  const unreadable: PackId[] = [];
  /** Of the packs that are to be described anew. */
  const headers = new Map<PackId, PackEntries>();
  await readHeaders(repository, doubtful, observer, signal, (packId, header) => {
    if (header === undefined) unreadable.push(packId);
    else if (!index.hasPack(packId)) added.push(packId);
    else if (isWronglyDescribed(index.packNumber(packId), header)) corrected.push(packId);
    else return;
    if (header !== undefined) headers.set(packId, header);
  });
  const missing = index.packIds().filter((packId) => !sizes.has(packId));

  const wrong = new Set([...missing, ...corrected].map((packId) => index.packNumber(packId)));
  const outdatedFiles = sources.filesNaming((packNumber) => wrong.has(packNumber));
  const gone = new Set(missing);
  const kept = [...sources.packsOnlyIn(outdatedFiles)]
    .map((packNumber) => index.packIdOf(packNumber))
    .filter((packId) => !gone.has(packId));
  const described = [...new Set([...kept, ...corrected, ...added])];
  const replacedFiles = [...outdatedFiles, ...damaged];

  return {
    plan: {
      indexFiles: indexIds.length,
      damagedIndexFiles: damaged,
      addedPacks: added,
      correctedPacks: corrected,
      missingPacks: missing,
      unreadablePacks: unreadable,
      replacedIndexFiles: replacedFiles,
    },
    replacedFiles,
    describedPacks: described.length,
    *descriptions() {
      for (const packId of described) {
        const entries = headers.get(packId) ?? inventory.packEntries(index.packNumber(packId));
        yield { packId, entries };
      }
    },
  };

  function isWronglyDescribed(packNumber: number, header: PackEntries): boolean {
    return inDispute.has(packNumber) || !isSamePlaces(inventory.packEntries(packNumber), header);
  }
}

/** @returns the files that are damaged */
async function loadIndex(
  repository: Repository,
  sources: IndexSources,
  observer: RepairIndexObserver,
  signal: AbortSignal | undefined,
): Promise<IndexId[]> {
  observer.onProgress?.({ stage: 'index', done: 0, total: 1 });
  const damaged = await repository.loadIndex({ keepGoing: true, signal, observer: sources });
  const ids = damaged.map(({ data }) => data.indexId as IndexId);
  for (const indexId of ids) await assertStillDamaged(repository, indexId, signal);
  const { length } = repository.indexIds;
  observer.onProgress?.({ stage: 'index', done: length, total: length });
  return ids;
}

/** A file that reads well the second time is not damaged: the place is not to be trusted now. */
async function assertStillDamaged(
  { files, storage }: Repository,
  indexId: IndexId,
  signal: AbortSignal | undefined,
): Promise<void> {
  throwIfCancelled(signal);
  try {
    parseIndex(await files.load('index', indexId, signal), { pack() {}, blob() {} });
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'integrity.indexCorrupt') return;
    throw error;
  }
  const reason = 'a file read differently the second time';
  throw new TidemarkError(
    'storage.ioFailed',
    { location: storage.location, operation: 'load', reason },
    { retry: 'later' },
  );
}

/** In no order. */
async function readHeaders(
  repository: Repository,
  packs: readonly (readonly [PackId, number])[],
  observer: RepairIndexObserver,
  signal: AbortSignal | undefined,
  /** Without a header when it cannot be read. */
  onPack: (packId: PackId, header: PackEntries | undefined) => void,
): Promise<void> {
  for (let start = 0; start < packs.length; start += HEADERS_AT_A_TIME) {
    throwIfCancelled(signal);
    observer.onProgress?.({ stage: 'packs', done: start, total: packs.length });
    await Promise.all(
      packs.slice(start, start + HEADERS_AT_A_TIME).map(async ([packId, sizeBytes]) => {
        const entries = await loadPackHeader(repository, packId, sizeBytes, signal);
        onPack(packId, entries === undefined ? undefined : packColumns(entries));
      }),
    );
  }
  observer.onProgress?.({ stage: 'packs', done: packs.length, total: packs.length });
}
