/** The folder as a list: columns that sort, rows that are drawn only where they are seen. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView, type SortColumn } from '../view-store.ts';
import type { EntryNow } from '../wire-types.ts';
import type { ContentsViewProps } from './contents.tsx';
import { EntryIcon } from './entry-icon.tsx';
import { ChangesStrip, StateCell } from './row-cells.tsx';
import { RowSlots } from './row-slots.ts';
import { useRowHold, type RowHold } from './use-row-hold.ts';
import {
  edgeOf,
  kindOf,
  modifiedOf,
  nameOf,
  sizeOf,
  stripTimes,
  type EntryRow,
  type OnlyNowRow,
  type Row,
} from './rows.ts';

const COLUMNS: readonly SortColumn[] = ['name', 'size', 'modified', 'changes', 'now'];

export function ListView({ contents, choosing, scroller, rowHeight, open, handleRef }: ContentsViewProps) {
  const { state, now } = contents;
  const isLeaving = state.kind === 'asking';
  const rows = useDrawn(contents.rows, isLeaving);
  const { history } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const { points } = useHistory();
  const pointTimesMs = useMemo(() => stripTimes(points), [points]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  handleRef.current = { scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) };
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const [slots] = useState(() => new RowSlots());
  const assigned = slots.assign(items.flatMap(({ index }) => rows[index]?.key ?? []));
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (isLeaving) return;
    contents.see(first, last);
    if (last >= rows.length - 200) contents.more();
  }, [first, last, state, rows]);
  const hold = useRowHold(choosing);
  const latest = useRef({ open });
  latest.current = { open };
  const openLatest = useCallback((row: EntryRow) => latest.current.open(row), []);
  return (
    <>
      <ListHead />
      <div
        role="rowgroup"
        className={isLeaving ? 'rows is-leaving' : 'rows'}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map(({ index, start }, at) => {
          const row = rows[index];
          if (row === undefined) return null;
          const place = { height: rowHeight, transform: `translateY(${start}px)` };
          if (row.kind === 'folded')
            return (
              <div
                role="row"
                key={assigned[at]}
                className="row is-folded"
                style={place}
                aria-rowindex={index + 2}
              >
                <div role="gridcell" className="cell-name">
                  <span>
                    {row.count === null ? history.foldedMany : history.folded(formats.count(row.count))}
                  </span>
                  <button
                    type="button"
                    className="link"
                    onClick={() => useHistoryView.getState().set({ areGhostsUnfolded: true })}
                  >
                    {history.unfold}
                  </button>
                </div>
              </div>
            );
          return (
            <ListRow
              key={assigned[at]}
              row={row}
              index={index}
              place={place}
              isChosen={row.kind === 'entry' && choosing.chosen.has(row.key)}
              isCursor={row.key === choosing.cursor}
              now={now}
              nowMs={nowMs}
              pointTimesMs={pointTimesMs}
              hold={hold}
              onOpen={openLatest}
            />
          );
        })}
      </div>
    </>
  );
}

/** The rows of the folder before stay to be seen until those of the next are there; they are nothing to take hold of any more. */
function useDrawn(rows: readonly Row[], isLeaving: boolean): readonly Row[] {
  const drawn = useRef(rows);
  if (!isLeaving) drawn.current = rows;
  return drawn.current;
}

function ListHead() {
  const { history } = useWords();
  const sorting = useHistoryView((view) => view.sorting);
  const labels: Readonly<Record<SortColumn, string>> = {
    name: history.name,
    size: history.size,
    modified: history.modified,
    changes: history.changes,
    now: history.stateNow,
  };
  const sortBy = (by: SortColumn): void =>
    useHistoryView.getState().set({
      sorting: {
        by,
        isDescending: sorting.by === by ? !sorting.isDescending : by !== 'name' && by !== 'now',
      },
    });
  return (
    <div role="rowgroup" className="list-head">
      <div role="row" className="row-head" aria-rowindex={1}>
        {COLUMNS.map((column) => {
          const isBy = sorting.by === column;
          const Arrow = sorting.isDescending ? ChevronDown : ChevronUp;
          return (
            <div
              key={column}
              role="columnheader"
              className={`cell-${column}`}
              aria-sort={isBy ? (sorting.isDescending ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" tabIndex={-1} onClick={() => sortBy(column)}>
                {labels[column]}
                {isBy && <Arrow size={13} strokeWidth={2} aria-hidden />}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface ListRowProps {
  readonly row: EntryRow | OnlyNowRow;
  readonly index: number;
  readonly place: { readonly height: number; readonly transform: string };
  readonly isChosen: boolean;
  readonly isCursor: boolean;
  readonly now: ReadonlyMap<string, EntryNow>;
  readonly nowMs: number;
  readonly pointTimesMs: readonly number[];
  readonly hold: RowHold;
  onOpen(row: EntryRow): void;
}

const ListRow = memo(
  function ListRow(props: ListRowProps) {
    const { row, index, place, isChosen, isCursor, now, nowMs, pointTimesMs, hold, onOpen } = props;
    const formats = useFormats();
    const isGhost = row.kind === 'entry' && row.entry.deleted !== undefined;
    const edge = edgeOf(row, now);
    const kind = kindOf(row);
    const shown = showName(nameOf(row));
    const className = [
      'row',
      isGhost ? 'is-ghost' : '',
      row.kind === 'onlyNow' ? 'is-only-now' : '',
      isChosen ? 'is-chosen' : '',
      isCursor ? 'is-cursor' : '',
      edge === null ? '' : `edge-${edge}`,
    ].join(' ');
    return (
      <div
        role="row"
        id={rowId(row.key)}
        className={className}
        style={place}
        aria-rowindex={index + 2}
        aria-selected={row.kind === 'entry' ? isChosen : undefined}
        {...hold.of(row)}
        onDoubleClick={row.kind === 'entry' ? () => onOpen(row) : undefined}
      >
        <div role="gridcell" className="cell-name">
          <EntryIcon kind={kind} label={shown} />
          <span className="name" title={shown}>
            {shown}
          </span>
        </div>
        <div role="gridcell" className="cell-size">
          {kind === 'folder' ? '—' : formats.bytes(sizeOf(row))}
        </div>
        <div role="gridcell" className="cell-modified">
          {shortMoment(modifiedOf(row), nowMs, formats)}
        </div>
        <div role="gridcell" className="cell-changes">
          {row.kind === 'entry' && <ChangesStrip entry={row.entry} pointTimesMs={pointTimesMs} />}
        </div>
        <div role="gridcell" className="cell-now">
          <StateCell row={row} now={now} />
        </div>
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.place.transform === after.place.transform &&
    before.place.height === after.place.height &&
    before.isChosen === after.isChosen &&
    before.isCursor === after.isCursor &&
    before.now.get(before.row.key) === after.now.get(after.row.key) &&
    before.nowMs === after.nowMs &&
    before.pointTimesMs === after.pointTimesMs,
);

/** "2 Nov 09:12" this year, "12 Oct 2025" before. */
function shortMoment(atMs: number, nowMs: number, formats: ReturnType<typeof useFormats>): string {
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return isThisYear ? `${formats.day(atMs, nowMs)} ${formats.clock(atMs)}` : formats.day(atMs, nowMs);
}

/** An id that no name can break. */
export function rowId(key: string): string {
  return `row-${Array.from(key, (sign) => (sign.codePointAt(0) ?? 0).toString(36)).join('-')}`;
}
