/** The folder in view at two moments: a tree of only what differs. Takes the place of the contents while comparing. */
import { Button, Checkbox, Chip, Skeleton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useCoreSentences } from '../../../text/core-sentences.ts';
import { showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { contentsDeeds } from '../contents/contents-deeds.ts';
import { EntryIcon } from '../contents/entry-icon.tsx';
import { useHistory } from '../use-history.ts';
import { focusIfLost } from '../use-kept-focus.ts';
import { useHistoryView, type SelectedItem } from '../view-store.ts';
import { isSamePath } from '../wire-path.ts';
import { changeWords } from './change-words.ts';
import {
  CHANGE_KINDS,
  changeOf,
  itemOf,
  treeRows,
  type ChangeKind,
  type Compared,
  type DifferenceEntry,
  type TreeRow,
} from './difference-tree.ts';
import { useDifference, type Difference } from './use-difference.ts';
import './compare.css';

export function CompareView() {
  const { compare: words } = useWords();
  const { placeId, point, compareWith } = useHistory();
  const stop = useHistoryView((view) => view.compareWith);
  if (placeId === null || point === undefined || compareWith === undefined) return null;
  if (point.snapshotId === compareWith.snapshotId)
    return (
      <section className="compare" aria-label={words.label}>
        <div className="compare-empty">
          <p>{words.same}</p>
          <p className="hint">{words.sameHelp}</p>
          <Button variant="default" onClick={() => stop(null)}>
            {words.close}
          </Button>
        </div>
      </section>
    );
  const [before, after] = point.timeMs <= compareWith.timeMs ? [point, compareWith] : [compareWith, point];
  const inView = before === point ? 'before' : 'after';
  return <Comparing placeId={placeId} compared={{ before, after, inView }} />;
}

function Comparing({ placeId, compared }: { placeId: string; compared: Compared }) {
  const say = useCoreSentences();
  const { compare: words } = useWords();
  const formats = useFormats();
  const { before, after } = compared;
  const nowMs = useNowMs(after);
  const folder = useHistoryView((view) => view.folder);
  const compareWith = useHistoryView((view) => view.compareWith);
  const [kinds, setKinds] = useState<ReadonlySet<ChangeKind>>(new Set(CHANGE_KINDS));
  const [hidesNoise, setHidesNoise] = useState(true);
  const difference = useDifference({
    placeId,
    beforeId: before.snapshotId,
    afterId: after.snapshotId,
    folder,
  });
  const { counts } = difference;
  const rows = treeRows(folder, difference.folders, difference.opened, { kinds, hidesNoise });
  const countOf = (kind: ChangeKind): number => {
    if (counts === undefined) return 0;
    return kind === 'added' ? counts.added - counts.moved : counts[kind];
  };
  const isEmpty = counts !== undefined && CHANGE_KINDS.every((kind) => countOf(kind) === 0);
  return (
    <section className="compare" aria-label={words.label}>
      <header>
        <div className="compare-title">
          <h2>{words.title(formats.moment(before.timeMs, nowMs), formats.moment(after.timeMs, nowMs))}</h2>
          <Button variant="default" size="compact-sm" onClick={() => compareWith(null)}>
            {words.close}
          </Button>
        </div>
        <div className="compare-filters" role="group" aria-label={words.show}>
          {CHANGE_KINDS.map((kind) => (
            <Chip
              key={kind}
              size="xs"
              variant="outline"
              className={`kind ${kind}`}
              checked={kinds.has(kind)}
              onChange={(isOn) => {
                const next = new Set(kinds);
                if (isOn) next.add(kind);
                else next.delete(kind);
                setKinds(next);
              }}
            >
              {words.counts[kind](formats.count(countOf(kind)))}
            </Chip>
          ))}
          <Checkbox
            size="xs"
            label={words.hideNoise}
            checked={hidesNoise}
            onChange={({ currentTarget }) => setHidesNoise(currentTarget.checked)}
          />
        </div>
      </header>
      {!difference.isComplete && <p className="hint compare-note">{words.incomplete}</p>}
      {difference.error !== undefined ? (
        <p role="alert" className="compare-note">
          {say.error(difference.error)}
        </p>
      ) : counts !== undefined && rows.length === 0 ? (
        <div className="compare-empty">
          <p>{isEmpty ? words.nothing : words.allHidden}</p>
        </div>
      ) : (
        <Tree rows={rows} difference={difference} compared={compared} />
      )}
    </section>
  );
}

interface TreeProps {
  readonly rows: readonly TreeRow[];
  readonly difference: Difference;
  readonly compared: Compared;
}

function Tree({ rows, difference, compared }: TreeProps) {
  const { compare: words } = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  const selection = useHistoryView((view) => view.selection);
  const [cursor, setCursor] = useState<string | null>(null);
  const rowPx =
    Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue('--row-height')) || 38;
  const shown = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 10,
  });
  const current = currentRow(rows, cursor, selection);
  const move = (by: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, current + by));
    const row = rows[next];
    if (row === undefined) return;
    setCursor(row.key);
    select(row, compared);
    shown.scrollToIndex(next);
  };
  useEffect(() => {
    contentsDeeds.current = {
      move,
      open: () => rows[current] !== undefined && choose(rows[current], difference, compared),
      // What differs is looked at one by one.
      chooseAll: () => undefined,
      focus: () => scroll.current?.focus(),
    };
    return () => {
      contentsDeeds.current = null;
    };
  });
  useEffect(focusIfLost, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Until it is chosen, keys are about the other moment.
    if (useHistoryView.getState().isChoosingCompare) return;
    const row = rows[current];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) move(step);
    else if (row !== undefined && (event.key === 'Enter' || event.key === ' '))
      choose(row, difference, compared);
    else if (row?.kind === 'entry' && row.isFolder && opens(event.key, row.isOpen))
      difference.toggle(row.path);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="compare-tree"
      ref={scroll}
      role="tree"
      tabIndex={0}
      aria-label={words.label}
      aria-activedescendant={current < 0 ? undefined : `compare-${current}`}
      onKeyDown={onKeyDown}
    >
      <div className="rows" style={{ height: shown.getTotalSize() }} role="presentation">
        {shown.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={row.key}
              id={`compare-${index}`}
              role="treeitem"
              aria-level={row.depth + 1}
              aria-expanded={row.kind === 'entry' && row.isFolder ? row.isOpen : undefined}
              aria-selected={index === current}
              className={index === current ? 'row is-focused' : 'row'}
              style={{ transform: `translateY(${start}px)`, paddingInlineStart: 16 + row.depth * 20 }}
              onClick={() => {
                setCursor(row.key);
                choose(row, difference, compared);
              }}
            >
              <RowContent row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function RowContent({ row }: { row: TreeRow }) {
  const { compare: words } = useWords();
  const formats = useFormats();
  if (row.kind === 'loading') return <Skeleton height={10} width={180} />;
  if (row.kind !== 'entry') return <span className="more">{words.more}</span>;
  const { entry, isFolder, isOpen } = row;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const change = changeOf(entry);
  return (
    <>
      <span className="chevron">{isFolder && <Chevron size={15} strokeWidth={1.7} aria-hidden />}</span>
      <EntryIcon kind={(entry.after ?? entry.before)?.kind ?? 'file'} label={entry.label} />
      <span className={change === 'removed' ? 'name is-removed' : 'name'}>{showName(entry.name)}</span>
      <span className={`change ${change ?? 'inside'}`}>{changeWords(entry, words, formats)}</span>
      <span className="sizes">
        <Sizes entry={entry} isFolder={isFolder} />
      </span>
    </>
  );
}

function Sizes({ entry, isFolder }: { entry: DifferenceEntry; isFolder: boolean }) {
  const { compare: words } = useWords();
  const formats = useFormats();
  if (isFolder) {
    const change = entry.counts.bytesIn - entry.counts.bytesOut;
    return change === 0 ? '' : formats.bytesChange(change);
  }
  const { before, after } = entry;
  if (before !== undefined && after !== undefined)
    return words.sizes(formats.bytes(before.sizeBytes), formats.bytes(after.sizeBytes));
  return formats.bytes((after ?? before)?.sizeBytes ?? 0);
}

/** A folder opens or closes; a file is chosen and shows how it differs. */
function choose(row: TreeRow, { toggle, more }: Difference, compared: Compared): void {
  if (row.kind === 'loading') return;
  if (row.kind !== 'entry') more(row.folder);
  else if (select(row, compared)) {
    if (row.isFolder) toggle(row.path);
    else useHistoryView.getState().showTab('difference');
  }
}

/** What is lit is what is chosen. @returns whether it can be chosen */
function select(row: TreeRow, compared: Compared): boolean {
  const item = row.kind === 'entry' ? itemOf(row, compared) : undefined;
  if (item !== undefined) useHistoryView.getState().select([item]);
  return item !== undefined;
}

/** Where the keys were last; else what was chosen before. -1: nothing of what is shown. */
function currentRow(
  rows: readonly TreeRow[],
  cursor: string | null,
  selection: readonly SelectedItem[],
): number {
  const [chosen] = selection;
  const at = cursor === null ? -1 : rows.findIndex(({ key }) => key === cursor);
  if (at >= 0 || chosen === undefined) return at;
  return rows.findIndex((row) => row.kind === 'entry' && isSamePath(row.path, chosen.path));
}

function opens(key: string, isOpen: boolean): boolean {
  return (key === 'ArrowRight' && !isOpen) || (key === 'ArrowLeft' && isOpen);
}
