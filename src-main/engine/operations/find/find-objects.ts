/** The search for objects of the repository: which files hold a blob, which folders are a tree, what a pack is for. */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, idToBytes, isId, joinIds, type BlobId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { withSearch } from './search-run.ts';
import type {
  FindObjectsRequest,
  FindObserverOfObjects,
  FindParts,
  FindResult,
  FoundObject,
  ObjectPlace,
} from './types.ts';
import { walkFound, type WalkedItem } from './walk-found.ts';

const NO_PATTERNS = { patterns: [], ignoreCase: false };

/**
 * Every use of the objects is told, snapshot by snapshot; `places` are asked for with `withPlaces`.
 * @throws repository.objectNotFound, repository.ambiguousId, integrity and storage errors, job.cancelled
 */
export async function executeFindObjects(
  parts: FindParts,
  request: FindObjectsRequest,
  observer: FindObserverOfObjects,
  signal?: AbortSignal,
): Promise<FindResult & { readonly places: readonly ObjectPlace[] }> {
  const { repository } = parts;
  let wanted: Wanted = { blobs: [], trees: [] };
  const makeQuery = () => {
    wanted = resolveObjects(repository, request);
    const objects = { blobIds: joinHex(wanted.blobs), treeIds: joinHex(wanted.trees) };
    return { patterns: NO_PATTERNS, conditions: {}, objects };
  };
  return withSearch(parts, request.snapshots, makeQuery, observer, signal, async (run) => {
    const trees = new Set(wanted.trees);
    for (const stored of run.snapshots) {
      const root = await run.learn(stored);
      if (root === undefined) continue;
      const tell = async (found: FoundObject): Promise<void> => {
        run.countFound();
        await observer.onObject(stored, found);
      };
      for (const found of rootObject(stored, trees)) await tell(found);
      for await (const item of walkFound(run.graph, root, signal)) {
        if (item.kind === 'damaged')
          run.tellDamaged({
            snapshotId: stored.id,
            path: item.path,
            treeId: item.treeId,
            reason: item.reason,
          });
        else for (const found of objectsOf(item)) await tell(found);
      }
    }
    return { ...run.result(), places: placesOf(repository, wanted) };
  });
}

interface Wanted {
  readonly blobs: readonly BlobId[];
  readonly trees: readonly BlobId[];
}

function rootObject({ snapshot }: StoredSnapshot, trees: ReadonlySet<BlobId>): FoundObject[] {
  if (snapshot.tree === null || !trees.has(snapshot.tree)) return [];
  return [{ kind: 'tree', id: snapshot.tree, path: '/' as ByteString, parentTree: undefined }];
}

/** A blob that a file holds several times is told as often, as restic tells it. */
function objectsOf({ path, found, parentTree }: WalkedItem & { kind: 'found' }): FoundObject[] {
  const { type, subtree, content } = found.node;
  if (type === 'dir')
    return subtree === undefined ? [] : [{ kind: 'tree', id: subtree, path, parentTree: undefined }];
  return (content ?? []).map((id) => ({ kind: 'blob', id, path, parentTree }));
}

function resolveObjects(repository: Repository, { blobs, trees, packs }: FindObjectsRequest): Wanted {
  const found = { data: new Set<BlobId>(), tree: new Set<BlobId>() };
  const packNumbers = resolvePacks(repository, packs);
  const prefixes = { data: startMatching(blobs, found.data), tree: startMatching(trees, found.tree) };
  repository.index.forEach((packNumber, type, id) => {
    if (packNumbers.has(packNumber)) found[type].add(bytesToId(id));
    else if (prefixes[type].size > 0) matchPrefixes(prefixes[type], id);
  });
  settlePrefixes('data', prefixes.data, found.data);
  settlePrefixes('tree', prefixes.tree, found.tree);
  return { blobs: [...found.data], trees: [...found.tree] };
}

function resolvePacks({ index }: Repository, packs: readonly string[]): Set<number> {
  const numbers = new Set<number>();
  for (const prefix of packs) {
    const matches = index.packIds().filter((id) => prefix !== '' && id.startsWith(prefix));
    if (matches.length > 1) throw new TidemarkError('repository.ambiguousId', { prefix, kind: 'pack' });
    const [match] = matches;
    if (match === undefined)
      throw new TidemarkError('repository.objectNotFound', { id: prefix, kind: 'pack' });
    numbers.add(index.packNumber(match));
  }
  return numbers;
}

/** Whole ids are taken as they are, also those that no index names; beginnings are to be matched. */
function startMatching(ids: readonly string[], whole: Set<BlobId>): Map<string, Set<string>> {
  const prefixes = new Map<string, Set<string>>();
  for (const id of ids) {
    if (isId(id)) whole.add(id as BlobId);
    else prefixes.set(id, new Set());
  }
  return prefixes;
}

function matchPrefixes(prefixes: ReadonlyMap<string, Set<string>>, id: Uint8Array): void {
  const hex = bytesToId(id);
  for (const [prefix, matches] of prefixes) if (prefix !== '' && hex.startsWith(prefix)) matches.add(hex);
}

function settlePrefixes(
  type: BlobType,
  prefixes: ReadonlyMap<string, Set<string>>,
  found: Set<BlobId>,
): void {
  const kind = type === 'data' ? 'blob' : 'tree';
  for (const [prefix, matches] of prefixes) {
    if (matches.size > 1) throw new TidemarkError('repository.ambiguousId', { prefix, kind });
    if (matches.size === 0) throw new TidemarkError('repository.objectNotFound', { id: prefix, kind });
    for (const id of matches) found.add(id as BlobId);
  }
}

function placesOf({ index }: Repository, { blobs, trees }: Wanted): ObjectPlace[] {
  const placeOf = (kind: 'blob' | 'tree', id: BlobId): ObjectPlace => {
    const place = index.location(kind === 'blob' ? 'data' : 'tree', idToBytes(id));
    return place === undefined ? { kind, id } : { kind, id, place };
  };
  return [...blobs.map((id) => placeOf('blob', id)), ...trees.map((id) => placeOf('tree', id))];
}

function joinHex(ids: readonly BlobId[]): Uint8Array {
  return joinIds(ids.map(idToBytes));
}
