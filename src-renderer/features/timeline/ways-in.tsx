/** The first line when the page is opened from nowhere, until one moves on: what people mostly come for, with its numbers. */
import { Search, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useAnswer } from '../../core-link/use-answer.ts';
import { useCore } from '../../core-link/use-core.ts';
import { useNowMs } from '../../core-link/use-now.ts';
import { nameKey } from '../../text/show-name.ts';
import { useFormats, useWords } from '../../text/use-words.ts';
import { startOfDay } from './band/axis.ts';
import { marksOf } from './marks.ts';
import { usePutBacks } from './ran-jobs.ts';
import { foundCount } from './search/found-count.ts';
import { useHistory } from './use-history.ts';
import { useHistoryView } from './view-store.ts';

export function WaysIn() {
  const { history } = useWords();
  const formats = useFormats();
  const { calls } = useCore();
  const { placeId, series, source, points } = useHistory();
  const dayMs = startOfDay(useNowMs());
  const { openSearch, goTo } = useHistoryView.getState();
  const [isHidden, setHidden] = useState(false);
  const topFolder = source?.topFolder ?? '/';
  const hasMovedOn = useHistoryView(
    ({ folder, compareWithId }) => compareWithId !== null || nameKey(folder) !== nameKey(topFolder),
  );
  useEffect(() => {
    if (hasMovedOn) setHidden(true);
  }, [hasMovedOn]);
  const newestId = points.at(-1)?.snapshotId;
  const { value } = useAnswer(
    placeId === null || series === null
      ? null
      : async (signal) => {
          const ask = (filters: { deleted: true } | { changed: { fromMs: number; toMs: number } }) =>
            calls['browse.search'](
              { placeId, search: { text: '', filters: { series, ...filters }, limit: 1 } },
              { signal },
            );
          return {
            deleted: await ask({ deleted: true }),
            changed: await ask({ changed: { fromMs: dayMs, toMs: dayMs + 86_400_000 } }),
          };
        },
    [placeId, series, topFolder, newestId, dayMs],
  );
  const putBacks = usePutBacks(source?.topFolder);
  const bigChange = useMemo(
    () => marksOf(points, putBacks).findLast(({ kind }) => kind === 'beforeMany'),
    [points, putBacks],
  );
  if (isHidden || hasMovedOn || points.length === 0) return null;
  return (
    <div className="ways-in">
      <span>{history.waysIn}</span>
      <button type="button" className="chip" onClick={() => openSearch('')}>
        <Search size={14} strokeWidth={1.7} aria-hidden /> {history.searchShort}
      </button>
      {value !== undefined && value.deleted.matched > 0 && (
        <button type="button" className="chip" onClick={() => openSearch('deleted ')}>
          {history.recentlyDeleted(foundCount(value.deleted, { history, formats }))}
        </button>
      )}
      {value !== undefined && value.changed.matched > 0 && (
        <button type="button" className="chip" onClick={() => openSearch('changed:today ')}>
          {history.changedToday(foundCount(value.changed, { history, formats }))}
        </button>
      )}
      {bigChange !== undefined && (
        <button type="button" className="chip" onClick={() => goTo(bigChange.pointId)}>
          {history.beforeBigChange(formats.moment(bigChange.atMs, dayMs))}
        </button>
      )}
      <button
        type="button"
        className="tool is-bare"
        aria-label={history.closeWaysIn}
        title={history.closeWaysIn}
        onClick={() => setHidden(true)}
      >
        <X size={15} strokeWidth={1.7} aria-hidden />
      </button>
    </div>
  );
}
