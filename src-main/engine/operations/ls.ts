/** Listing what is in a snapshot, with restic's rules of which folders are looked into. */
import type { ByteString } from '#base/byte-string.ts';
import type { Repository } from '#repository/repository.ts';
import type { SnapshotFilter, StoredSnapshot } from '#repository/snapshot-store.ts';
import {
  cleanPath,
  isWithin,
  resolveSnapshotPath,
  walkTree,
  type SnapshotEntry,
} from './find-in-snapshot.ts';

export interface ListRequest {
  /** `latest`, an id or its beginning; `:/path` after it makes that folder the root. */
  readonly snapshot: string;
  /** For `latest`. */
  readonly filter?: SnapshotFilter;
  /** Folders below that root; none: everything. */
  readonly paths?: readonly ByteString[];
  /** With `paths`: also what is in their folders. */
  readonly recursive?: boolean;
}

export type Listed =
  | { readonly kind: 'snapshot'; readonly stored: StoredSnapshot }
  /** In tree order, a folder before its contents. The path begins at the root that was asked for. */
  | ({ readonly kind: 'entry' } & SnapshotEntry);

/**
 * The snapshot first, then its entries. Takes no lock. Memory: the trees from the root to the entry.
 * @throws as `resolveSnapshotPath`
 */
export async function* listSnapshot(
  repository: Repository,
  { snapshot, filter = {}, paths = [], recursive = false }: ListRequest,
  signal?: AbortSignal,
): AsyncGenerator<Listed, void, undefined> {
  const place = await resolveSnapshotPath(repository, snapshot, filter, signal);
  yield { kind: 'snapshot', stored: place.stored };
  if (place.treeId === undefined) {
    if (place.node !== undefined) yield { kind: 'entry', path: place.path, node: place.node };
    return;
  }
  const wanted = paths.map(cleanPath);
  const isWanted = (path: ByteString): boolean =>
    wanted.length === 0 || wanted.some((folder) => isWithin(folder, path));
  const leadsToWanted = (path: ByteString): boolean =>
    wanted.length === 0 || wanted.some((folder) => isWithin(path, folder));
  const walk = walkTree(repository, place.treeId, '/' as ByteString, {
    signal,
    enter: ({ path }) => leadsToWanted(path) || (recursive && isWanted(path)),
  });
  for await (const entry of walk) {
    if (isWanted(entry.path)) yield { kind: 'entry', ...entry };
  }
}
