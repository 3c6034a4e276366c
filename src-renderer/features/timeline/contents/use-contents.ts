/**
 * The folder in view as state of the contents: its pages, how its entries stand to the disk now, and the rows of both.
 * Asks for states only of what is in sight, once time rests.
 */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { isTidemarkError } from '#base/errors.ts';
import { useCore, useMirror } from '../../../core-link/use-core.ts';
import { nameKey } from '../../../text/show-name.ts';
import { useFormats } from '../../../text/use-words.ts';
import { useHistory, type History } from '../use-history.ts';
import { useHistoryView } from '../view-store.ts';
import { isWithin } from '../wire-path.ts';
import type { EntriesNow, EntryNow } from '../wire-types.ts';
import { FolderSource, type FolderQuestion, type FolderState } from './folder-source.ts';
import { rowsOf, type Row } from './rows.ts';

export interface Contents {
  readonly state: FolderState;
  readonly rows: readonly Row[];
  readonly now: ReadonlyMap<string, EntryNow>;
  /** Rows in sight, first and last. */
  see(first: number, last: number): void;
  more(): void;
  /** All of the folder, up to `MOST_AT_ONCE`. */
  loadAll(): void;
  again(): void;
}

const NO_STATES: ReadonlyMap<string, EntryNow> = new Map();
const REST_MS = 160;
/** What one question may name. */
const MOST_NAMES = 1_000;

export function useContents(): Contents {
  const { calls } = useCore();
  const history = useHistory();
  const { placeId, point, again: askForPoints } = history;
  const folder = useHistoryView((view) => view.folder);
  const sorting = useHistoryView((view) => view.sorting);
  const showDeleted = useHistoryView((view) => view.showDeleted);
  const areUnfolded = useHistoryView((view) => view.areGhostsUnfolded);
  const { locale } = useFormats();
  const snapshotId = point?.snapshotId;
  const [source] = useState(
    () => new FolderSource((question, signal) => calls['browse.folder'](question, { signal })),
  );
  const [turn, setTurn] = useState(0);
  const state = useSyncExternalStore(source.subscribe, source.get);
  useEffect(() => () => source.stop(), [source]);
  const deleted = areUnfolded ? 'all' : 'folded';
  const isAsked = useAskedAtOnce(source, history);
  useEffect(() => {
    if (placeId === null || snapshotId === undefined) return;
    const question = { placeId, snapshotId, folder, deleted } as const;
    if (!isAsked(question)) source.want(question);
    // A folder is told by its key: the wire makes a new object each time.
  }, [source, placeId, snapshotId, nameKey(folder), deleted, point?.state, turn]);
  useEffect(() => {
    // The point has gone since it was told: with the others it is found out which one is in view now.
    if (
      state.kind === 'refused' &&
      isTidemarkError(state.error) &&
      state.error.code === 'repository.objectNotFound'
    )
      askForPoints();
  }, [state]);
  const { now, onlyNow, see } = useStatesNow(state, point?.paths ?? []);
  const rows = useMemo(
    () =>
      state.kind === 'folder'
        ? rowsOf({
            entries: state.entries,
            isComplete: state.next === undefined,
            foldedCount: state.foldedCount,
            onlyNow,
            now: sorting.by === 'now' ? now : NO_STATES,
            sorting,
            showDeleted,
            locale,
          })
        : [],
    [state, onlyNow, sorting.by === 'now' ? now : NO_STATES, sorting, showDeleted, locale],
  );
  return {
    state,
    rows,
    now,
    see: (first, last) => see(rows, first, last),
    more: () => source.more(),
    loadAll: () => source.loadAll(),
    again: () => setTurn((before) => before + 1),
  };
}

/**
 * A step to another folder or point asks at once, and the core answers while the page is drawn anew for it.
 * @returns whether a question is the one that was asked so last, once
 */
function useAskedAtOnce(source: FolderSource, history: History): (question: FolderQuestion) => boolean {
  const latest = useRef(history);
  latest.current = history;
  const asked = useRef<string>(undefined);
  useEffect(
    () =>
      useHistoryView.subscribe((view, before) => {
        const { placeId, series, points, newest } = latest.current;
        if (view.folder === before.folder && view.pointId === before.pointId) return;
        if (placeId === null || view.placeId !== placeId || view.series !== series) return;
        const { folder, pointId } = view;
        const point = pointId === null ? newest : points.find(({ snapshotId }) => snapshotId === pointId);
        if (point === undefined) return;
        const deleted = view.areGhostsUnfolded ? 'all' : 'folded';
        const question = { placeId, snapshotId: point.snapshotId, folder, deleted } as const;
        asked.current = keyOf(question);
        source.want(question);
      }),
    [source],
  );
  return (question) => {
    const isLast = asked.current === keyOf(question);
    asked.current = undefined;
    return isLast;
  };
}

function keyOf({ placeId, snapshotId, folder, deleted }: FolderQuestion): string {
  return `${placeId} ${snapshotId} ${deleted} ${nameKey(folder)}`;
}

interface StatesNow {
  readonly now: ReadonlyMap<string, EntryNow>;
  readonly onlyNow: EntriesNow['onlyNow'];
  see(rows: readonly Row[], first: number, last: number): void;
}

interface Answered {
  readonly key: string;
  readonly now: ReadonlyMap<string, EntryNow>;
  readonly onlyNow: EntriesNow['onlyNow'];
}

/**
 * States of the entries in sight; kept per folder and point, anew when something may have changed the disk.
 * @param saved the folders that the point is of: what is only on the disk above them is nothing that was left out
 */
function useStatesNow(state: FolderState, saved: readonly string[]): StatesNow {
  const { calls } = useCore();
  const mirror = useMirror();
  const jobs = mirror?.jobs
    .filter(({ kind, endedAtMs }) => endedAtMs !== null && (kind === 'restore' || kind === 'undo'))
    .map(({ id }) => id)
    .join();
  const [answered, setAnswered] = useState<Answered>({ key: '', now: NO_STATES, onlyNow: undefined });
  const open = state.kind === 'folder' ? state : undefined;
  const key =
    open === undefined ? '' : `${open.of.placeId} ${open.of.snapshotId} ${nameKey(open.of.folder)} ${jobs}`;
  const asked = useRef({ key: '', names: new Set<string>() });
  const control = useRef<AbortController>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const inSight = useRef<() => void>(undefined);
  useEffect(() => {
    // Whoever comes back to the window has changed something elsewhere. What was said stays until it is known better.
    const lookAgain = (): void => {
      asked.current = { key: '', names: new Set() };
      inSight.current?.();
    };
    addEventListener('focus', lookAgain);
    return () => removeEventListener('focus', lookAgain);
  }, []);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      control.current?.abort();
    },
    [key],
  );
  const see = (rows: readonly Row[], first: number, last: number): void => {
    clearTimeout(timer.current);
    inSight.current = undefined;
    if (open === undefined) return;
    inSight.current = () => see(rows, first, last);
    timer.current = setTimeout(() => void ask(rows, first, last), REST_MS);
  };
  const ask = async (rows: readonly Row[], first: number, last: number): Promise<void> => {
    if (open === undefined) return;
    const isFirst = asked.current.key !== key;
    if (isFirst) asked.current = { key, names: new Set() };
    const { names } = asked.current;
    const from = Math.max(0, Math.min(first, rows.length - MOST_NAMES / 2) - 50);
    const wanted = rows
      .slice(from, Math.max(last + 50, from + MOST_NAMES / 2))
      .flatMap((row) =>
        row.kind === 'entry' && row.entry.deleted === undefined && !names.has(row.key) ? [row] : [],
      )
      .slice(0, MOST_NAMES);
    if (wanted.length === 0 && !isFirst) return;
    for (const row of wanted) names.add(row.key);
    control.current = new AbortController();
    const { placeId, snapshotId, folder } = open.of;
    const question = {
      placeId,
      snapshotId,
      folder,
      names: wanted.map(({ entry }) => entry.name),
      ...(isFirst && saved.some((path) => isWithin(folder, path)) ? { withOnlyNow: true } : {}),
    };
    const answer = await calls['browse.now'](question, { signal: control.current.signal }).catch(
      () => undefined,
    );
    // Refused: states stay blank, the rest of the list is none the worse.
    if (answer === undefined) return;
    setAnswered((before) => ({
      key,
      now: new Map([
        ...(before.key === key ? before.now : []),
        ...answer.states.map(({ name, now }) => [nameKey(name), now] as const),
      ]),
      onlyNow: answer.onlyNow ?? (before.key === key ? before.onlyNow : undefined),
    }));
  };
  const isCurrent = answered.key === key;
  return {
    now: isCurrent ? answered.now : NO_STATES,
    onlyNow: isCurrent ? answered.onlyNow : undefined,
    see,
  };
}
