/**
 * A repair of the index: afterwards it describes every pack that is there and whole, and no pack that is gone. New index
 * files are durable before old ones are taken away, so an interrupted repair leaves more index than needed, never less; what
 * an index says of a pack that is there is never given up for nothing. Source: repository format, 16.6.
 */
import { rewriteIndex } from '#repository/index-rewrite.ts';
import type { PackToIndex } from '#repository/index-writer.ts';
import type { Repository } from '#repository/repository.ts';
import { checkRepaired } from '../check-repaired.ts';
import type { KeepCopy } from '../keep-copy.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { underLock } from '../under-lock.ts';
import { entriesOfColumns } from './pack-columns.ts';
import { prepareRepairIndex, type PreparedRepairIndex } from './prepare.ts';
import type { RepairIndexObserver, RepairIndexRequest, RepairIndexResult } from './types.ts';

export interface RepairIndexParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
  readonly keepCopy: KeepCopy;
}

/**
 * @throws repository.locked, repository.lockLost, job.cancelled, storage.ioFailed when the place contradicts itself,
 * storage errors; files.targetNotWritable and files.noSpace when a copy is to be kept and cannot be
 */
export async function executeRepairIndex(
  parts: RepairIndexParts,
  request: RepairIndexRequest,
  observer: RepairIndexObserver = {},
  signal?: AbortSignal,
): Promise<RepairIndexResult> {
  parts.repository.bypassCache();
  return underLock(parts.repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const prepared = await prepareRepairIndex(parts.repository, request, observer, stop);
    if (request.dryRun) return { ...prepared.plan, savedIndexFiles: 0 };
    const savedIndexFiles = await saveIndex(parts, prepared, observer, assertHeld, stop);
    const checked = isSuspicious(prepared) ? await checkRepaired(parts, observer, stop) : undefined;
    return { ...prepared.plan, savedIndexFiles, ...(checked === undefined ? {} : { checked }) };
  });
}

/** The same without a check, for whoever holds the exclusive lock already. The repository's index must not be loaded yet. */
export async function repairIndexUnderLock(
  parts: Pick<RepairIndexParts, 'repository' | 'keepCopy'>,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const prepared = await prepareRepairIndex(parts.repository, { readAllPacks: false }, {}, signal);
  await saveIndex(parts, prepared, {}, assertHeld, signal);
}

/** @returns how many files */
async function saveIndex(
  parts: Pick<RepairIndexParts, 'repository' | 'keepCopy'>,
  prepared: PreparedRepairIndex,
  observer: RepairIndexObserver,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<number> {
  await keepLastDescriptions(parts, prepared, signal);
  const packs = packsToIndex(prepared, observer);
  const { files } = parts.repository;
  return (await rewriteIndex(files, packs, prepared.replacedFiles, { assertHeld, signal })).length;
}

/**
 * While a pack keeps its contents to itself, an index file that goes may be the last that knows of them: its bytes are kept
 * elsewhere first.
 */
async function keepLastDescriptions(
  { repository, keepCopy }: Pick<RepairIndexParts, 'repository' | 'keepCopy'>,
  { plan, replacedFiles }: PreparedRepairIndex,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (plan.unreadablePacks.length === 0) return;
  for (const indexId of replacedFiles) {
    await keepCopy(`index-${indexId}`, await repository.storage.load('index', indexId, undefined, signal));
  }
}

function* packsToIndex(
  { descriptions, describedPacks }: PreparedRepairIndex,
  observer: RepairIndexObserver,
): Generator<PackToIndex> {
  let done = 0;
  for (const { packId, entries } of descriptions()) {
    yield { id: packId, entries: () => entriesOfColumns(entries), blobCount: entries.isTree.length };
    observer.onProgress?.({ stage: 'saving', done: ++done, total: describedPacks });
  }
}

function isSuspicious({ plan }: PreparedRepairIndex): boolean {
  return plan.damagedIndexFiles.length + plan.missingPacks.length + plan.unreadablePacks.length > 0;
}
