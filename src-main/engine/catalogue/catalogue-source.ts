/** What a catalogue reads of a repository, so that one can be made of something else; and that of an opened repository. */
import { isTidemarkError } from '#base/errors.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import type { Primitives } from '#format/primitives.ts';
import { reasonUnlessFatal } from '#operations/check/prepare.ts';
import { loadNodes } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { LoadTree } from './insert-point.ts';

export interface FoundSnapshots {
  /** Oldest first. */
  readonly snapshots: readonly StoredSnapshot[];
  /** Of files that are there and cannot be read. */
  readonly damagedIds: ReadonlySet<string>;
  /** Of snapshots whose trees cannot be found yet. */
  readonly unreadyIds: ReadonlySet<string>;
}

export interface CatalogueSource {
  readonly repositoryId: string;
  readonly primitives: Primitives;
  loadSnapshots(signal?: AbortSignal): Promise<FoundSnapshots>;
  readonly loadTree: LoadTree;
}

/**
 * Snapshots first, then the index. An index that is loaded already may be older than the newest snapshots: those wait for a
 * repository that is opened later, or they would seem damaged.
 */
export function repositorySource(repository: Repository): CatalogueSource {
  return {
    repositoryId: repository.config.id,
    primitives: repository.ports.primitives,
    loadSnapshots: async (signal) => {
      const isIndexOlder = repository.isIndexLoaded;
      const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
      await repository.loadIndex({ keepGoing: true, signal });
      const isIndexed = (tree: BlobId | null): boolean =>
        tree === null || repository.index.findEntry('tree', idToBytes(tree), 0) >= 0;
      const unready = snapshots.filter(({ snapshot }) => isIndexOlder && !isIndexed(snapshot.tree));
      return {
        snapshots,
        damagedIds: new Set(damaged.map(({ data }) => data.id)),
        unreadyIds: new Set(unready.map(({ id }) => id)),
      };
    },
    loadTree: async (treeId, signal) => {
      try {
        return await loadNodes(repository, treeId, signal);
      } catch (error) {
        if (!isTidemarkError(error, 'integrity.treeCorrupt')) reasonUnlessFatal(error);
        return undefined;
      }
    },
  };
}
