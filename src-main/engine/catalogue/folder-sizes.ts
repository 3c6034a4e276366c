/**
 * How much is in the folders right below what is protected, at the newest known point of a series. Goes through every folder of
 * it, a few at a time, and lets others have their turn.
 */
import { setImmediate } from 'node:timers/promises';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { joinPath, treePathOf } from '#operations/find-in-snapshot.ts';
import { findNode } from './find-path.ts';
import type { Tables } from './tables.ts';
import type { SeriesPoints } from './timeline.ts';
import type { FolderSize } from './types.ts';

/** Folders asked for in one go. */
const FOLDERS_AT_A_TIME = 64;

/** Largest first. Files right in a protected folder are told with that folder. */
export async function folderSizes(
  tables: Tables,
  { series, known }: SeriesPoints,
  signal: AbortSignal | undefined,
): Promise<FolderSize[]> {
  const newest = known.at(-1);
  if (newest === undefined) return [];
  const sizes: FolderSize[] = [];
  const add = (folder: ByteString, bytes: number): void => {
    if (bytes > 0) sizes.push({ folder, label: toDisplay(folder), bytes });
  };
  for (const text of newest.facts.paths) {
    const path = treePathOf(text);
    const root = findNode(tables, series, path);
    if (root === undefined) continue;
    const { filesBytes, folders } = tables.spans.sumOfFolders([root], newest.position);
    // A file that is protected by itself.
    const own = tables.spans.findAt(root, newest.position);
    add(path, filesBytes + (own?.kind === 'file' ? own.sizeBytes : 0));
    for (const folder of folders)
      add(
        joinPath(path, tables.nodes.get(folder).name),
        await sizeBelow(tables, folder, newest.position, signal),
      );
  }
  return sizes.toSorted((a, b) => b.bytes - a.bytes);
}

async function sizeBelow(
  { spans }: Tables,
  top: number,
  position: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  const waiting = [top];
  while (waiting.length > 0) {
    throwIfCancelled(signal);
    const { filesBytes, folders } = spans.sumOfFolders(waiting.splice(-FOLDERS_AT_A_TIME), position);
    bytes += filesBytes;
    waiting.push(...folders);
    await setImmediate();
  }
  return bytes;
}
