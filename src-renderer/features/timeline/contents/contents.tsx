/** The folder as it was at the playhead, in one of three forms, or a sentence about why there is none to show. */
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useMirror } from '../../../core-link/use-core.ts';
import { showLastName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useHistory } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { joinPath } from '../wire-path.ts';
import { ColumnsView } from './columns-view.tsx';
import { contentsDeeds } from './contents-deeds.ts';
import { FolderNotice } from './folder-notice.tsx';
import { IconsView } from './icons-view.tsx';
import { ListView, rowId } from './list-view.tsx';
import type { EntryRow } from './rows.ts';
import { useChoosing, type Choosing } from './use-choosing.ts';
import { useContents, type Contents as FolderContents } from './use-contents.ts';
import './contents.css';

export interface ContentsHandle {
  scrollTo(index: number): void;
  /** Rows passed by an arrow up or down; more than one where things stand side by side. */
  readonly perLine?: number;
}

export interface ContentsViewProps {
  readonly contents: FolderContents;
  readonly choosing: Choosing;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowHeight: number;
  readonly handleRef: RefObject<ContentsHandle>;
  open(row: EntryRow): void;
}

export function Contents() {
  const contents = useContents();
  const { history } = useWords();
  const formats = useFormats();
  const mirror = useMirror();
  const { isNow, presence } = useHistory();
  const view = useHistoryView((state) => state.contentsView);
  const folder = useHistoryView((state) => state.folder);
  const { openFolder, set } = useHistoryView.getState();
  const scroller = useRef<HTMLDivElement>(null);
  const handleRef = useRef<ContentsHandle>({ scrollTo: () => undefined });
  const { state, rows } = contents;
  const choosing = useChoosing(rows, {
    folder,
    isFolderHere: state.kind === 'folder',
    hasMore: state.kind === 'folder' && state.next !== undefined,
    loadAll: () => contents.loadAll(),
    scrollTo: (index) => {
      if (index >= 0) handleRef.current.scrollTo(index);
    },
    onTooMany: () => notifications.show({ message: history.tooManyToChoose }),
  });
  const rowHeight = mirror?.settings.rowHeight === 'compact' ? 30 : 38;
  const open = ({ entry }: EntryRow): void => {
    const path = joinPath(folder, entry.name);
    if (entry.kind !== 'folder') set({ isInspectorOpen: true });
    else if (entry.deleted === undefined) openFolder(path);
    else openFolder(path, { pointId: entry.deleted.lastSeen.snapshotId });
  };
  useEffect(() => {
    contentsDeeds.current = {
      move: (by, isExtending) => choosing.move(by * (handleRef.current.perLine ?? 1), isExtending),
      chooseAll: () => choosing.chooseAll(),
      focus: () => scroller.current?.focus(),
      open: () => {
        const row = rows[choosing.cursorIndex];
        if (row?.kind === 'entry') open(row);
      },
    };
    return () => {
      contentsDeeds.current = null;
    };
  });
  const isScrolled = useRef(false);
  useEffect(() => {
    // Set where it is 0 already, it would lay out the page once more.
    if (isScrolled.current && scroller.current !== null) scroller.current.scrollTop = 0;
  }, [folder]);
  const name = showLastName(folder);
  const props = { contents, choosing, scroller, rowHeight, handleRef, open };
  const isHere = state.kind === 'folder' && rows.length > 0;
  // What is drawn stays between two folders, empty: to measure it anew costs more than the rows.
  const isListed = isHere || state.kind === 'asking';
  const cursor = rows[choosing.cursorIndex];
  // One element for all that can be there, so that it keeps the focus from folder to folder.
  return (
    <section className="contents" data-region aria-label={history.regionContents}>
      <div
        ref={scroller}
        className={`contents-scroll is-${view}${presence === 'absent' ? ' is-away' : ''}`}
        tabIndex={isHere ? 0 : -1}
        aria-busy={state.kind === 'asking' || undefined}
        onScroll={({ currentTarget }) => {
          isScrolled.current = currentTarget.scrollTop > 0;
        }}
        {...(isListed && {
          role: 'grid',
          'aria-label': history.contents(name),
          'aria-multiselectable': true,
          'aria-rowcount': isHere && state.next === undefined ? rows.length + 1 : -1,
          'aria-activedescendant': cursor === undefined ? undefined : rowId(cursor.key),
        })}
      >
        {isListed ? (
          <>
            {view === 'list' && <ListView {...props} />}
            {view === 'icons' && <IconsView {...props} />}
            {view === 'columns' && <ColumnsView {...props} />}
            {state.kind === 'asking' && <Skeleton rowHeight={rowHeight} />}
            {isHere && state.next !== undefined && <span className="unseen">{history.loadingMore}</span>}
          </>
        ) : (
          <FolderNotice state={state} isNow={isNow} again={() => contents.again()} />
        )}
      </div>
      {isListed && <ContentsFoot contents={contents} formats={formats} />}
    </section>
  );
}

interface FootProps {
  readonly contents: FolderContents;
  readonly formats: ReturnType<typeof useFormats>;
}

/**
 * How many there are, and the switch for what was deleted. Stays between two folders as the rows do: without it the list
 * would grow by its height for a moment, and be laid out twice.
 */
function ContentsFoot({ contents: { state, rows }, formats }: FootProps) {
  const { history } = useWords();
  const showDeleted = useHistoryView((view) => view.showDeleted);
  const told = useRef('');
  if (state.kind === 'folder') {
    const ghosts =
      state.entries.filter(({ deleted }) => deleted !== undefined).length + (state.foldedCount ?? 0);
    const living = rows.filter((row) => row.kind === 'entry' && row.entry.deleted === undefined).length;
    const count = formats.count(living);
    const items = state.next === undefined ? history.items(count) : history.itemsAndMore(count);
    told.current = ghosts === 0 ? items : `${items} · ${history.deletedItems(formats.count(ghosts))}`;
  }
  return (
    <div className="contents-foot">
      <span>{told.current}</span>
      <label className="switch">
        <input
          type="checkbox"
          role="switch"
          checked={showDeleted}
          onChange={(event) => useHistoryView.getState().set({ showDeleted: event.currentTarget.checked })}
        />
        <i aria-hidden />
        {history.showDeleted}
        <kbd>G</kbd>
      </label>
    </div>
  );
}

const BLINK_MS = 150;

/** Only where it takes longer than a blink. */
function Skeleton({ rowHeight }: { rowHeight: number }) {
  const { frame } = useWords();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), BLINK_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <div className="skeleton-rows" role="status" aria-label={frame.loading}>
      {Array.from({ length: 8 }, (_, at) => (
        <div key={at} style={{ height: rowHeight }}>
          <i style={{ width: `${30 + ((at * 37) % 40)}%` }} />
        </div>
      ))}
    </div>
  );
}
