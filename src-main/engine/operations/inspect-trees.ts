/**
 * Trees of the index looked through in worker threads, a batch at a time: what they refer to comes back, and what cannot be read
 * is told apart, after every other place of it was tried.
 */
import { bytesToId, type BlobId } from '#base/ids.ts';
import { invariant } from '#base/errors.ts';
import type { SealedBlob } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import { TreeInspection, type InspectedTrees } from '#pipeline/tree-inspection.ts';
import type { Repository } from '#repository/repository.ts';
import { reasonUnlessFatal } from './check/prepare.ts';

/** A message costs as much as looking through a few trees. */
export const TREES_PER_JOB = 64;
export const BYTES_PER_JOB = 1 << 20;

export interface TreeVisitor {
  /** What some of the trees refer to; called once or more often. */
  follow(inspected: InspectedTrees): void;
  /** A tree that can be read nowhere. */
  lose(entry: number, reason: string): void;
}

/**
 * `entries`: trees by their first place in the index.
 * @throws job.cancelled, storage errors that concern the whole place
 */
export async function inspectTreeEntries(
  repository: Repository,
  pool: PipelinePool,
  entries: readonly number[],
  visitor: TreeVisitor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unreadable: { readonly entry: number; readonly reason: string }[] = [];
  const loaded = await Promise.all(
    entries.map(async (entry) => {
      try {
        return await loadSealedTree(repository, entry, signal);
      } catch (error) {
        unreadable.push({ entry, reason: reasonUnlessFatal(error) });
        return undefined;
      }
    }),
  );
  const given = entries.filter((_entry, i) => loaded[i] !== undefined);
  const inspected = await pool.run('inspectTrees', { trees: loaded.filter((blob) => blob !== undefined) });
  visitor.follow(inspected);
  for (const { tree, reason } of inspected.failures) unreadable.push({ entry: given[tree]!, reason });
  for (const { entry, reason } of unreadable)
    await tryOtherPlaces(repository, entry, reason, visitor, signal);
}

export function treeIdAt({ index }: Repository, entry: number): BlobId {
  return bytesToId<BlobId>(index.entryAt(entry).id);
}

async function loadSealedTree(
  repository: Repository,
  entry: number,
  signal: AbortSignal | undefined,
): Promise<SealedBlob> {
  const sealed = await repository.loadSealedBlob('tree', treeIdAt(repository, entry), signal);
  invariant(sealed !== undefined, 'an entry of the index leads nowhere');
  return sealed;
}

/** The first place is bad; another one will do. */
async function tryOtherPlaces(
  repository: Repository,
  entry: number,
  reason: string,
  visitor: TreeVisitor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const inspection = new TreeInspection();
  try {
    const plain = await repository.loadBlob('tree', treeIdAt(repository, entry), signal);
    inspection.add(() => plain);
  } catch (error) {
    reasonUnlessFatal(error);
    visitor.lose(entry, reason);
    return;
  }
  const inspected = inspection.finish();
  const [failure] = inspected.failures;
  if (failure === undefined) visitor.follow(inspected);
  else visitor.lose(entry, failure.reason);
}
