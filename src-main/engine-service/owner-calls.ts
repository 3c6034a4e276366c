/**
 * Whose an entry of a version was: read from the tree of its folder, since the catalogue keeps no owners. The folders that
 * were looked into last are remembered, so that going through one of them reads it once.
 */
import { TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { EntryOwner } from '#contract/app/content-calls.ts';
import { permissionsOfMode } from '#format/mode.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { findPlace, joinPath, loadNodes, splitPath } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';

type Owners = ReadonlyMap<ByteString, EntryOwner | null>;

const MOST_REMEMBERED = 8;
/** Larger folders are read anew: somebody looks at one file of them, not at all. */
const MOST_ENTRIES_REMEMBERED = 10_000;

/** What a computer with Windows names as saved: there numbers and bits stand for nothing. */
const WINDOWS_PATH = /^[A-Za-z]:[\\/]/;

export function ownerCalls({ places }: EngineService): Pick<EngineHandlers, 'owner'> {
  /** The one looked into longest ago is first. */
  const remembered = new Map<string, Owners>();

  return {
    async owner({ access, snapshotId, path }, { signal }) {
      const names = splitPath(path);
      const name = names.pop();
      if (name === undefined) return null;
      const folder = names.reduce<ByteString>(joinPath, '/' as ByteString);
      const key = `${access.placeId} ${snapshotId} ${folder}`;
      const owners =
        remembered.get(key) ??
        (await places.with(access, { signal, keepsIndex: true }, (repository) =>
          loadOwners(repository, snapshotId, folder, signal),
        ));
      remember(key, owners);
      const owner = owners.get(name);
      if (owner !== undefined) return owner;
      const missing = { path: toDisplay(path), snapshotId };
      throw new TidemarkError('files.pathNotInSnapshot', missing, { retry: 'afterUser' });
    },
  };

  function remember(key: string, owners: Owners): void {
    remembered.delete(key);
    if (owners.size > MOST_ENTRIES_REMEMBERED) return;
    remembered.set(key, owners);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  }
}

/** @throws repository.objectNotFound, files.pathNotInSnapshot, integrity errors */
async function loadOwners(
  repository: Repository,
  snapshotId: string,
  folder: ByteString,
  signal: AbortSignal,
): Promise<Owners> {
  const stored = await repository.snapshots.find(snapshotId, {}, signal);
  await repository.loadIndex({ signal });
  const { treeId } = await findPlace(repository, stored, folder, signal);
  const nodes = treeId === undefined ? [] : await loadNodes(repository, treeId, signal);
  const isWindows = stored.snapshot.paths.some((path) => WINDOWS_PATH.test(path));
  return new Map(nodes.map((node) => [node.name, isWindows ? null : ownerOf(node)]));
}

function ownerOf({ user = '', group = '', uid, gid, mode }: TreeNode): EntryOwner {
  return { user, group, uid, gid, permissions: permissionsOfMode(mode) };
}
