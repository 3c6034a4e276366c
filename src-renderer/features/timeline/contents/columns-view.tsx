/** The folder as columns: the folders above it at the left, each with what lies in it, the folder in view at the right. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import type { WirePath } from '#contract/app/values.ts';
import { nameKey, showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { joinPath, lastName, parentPath } from '../wire-path.ts';
import type { ContentsViewProps } from './contents.tsx';
import { EntryIcon } from './entry-icon.tsx';
import { rowId } from './list-view.tsx';
import { useRowHold } from './use-row-hold.ts';
import { UnseenState } from './row-cells.tsx';
import { edgeOf, kindOf, nameOf, rowsOf, type EntryRow } from './rows.ts';

const MOST_ABOVE = 2;

export function ColumnsView(props: ContentsViewProps) {
  const folder = useHistoryView((view) => view.folder);
  const { source } = useHistory();
  const above: { folder: WirePath; child: WirePath }[] = [];
  for (let child = folder; above.length < MOST_ABOVE;) {
    const parent = parentPath(child);
    if (parent === null || (source !== undefined && nameKey(child) === nameKey(source.topFolder))) break;
    above.unshift({ folder: parent, child });
    child = parent;
  }
  return (
    <div role="row" className="columns">
      {above.map(({ folder: path, child }) => (
        <AboveColumn key={nameKey(path)} folder={path} child={child} rowHeight={props.rowHeight} />
      ))}
      <OwnColumn {...props} />
    </div>
  );
}

function OwnColumn({ contents, choosing, rowHeight, open, handleRef }: ContentsViewProps) {
  const { rows, now } = contents;
  const { history } = useWords();
  const formats = useFormats();
  const hold = useRowHold(choosing);
  const column = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => column.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  handleRef.current = { scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }) };
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    contents.see(first, last);
    if (last >= rows.length - 200) contents.more();
  }, [first, last, contents.state, rows]);
  return (
    <div role="gridcell" className="column is-own" ref={column}>
      <div className="rows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const place = { height: rowHeight, transform: `translateY(${start}px)` };
          if (row.kind === 'folded')
            return (
              <div key={row.key} className="column-row is-folded" style={place}>
                <span className="name">
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
            );
          const shown = showName(nameOf(row));
          const isGhost = row.kind === 'entry' && row.entry.deleted !== undefined;
          const edge = edgeOf(row, now);
          const className = [
            'column-row',
            choosing.chosen.has(row.key) ? 'is-chosen' : '',
            isGhost ? 'is-ghost' : '',
            row.kind === 'onlyNow' ? 'is-only-now' : '',
            edge === null ? '' : `edge-${edge}`,
          ].join(' ');
          return (
            <div
              key={row.key}
              id={rowId(row.key)}
              className={className}
              style={place}
              {...hold.of(row)}
              onDoubleClick={row.kind === 'entry' ? () => open(row) : undefined}
            >
              <EntryIcon kind={kindOf(row)} label={shown} />
              <span className="name" title={shown}>
                {shown}
              </span>
              <UnseenState row={row} now={now} />
              {kindOf(row) === 'folder' && <span aria-hidden>›</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface AboveColumnProps {
  readonly folder: WirePath;
  /** The one that the next column shows. */
  readonly child: WirePath;
  readonly rowHeight: number;
}

function AboveColumn({ folder, child, rowHeight }: AboveColumnProps) {
  const { calls } = useCore();
  const { placeId, point } = useHistory();
  const { locale } = useFormats();
  const showDeleted = useHistoryView((view) => view.showDeleted);
  const { openFolder } = useHistoryView.getState();
  const snapshotId = point?.snapshotId;
  const { value } = useAnswer(
    placeId === null || snapshotId === undefined
      ? null
      : (signal) =>
          calls['browse.folder'](
            { placeId, snapshotId, folder, deleted: 'folded', limit: 2_000 },
            { signal },
          ),
    [placeId, snapshotId, nameKey(folder)],
  );
  const rows = useMemo(
    () =>
      rowsOf({
        entries: value?.kind === 'folder' ? value.entries : [],
        isComplete: true,
        foldedCount: undefined,
        onlyNow: undefined,
        now: new Map(),
        sorting: { by: 'name', isDescending: false },
        showDeleted,
        locale,
      }).filter((row): row is EntryRow => row.kind === 'entry'),
    [value, showDeleted, locale],
  );
  const column = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => column.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const openRow = ({ entry }: EntryRow): void => {
    const path = joinPath(folder, entry.name);
    if (entry.kind !== 'folder') openFolder(folder, { select: [path] });
    else if (entry.deleted === undefined) openFolder(path);
    else openFolder(path, { pointId: entry.deleted.lastSeen.snapshotId });
  };
  return (
    <div role="gridcell" className="column" ref={column}>
      <div className="rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const shown = showName(row.entry.name);
          const isOpen = row.key === nameKey(lastName(child));
          return (
            <div
              key={row.key}
              className={`column-row${isOpen ? ' is-open' : ''}${row.entry.deleted === undefined ? '' : ' is-ghost'}`}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => openRow(row)}
            >
              <EntryIcon kind={row.entry.kind} label={shown} />
              <span className="name" title={shown}>
                {shown}
              </span>
              {row.entry.kind === 'folder' && <span aria-hidden>›</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
