/** What a bar says when a pointer rests on it: when, how many of what, and the folders that changed the most. */
import { LockKeyhole } from 'lucide-react';
import { useRef, type RefObject } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { nameKey, showName } from '../../../text/show-name.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import type { Source } from '../sources.ts';
import { useHistoryView } from '../view-store.ts';
import { lastName } from '../wire-path.ts';
import type { Hover } from './band-control.ts';
import { centreWithin } from './band-layout.ts';
import { stepMs } from './buckets.ts';
import { totalOf } from './heat.ts';
import { lockWords } from './locks.ts';
import { DAY_MS } from './time-scale.ts';
import { periodWords } from './heat-table.tsx';

export interface BandTipProps {
  readonly hover: Hover;
  readonly source: Source;
  readonly bandRef: RefObject<HTMLElement | null>;
}

const TIP_PX = 232;
const MOST_FOLDERS = 3;

export function BandTip({ hover: { bar, xPx, step }, source, bandRef }: BandTipProps) {
  const { calls } = useCore();
  const { history } = useWords();
  const formats = useFormats();
  const nowMs = useNowMs();
  const tip = useRef<HTMLDivElement>(null);
  const folder = useHistoryView((view) => view.folder);
  const { placeId, series } = source;
  const isCoarse = stepMs(step) >= DAY_MS / 2 || totalOf(bar) >= 10;
  const { value: folders } = useAnswer(
    bar.kind === 'changed' && isCoarse
      ? (signal) =>
          calls['browse.topFolders'](
            { placeId, series, folder, fromMs: bar.fromMs, toMs: bar.toMs },
            { signal },
          )
      : null,
    [placeId, series, nameKey(folder), bar.fromMs, bar.toMs],
  );
  const left = centreWithin(xPx, TIP_PX, bandRef.current?.clientWidth ?? TIP_PX);
  const counts = [
    ['added', bar.added, history.tipAdded],
    ['modified', bar.modified, history.tipModified],
    ['removed', bar.removed, history.tipRemoved],
  ] as const;
  return (
    <div
      ref={tip}
      className="band-tip"
      role="tooltip"
      style={{ width: TIP_PX, insetInlineStart: left - TIP_PX / 2 }}
    >
      <p className="tip-when">{periodWords(bar, step, formats, nowMs)}</p>
      {bar.isFirst && <p>{history.tipFirst}</p>}
      {bar.kind === 'quiet' && !bar.isFirst && <p>{history.tipQuiet}</p>}
      {bar.kind === 'missed' && (
        <p>{bar.heldBy === undefined ? history.tipMissed : history.tipHeld(history.heldBy[bar.heldBy])}</p>
      )}
      {bar.kind === 'waiting' && <p>{history.tipWaiting}</p>}
      {(bar.kind === 'changed' || bar.kind === 'waiting') && (
        <ul className="tip-counts">
          {counts.map(([kind, count, words]) =>
            count === 0 ? null : (
              <li key={kind}>
                <i className={`tip-mark is-${kind}`} aria-hidden /> {words(formats.count(count))}
              </li>
            ),
          )}
        </ul>
      )}
      {folders !== undefined && folders.length > 0 && (
        <>
          <p className="tip-most">{history.tipMost}</p>
          <ul className="tip-folders">
            {folders.slice(0, MOST_FOLDERS).map(({ path, changed }) => (
              <li key={nameKey(path)}>
                <span>{showName(lastName(path))}</span> <b>{formats.count(changed)}</b>
              </li>
            ))}
          </ul>
        </>
      )}
      {bar.locked !== undefined && (
        <p>
          <LockKeyhole size={12} strokeWidth={2} aria-hidden />{' '}
          {lockWords(bar.locked, bar.points, { history, formats, nowMs })}. {history.lockedHint}
        </p>
      )}
      {bar.points > 1 && (
        <p className="tip-more">
          {history.tipVersions(formats.count(bar.points))} · {history.tipZoom}
        </p>
      )}
    </div>
  );
}
