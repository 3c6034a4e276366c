/** A folder in progress and its entries: where they lie on disk, the folders below it, the text of its own node. Pure. */
import type { ByteString } from '#base/byte-string.ts';
import { ID_BYTES, type BlobId } from '#base/ids.ts';
import { nameOfNodeText } from '#format/tree.ts';
import type { FolderToScan, ScannedSubfolder } from '#pipeline/scan-types.ts';
import { FolderInProgress } from './folder-in-progress.ts';
import type { BlobIndex } from '#repository/blob-index.ts';
import type { SourceFolder } from './source-tree.ts';

export function childOf(folder: FolderInProgress, entry: ScannedSubfolder, index: number): FolderInProgress {
  const { name, textBeforeSubtree, parentSubtree } = entry;
  const child = new FolderInProgress(
    pathIn(folder, name),
    { parent: folder, index, name, textBeforeSubtree },
    parentSubtree as BlobId | undefined,
    folder.given?.get(name)?.children,
  );
  child.followsHints = folder.followsHints && entry.likeness !== 'other';
  child.wasChanged = entry.likeness === 'changed';
  return child;
}

/** Its node is not known; if it comes to differ, the folder above is scanned again. */
export function childOfSame(
  folder: FolderInProgress,
  { name, subtree }: { readonly name: ByteString; readonly subtree: string },
): FolderInProgress {
  const entry = {
    kind: 'dir',
    name,
    textBeforeSubtree: '' as ByteString,
    parentSubtree: subtree,
    isLeaf: false,
    likeness: 'same',
  } as const;
  return childOf(folder, entry, -1);
}

export function nodeTextOf(folder: FolderInProgress, subtree: BlobId): ByteString {
  return `${folder.place?.textBeforeSubtree ?? ''}${subtree}"}` as ByteString;
}

/** Of the file with this node. */
export function pathOf(folder: FolderInProgress, nodeText: ByteString): ByteString {
  return pathIn(folder, nameOfNodeText(nodeText));
}

export function pathIn(folder: FolderInProgress, name: ByteString): ByteString {
  const given = folder.given?.get(name);
  if (given !== undefined) return given.path;
  return (folder.path === '/' ? `/${name}` : `${folder.path}/${name}`) as ByteString;
}

/** A link in the place of a folder above the sources is followed: `/.` behind it makes the system do so. */
export function givenEntries(given: SourceFolder): FolderToScan['onlyEntries'] {
  return [...given.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, path, children }) => ({
      name,
      path: (children === undefined ? path : `${path}/.`) as ByteString,
    }));
}

/** 32 bytes per blob. */
export function hasAllData(index: BlobIndex, contentIds: Uint8Array): boolean {
  for (let at = 0; at < contentIds.length; at += ID_BYTES)
    if (!index.has('data', contentIds, at)) return false;
  return true;
}
