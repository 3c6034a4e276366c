/**
 * What differs between two moments, as rows of a tree: folders that hold differences, opened one by one, each with the
 * totals of all below; what a person does not want to see is left out. Pure.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { SelectedItem } from '../view-store.ts';
import type { Answers, PointRef } from '../wire-types.ts';
import { joinPath } from '../wire-path.ts';

export type DifferencePage = Answers<'browse.difference'>;
export type DifferenceEntry = DifferencePage['entries'][number];
export type DifferenceCounts = DifferencePage['counts'];

export type ChangeKind = 'added' | 'modified' | 'removed' | 'moved';
export const CHANGE_KINDS = [
  'added',
  'modified',
  'removed',
  'moved',
] as const satisfies readonly ChangeKind[];

export interface TreeChoice {
  readonly kinds: ReadonlySet<ChangeKind>;
  readonly hidesNoise: boolean;
}

/** A folder as far as it has been asked for. */
export interface LoadedFolder {
  readonly entries: readonly DifferenceEntry[];
  /** Give it as `after` for what follows. */
  readonly next: WirePath | undefined;
  readonly isLoading: boolean;
}

export type TreeRow =
  | {
      readonly kind: 'entry';
      readonly key: string;
      readonly path: WirePath;
      readonly depth: number;
      readonly entry: DifferenceEntry;
      readonly isFolder: boolean;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: 'more' | 'loading';
      readonly key: string;
      readonly folder: WirePath;
      readonly depth: number;
    };

/** Of programs, not of people: they change by themselves. */
const NOISE =
  /^(?:\.?cache|caches|\.tmp|temp|tmp|node_modules|__pycache__|\.ds_store|thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*|.*\.(?:tmp|temp|swp|swo|bak~|part|crdownload|pyc)|.*~)$/i;

/** @param folders by key of the path; those that are open and known @param opened keys of open folders */
export function treeRows(
  top: WirePath,
  folders: ReadonlyMap<string, LoadedFolder>,
  opened: ReadonlySet<string>,
  choice: TreeChoice,
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (folder: WirePath, depth: number): void => {
    const loaded = folders.get(nameKey(folder));
    for (const entry of loaded?.entries ?? []) {
      if (!isShown(entry, choice)) continue;
      const path = joinPath(folder, entry.name);
      const key = nameKey(path);
      const isFolder = isFolderEntry(entry);
      const isOpen = isFolder && opened.has(key);
      rows.push({ kind: 'entry', key, path, depth, entry, isFolder, isOpen });
      if (isOpen) visit(path, depth + 1);
    }
    if (loaded === undefined || loaded.isLoading)
      rows.push({ kind: 'loading', key: `${nameKey(folder)} loading`, folder, depth });
    else if (loaded.next !== undefined)
      rows.push({ kind: 'more', key: `${nameKey(folder)} more`, folder, depth });
  };
  visit(top, 0);
  return rows;
}

/** The two moments, and which of them is the one in view. */
export interface Compared {
  readonly before: PointRef;
  readonly after: PointRef;
  readonly inView: 'before' | 'after';
}

/** What is chosen by its row: as it is at the moment in view, or, where it is not there, as at the other one. */
export function itemOf(
  { path, entry }: Pick<Extract<TreeRow, { kind: 'entry' }>, 'path' | 'entry'>,
  compared: Compared,
): SelectedItem | undefined {
  const { inView } = compared;
  const other = inView === 'before' ? 'after' : 'before';
  const seen = entry[inView];
  const facts = seen ?? entry[other];
  if (facts === undefined) return undefined;
  const item = { path, label: entry.label, ...facts };
  return seen === undefined
    ? { ...item, deleted: { lastSeen: compared[other], firstMissed: compared[inView] } }
    : item;
}

export function isFolderEntry({ before, after }: DifferenceEntry): boolean {
  return (after ?? before)?.kind === 'folder';
}

/** What happened to it; a folder that only holds differences: null. */
export function changeOf(entry: DifferenceEntry): ChangeKind | 'replaced' | null {
  switch (entry.change) {
    case 'inside':
      return null;
    case 'replaced':
      return 'replaced';
    case 'added':
      return entry.movedFrom === undefined ? 'added' : 'moved';
    case 'removed':
      return entry.movedTo === undefined ? 'removed' : 'moved';
    case 'modified':
      return 'modified';
  }
}

export function isNoise(label: string): boolean {
  return NOISE.test(label);
}

function isShown(entry: DifferenceEntry, { kinds, hidesNoise }: TreeChoice): boolean {
  if (hidesNoise && isNoise(entry.label)) return false;
  const change = changeOf(entry);
  if (change === 'replaced') return kinds.has('modified');
  if (change !== null && !isFolderEntry(entry)) return kinds.has(change);
  const { added, modified, removed, moved } = entry.counts;
  return (
    (added - moved > 0 && kinds.has('added')) ||
    (modified > 0 && kinds.has('modified')) ||
    (removed > 0 && kinds.has('removed')) ||
    (moved > 0 && kinds.has('moved')) ||
    // An empty folder that came or went has no counts.
    (change !== null && kinds.has(change))
  );
}
