/** What the cells of a row show: strip of changes, state now, the words of a ghost. */
import { memo } from 'react';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import type { Entry, EntryNow } from '../wire-types.ts';
import { changeTicks, stateNow, type EntryRow, type OnlyNowRow } from './rows.ts';

const STRIP_PX = 116;
const TICK_PX = 2.4;

export interface ChangesStripProps {
  readonly entry: Entry;
  readonly pointTimesMs: readonly number[];
}

/** Its last versions, from the first point at the left to the newest at the right. */
export const ChangesStrip = memo(function ChangesStrip({ entry, pointTimesMs }: ChangesStripProps) {
  const { history } = useWords();
  const formats = useFormats();
  const { changedMs, deleted } = entry;
  const isThereFromTheStart = (changedMs.at(-1) ?? Infinity) <= (pointTimesMs[0] ?? 0);
  const changes = isThereFromTheStart ? changedMs.slice(0, -1) : changedMs;
  const path = changeTicks(changes, pointTimesMs)
    .map((share) => `M${(share * (STRIP_PX - TICK_PX)).toFixed(1)} 2v12h${TICK_PX}v-12z`)
    .join('');
  const gone = deleted === undefined ? undefined : changeTicks([deleted.firstMissed.timeMs], pointTimesMs)[0];
  const label =
    changedMs.length >= 30
      ? history.manyVersions(formats.count(30))
      : history.versionsOf(formats.count(changedMs.length));
  return (
    <svg className="strip" width={STRIP_PX} height="16" role="img" aria-label={label}>
      <line x1="0" x2={STRIP_PX} y1="8.5" y2="8.5" className="strip-line" />
      {path !== '' && <path d={path} className="strip-changes" />}
      {gone !== undefined && (
        <path
          d={`M${(gone * (STRIP_PX - TICK_PX)).toFixed(1)} 2v12h${TICK_PX}v-12z`}
          className="strip-gone"
        />
      )}
    </svg>
  );
});

export interface StateCellProps {
  readonly row: EntryRow | OnlyNowRow;
  readonly now: ReadonlyMap<string, EntryNow>;
}

export function StateCell({ row, now }: StateCellProps) {
  const { history } = useWords();
  const between = useDeletedBetween();
  const state = stateNow(row, now);
  if (state === undefined || state === 'unknown') return null;
  if (state === 'deleted') {
    const words = row.kind === 'entry' && row.entry.deleted !== undefined ? between(row.entry.deleted) : '';
    return (
      <span className="deleted-words" title={words}>
        {words}
      </span>
    );
  }
  return (
    <span className="state-now">
      <i className={`state-dot is-${state}`} aria-hidden />
      {history[state]}
    </span>
  );
}

/** What the mark at the edge says, for those who do not see it. Where there is no room for the words themselves. */
export function UnseenState({ row, now }: StateCellProps) {
  const { history } = useWords();
  const state = stateNow(row, now);
  if (state === undefined || state === 'unknown' || state === 'deleted') return null;
  return <span className="unseen">{history[state]}</span>;
}

/** "deleted between 28 Oct 16:00 and 17:00". */
export function useDeletedBetween(): (deleted: NonNullable<Entry['deleted']>) => string {
  const { history } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  return ({ lastSeen, firstMissed }) => {
    const isSameDay =
      new Date(lastSeen.timeMs).toDateString() === new Date(firstMissed.timeMs).toDateString();
    const shortOf = (atMs: number): string => `${formats.day(atMs, nowMs)} ${formats.clock(atMs)}`;
    return history.deletedBetween(
      shortOf(lastSeen.timeMs),
      isSameDay ? formats.clock(firstMissed.timeMs) : shortOf(firstMissed.timeMs),
    );
  };
}
