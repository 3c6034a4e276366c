/** The folder as icons, several side by side; lines are drawn only where they are seen. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useState } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import type { ContentsViewProps } from './contents.tsx';
import { EntryIcon } from './entry-icon.tsx';
import { rowId } from './list-view.tsx';
import { useRowHold } from './use-row-hold.ts';
import { UnseenState, useDeletedBetween } from './row-cells.tsx';
import { edgeOf, kindOf, nameOf, sizeOf, type Row } from './rows.ts';
import { useHistoryView } from '../view-store.ts';

const CELL_PX = 124;
const LINE_PX = 116;

export function IconsView({ contents, choosing, scroller, open, handleRef }: ContentsViewProps) {
  const { rows, now } = contents;
  const { history, search } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const between = useDeletedBetween();
  const hold = useRowHold(choosing);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const resized = new ResizeObserver(() => setWidthPx(element.clientWidth));
    resized.observe(element);
    return () => resized.disconnect();
  }, [scroller]);
  const perLine = Math.max(1, Math.floor((widthPx - 24) / CELL_PX));
  const virtual = useVirtualizer({
    count: Math.ceil(rows.length / perLine),
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 4,
  });
  handleRef.current = {
    scrollTo: (index) => virtual.scrollToIndex(Math.floor(index / perLine), { align: 'auto' }),
    perLine,
  };
  const lines = virtual.getVirtualItems();
  const first = (lines[0]?.index ?? 0) * perLine;
  const last = ((lines.at(-1)?.index ?? 0) + 1) * perLine;
  useEffect(() => {
    contents.see(first, last);
    if (last >= rows.length - 200) contents.more();
  }, [first, last, contents.state, rows]);

  /** With the whole of it where the room is too narrow. */
  const describe = (row: Row): { readonly words: string; readonly title?: string } => {
    if (row.kind === 'folded') return { words: '' };
    if (row.kind === 'onlyNow') return { words: history.onlyNow };
    const { deleted } = row.entry;
    if (deleted !== undefined) {
      const words = search.deletedOn(formats.day(deleted.lastSeen.timeMs, nowMs));
      return { words, title: between(deleted) };
    }
    return { words: kindOf(row) === 'folder' ? history.folder : formats.bytes(sizeOf(row)) };
  };
  return (
    <div role="rowgroup" className="rows" style={{ height: virtual.getTotalSize() }}>
      {lines.map(({ index, start, key }) => (
        <div role="row" key={key} className="icon-line" style={{ transform: `translateY(${start}px)` }}>
          {rows.slice(index * perLine, (index + 1) * perLine).map((row) => {
            if (row.kind === 'folded')
              return (
                <div role="gridcell" key={row.key} className="icon-cell is-folded">
                  <button
                    type="button"
                    className="link"
                    onClick={() => useHistoryView.getState().set({ areGhostsUnfolded: true })}
                  >
                    {row.count === null ? history.foldedMany : history.folded(formats.count(row.count))}
                  </button>
                </div>
              );
            const shown = showName(nameOf(row));
            const { words, title } = describe(row);
            const isChosen = choosing.chosen.has(row.key);
            const edge = edgeOf(row, now);
            const className = [
              'icon-cell',
              row.kind === 'entry' && row.entry.deleted !== undefined ? 'is-ghost' : '',
              row.kind === 'onlyNow' ? 'is-only-now' : '',
              isChosen ? 'is-chosen' : '',
              row.key === choosing.cursor ? 'is-cursor' : '',
              edge === null ? '' : `edge-${edge}`,
            ].join(' ');
            return (
              <div
                role="gridcell"
                key={row.key}
                id={rowId(row.key)}
                className={className}
                aria-selected={row.kind === 'entry' ? isChosen : undefined}
                {...hold.of(row)}
                onDoubleClick={row.kind === 'entry' ? () => open(row) : undefined}
              >
                <EntryIcon kind={kindOf(row)} label={shown} size={40} />
                <span className="name" title={shown}>
                  {shown}
                </span>
                <span className="icon-detail" title={title}>
                  {words}
                </span>
                {row.kind === 'entry' && <UnseenState row={row} now={now} />}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
