/**
 * The rows of a folder: the living with the ghosts among them, what is only on disk now, and one row for ghosts that are
 * too many; sorted as asked, each with how it stands to today. Pure.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameOrder } from '../../../text/name-order.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { SelectedItem, Sorting } from '../view-store.ts';
import type { EntriesNow, Entry, EntryKind, EntryNow } from '../wire-types.ts';
import { joinPath } from '../wire-path.ts';

export interface EntryRow {
  readonly kind: 'entry';
  readonly key: string;
  readonly entry: Entry;
}
/** Lies on the disk now and is not in the version in view. */
export interface OnlyNowRow {
  readonly kind: 'onlyNow';
  readonly key: string;
  readonly name: WirePath;
  readonly label: string;
  readonly entryKind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}
/** Ghosts that were left out. Null: too many to count in passing. */
export interface FoldedRow {
  readonly kind: 'folded';
  readonly key: string;
  readonly count: number | null;
}
export type Row = EntryRow | OnlyNowRow | FoldedRow;

/** How a row differs from today, for the mark at its edge. */
export type Edge = 'differs' | 'onlyThen' | 'onlyNow' | null;

export interface RowFacts {
  readonly entries: readonly Entry[];
  /** All of the folder is here: it can be sorted as people sort. */
  readonly isComplete: boolean;
  readonly foldedCount: number | null | undefined;
  readonly onlyNow: EntriesNow['onlyNow'];
  readonly now: ReadonlyMap<string, EntryNow>;
  readonly sorting: Sorting;
  readonly showDeleted: boolean;
  readonly locale: string;
}

export function rowsOf(facts: RowFacts): readonly Row[] {
  const { entries, isComplete, foldedCount, onlyNow, showDeleted } = facts;
  const rows: (EntryRow | OnlyNowRow)[] = [];
  const known = new Set<string>();
  for (const entry of entries) {
    const key = nameKey(entry.name);
    known.add(key);
    if (showDeleted || entry.deleted === undefined) rows.push({ kind: 'entry', key, entry });
  }
  for (const { name, label, kind, sizeBytes, modifiedMs } of isComplete ? (onlyNow ?? []) : []) {
    const key = nameKey(name);
    if (!known.has(key))
      rows.push({ kind: 'onlyNow', key, name, label, entryKind: kind, sizeBytes, modifiedMs });
  }
  // Pages come in the order of their bytes: a folder of which only a part is here is not put in another order.
  const sorted = isComplete ? sortRows(rows, facts) : rows;
  if (!showDeleted || foldedCount === undefined) return sorted;
  return [...sorted, { kind: 'folded', key: 'folded', count: foldedCount }];
}

function sortRows(
  rows: (EntryRow | OnlyNowRow)[],
  { sorting: { by, isDescending }, now, locale }: RowFacts,
): readonly (EntryRow | OnlyNowRow)[] {
  const order = nameOrder(locale);
  const value: Readonly<Record<Sorting['by'], (row: EntryRow | OnlyNowRow) => number>> = {
    // Folders first, whatever the direction.
    name: (row) => Number(kindOf(row) !== 'folder'),
    size: (row) => (kindOf(row) === 'folder' ? -1 : sizeOf(row)),
    modified: modifiedOf,
    changes: (row) => (row.kind === 'entry' ? row.entry.changedMs.length : 0),
    now: (row) => STATE_ORDER.indexOf(stateNow(row, now) ?? 'same'),
  };
  const sign = isDescending ? -1 : 1;
  const [bySign, nameSign] = by === 'name' ? [1, sign] : [sign, 1];
  return rows
    .map((row) => ({ row, value: value[by](row), name: order.keyOf(labelOf(row)) }))
    .sort(
      (one, other) => bySign * (one.value - other.value) || nameSign * order.compare(one.name, other.name),
    )
    .map(({ row }) => row);
}

const STATE_ORDER: readonly (EntryNow | 'deleted' | 'onlyNow')[] = [
  'older',
  'replaced',
  'missing',
  'newer',
  'deleted',
  'onlyNow',
  'unknown',
  'same',
];

/** Undefined: not asked yet. */
export function stateNow(
  row: Row,
  now: ReadonlyMap<string, EntryNow>,
): EntryNow | 'deleted' | 'onlyNow' | undefined {
  if (row.kind === 'onlyNow') return 'onlyNow';
  if (row.kind === 'folded') return undefined;
  return row.entry.deleted === undefined ? now.get(row.key) : 'deleted';
}

export function edgeOf(row: Row, now: ReadonlyMap<string, EntryNow>): Edge {
  switch (stateNow(row, now)) {
    case 'older':
    case 'newer':
    case 'replaced':
      return 'differs';
    case 'missing':
      return 'onlyThen';
    case 'onlyNow':
      return 'onlyNow';
    default:
      return null;
  }
}

export function labelOf(row: Row): string {
  return row.kind === 'entry' ? row.entry.label : row.kind === 'onlyNow' ? row.label : '';
}
export function nameOf(row: EntryRow | OnlyNowRow): WirePath {
  return row.kind === 'entry' ? row.entry.name : row.name;
}
export function kindOf(row: EntryRow | OnlyNowRow): EntryKind {
  return row.kind === 'entry' ? row.entry.kind : row.entryKind;
}
export function sizeOf(row: EntryRow | OnlyNowRow): number {
  return row.kind === 'entry' ? row.entry.sizeBytes : row.sizeBytes;
}
export function modifiedOf(row: EntryRow | OnlyNowRow): number {
  return row.kind === 'entry' ? row.entry.modifiedMs : row.modifiedMs;
}

export function toItem({ entry }: EntryRow, folder: WirePath): SelectedItem {
  const { name, label, kind, sizeBytes, modifiedMs, deleted } = entry;
  return {
    path: joinPath(folder, name),
    label,
    kind,
    sizeBytes,
    modifiedMs,
    ...(deleted === undefined ? {} : { deleted }),
  };
}

/** What is chosen after a click or an arrow key; keys of rows. `anchor`: where extending began. */
export interface Choice {
  readonly keys: ReadonlySet<string>;
  readonly anchor: string | null;
  readonly cursor: string | null;
}
export const NOTHING_CHOSEN: Choice = { keys: new Set(), anchor: null, cursor: null };

export type ChoiceMode = 'only' | 'toggle' | 'extend';

export function choose(order: readonly string[], choice: Choice, key: string, mode: ChoiceMode): Choice {
  if (mode === 'toggle') {
    const keys = new Set(choice.keys);
    if (!keys.delete(key)) keys.add(key);
    return { keys, anchor: key, cursor: key };
  }
  const anchor = choice.anchor === null || !order.includes(choice.anchor) ? key : choice.anchor;
  if (mode === 'only') return { keys: new Set([key]), anchor: key, cursor: key };
  const [from, to] = [order.indexOf(anchor), order.indexOf(key)].toSorted((one, other) => one - other);
  return { keys: new Set(order.slice(from, (to ?? 0) + 1)), anchor, cursor: key };
}

/** A press on one of several chosen leaves all of them chosen until the button is let go: they may be dragged. */
export function waitsForRelease(chosen: ReadonlySet<string>, key: string, mode: ChoiceMode): boolean {
  if (!chosen.has(key)) return false;
  return mode === 'toggle' || (mode === 'only' && chosen.size > 1);
}

/**
 * Moments that strips of changes go over. A few files that went ahead of the first whole version are one with it: else every
 * other file would look as if it had changed there.
 */
export function stripTimes(
  points: readonly { readonly timeMs: number; readonly isPart: boolean }[],
): readonly number[] {
  const first = Math.max(
    0,
    points.findIndex(({ isPart }) => !isPart),
  );
  return points.slice(first).map(({ timeMs }) => timeMs);
}

/** Where versions begin, as shares of the points' order from 0 to 1: the newest at the right, as on the band. */
export function changeTicks(
  changedMs: readonly number[],
  pointTimesMs: readonly number[],
): readonly number[] {
  const last = Math.max(1, pointTimesMs.length - 1);
  return changedMs.map((atMs) => {
    let low = 0;
    let high = pointTimesMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pointTimesMs[middle] ?? 0) >= atMs) high = middle;
      else low = middle + 1;
    }
    return Math.min(1, low / last);
  });
}
