/**
 * Choosing rows by hand and by keys, and the chosen kept by their names when another moment comes into view. What is
 * chosen lies in the store, for all parts of the page; where extending began lies here.
 */
import { useEffect, useMemo, useRef } from 'react';
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useHistoryView } from '../view-store.ts';
import { isSamePath, lastName, parentPath } from '../wire-path.ts';
import { MOST_AT_ONCE } from './folder-source.ts';
import {
  choose,
  NOTHING_CHOSEN,
  toItem,
  type Choice,
  type ChoiceMode,
  type EntryRow,
  type Row,
} from './rows.ts';

export interface Choosing {
  readonly chosen: ReadonlySet<string>;
  readonly cursor: string | null;
  /** Index of the row with the cursor; -1: none. */
  readonly cursorIndex: number;
  pick(key: string, mode: ChoiceMode): void;
  /** By so many rows; an infinite number goes to an end. */
  move(by: number, isExtending: boolean): void;
  chooseAll(): void;
}

/** Of names in one message to the core, which has room for twice as much. */
const MOST_NAME_SIGNS = 8_000_000;

export interface ChoosingFrom {
  readonly folder: WirePath;
  readonly isFolderHere: boolean;
  /** Not all of the folder is here. */
  readonly hasMore: boolean;
  loadAll(): void;
  scrollTo(index: number): void;
  /** All of the folder is more than can be chosen one by one. */
  onTooMany(): void;
}

export function useChoosing(
  rows: readonly Row[],
  { folder, isFolderHere, hasMore, loadAll, scrollTo, onTooMany }: ChoosingFrom,
): Choosing {
  const selection = useHistoryView((view) => view.selection);
  const wantedNames = useHistoryView((view) => view.wantedNames);
  const { select, set } = useHistoryView.getState();
  const choice = useRef<Choice>(NOTHING_CHOSEN);
  const entryRows = useMemo(() => rows.filter((row): row is EntryRow => row.kind === 'entry'), [rows]);
  const order = useMemo(() => entryRows.map(({ key }) => key), [entryRows]);
  const chosen = useMemo(() => new Set(selection.map(({ path }) => nameKey(lastName(path)))), [selection]);

  /** What is not here yet is to be chosen, too. */
  const isAllWanted = useRef(false);

  const take = (next: Choice): void => {
    isAllWanted.current = false;
    choice.current = next;
    select(entryRows.filter(({ key }) => next.keys.has(key)).map((row) => toItem(row, folder)));
  };

  const takeAll = (): void => {
    const signs = order.reduce((sum, { length }) => sum + length, order.length * nameKey(folder).length);
    if (hasMore || signs > MOST_NAME_SIGNS) {
      take(NOTHING_CHOSEN);
      onTooMany();
    } else
      take({
        keys: new Set(order),
        anchor: order[0] ?? null,
        cursor: choice.current.cursor ?? order[0] ?? null,
      });
  };
  useEffect(() => {
    if (isAllWanted.current && isFolderHere && (!hasMore || order.length >= MOST_AT_ONCE)) takeAll();
  }, [order]);
  useEffect(() => void (isAllWanted.current = false), [folder]);

  // Another moment, or more of the folder: the chosen stay chosen, with what is true of them there.
  useEffect(() => {
    if (!isFolderHere) return;
    if (wantedNames.length > 0) {
      const wanted = new Set(
        wantedNames.map((path) => nameKey(parentPath(path) === null ? path : lastName(path))),
      );
      const found = entryRows.filter(({ key }) => wanted.has(key));
      if (found.length === 0) return;
      set({ wantedNames: [] });
      const [first] = found;
      take({
        keys: new Set(found.map(({ key }) => key)),
        anchor: first?.key ?? null,
        cursor: first?.key ?? null,
      });
      scrollTo(rows.findIndex(({ key }) => key === first?.key));
      return;
    }
    if (selection.length === 0) {
      choice.current = { ...choice.current, keys: new Set() };
      return;
    }
    const byKey = new Map(entryRows.map((row) => [row.key, row]));
    const next = selection.flatMap((item) => {
      const parent = parentPath(item.path);
      if (parent === null || !isSamePath(parent, folder)) return [];
      const row = byKey.get(nameKey(lastName(item.path)));
      return row === undefined ? [item] : [toItem(row, folder)];
    });
    const isSame =
      next.length === selection.length &&
      next.every((item, at) => {
        const before = selection[at];
        return (
          before !== undefined &&
          item.sizeBytes === before.sizeBytes &&
          item.modifiedMs === before.modifiedMs &&
          item.kind === before.kind &&
          item.deleted?.lastSeen.snapshotId === before.deleted?.lastSeen.snapshotId
        );
      });
    if (!isSame) select(next);
  }, [entryRows, isFolderHere, wantedNames, selection]);

  const cursor =
    choice.current.cursor !== null && chosen.size > 0 ? choice.current.cursor : ([...chosen][0] ?? null);
  return {
    chosen,
    cursor,
    cursorIndex: cursor === null ? -1 : rows.findIndex(({ key }) => key === cursor),
    pick: (key, mode) => take(choose(order, { ...choice.current, keys: chosen }, key, mode)),
    move: (by, isExtending) => {
      const at = cursor === null ? -1 : order.indexOf(cursor);
      const next = Math.min(Math.max(at === -1 && by < 0 ? order.length - 1 : at + by, 0), order.length - 1);
      const key = order[next];
      if (key === undefined) return;
      take(choose(order, { ...choice.current, keys: chosen }, key, isExtending ? 'extend' : 'only'));
      scrollTo(rows.findIndex((row) => row.key === key));
    },
    chooseAll: () => {
      if (!hasMore) return takeAll();
      // Nothing meanwhile: a part would be taken for all.
      take(NOTHING_CHOSEN);
      isAllWanted.current = true;
      loadAll();
    },
  };
}
