/** Goes through what a search found below one root, by path; folders without anything below are passed over. */
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { FoundNode } from './found-cache.ts';
import type { FolderNumber, SearchGraph } from './search-graph.ts';

export type WalkedItem =
  | {
      readonly kind: 'found';
      readonly path: ByteString;
      readonly found: FoundNode;
      readonly parentTree: BlobId;
    }
  | { readonly kind: 'damaged'; readonly path: ByteString; readonly treeId: BlobId; readonly reason: string };

interface Visit {
  readonly folder: FolderNumber;
  /** Without a slash at the end; empty for the root. */
  readonly path: string;
  readonly found: readonly FoundNode[];
  foundDone: number;
  linksDone: number;
}

/** Each folder before its contents. */
export async function* walkFound(
  graph: SearchGraph,
  root: FolderNumber,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkedItem, void, undefined> {
  const open = async (folder: FolderNumber, path: string): Promise<Visit> => ({
    folder,
    path,
    found: await graph.loadFound(folder),
    foundDone: 0,
    linksDone: 0,
  });
  const stack: Visit[] = [];
  const enter = async (folder: FolderNumber, path: string): Promise<WalkedItem | undefined> => {
    if (!graph.hasAny(folder)) return undefined;
    const reason = graph.damageOf(folder);
    if (reason !== undefined) {
      return { kind: 'damaged', path: (path || '/') as ByteString, treeId: graph.treeIdOf(folder), reason };
    }
    stack.push(await open(folder, path));
    return undefined;
  };
  const damagedRoot = await enter(root, '');
  if (damagedRoot !== undefined) yield damagedRoot;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    throwIfCancelled(signal);
    const hasLink = top.linksDone < graph.linkCount(top.folder);
    const link = hasLink ? graph.link(top.folder, top.linksDone++) : undefined;
    const until = link?.foundBefore ?? top.found.length;
    for (; top.foundDone < until; top.foundDone++) {
      const found = top.found[top.foundDone]!;
      const path = `${top.path}/${found.node.name}` as ByteString;
      yield { kind: 'found', path, found, parentTree: graph.treeIdOf(top.folder) };
    }
    if (link === undefined) stack.pop();
    else {
      const damaged = await enter(link.target, `${top.path}/${link.name}`);
      if (damaged !== undefined) yield damaged;
    }
  }
}
