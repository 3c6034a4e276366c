/**
 * The slider over the band, for keys and screen readers: its value text is the moment and what changed here at it. Set
 * past React, at most twice a second, since it follows the playhead.
 */
import { useEffect, type RefObject } from 'react';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import { useFormats, useSpeech, useWords } from '../../../text/use-words.ts';
import { announce } from '../announce.ts';
import { useHistoryView } from '../view-store.ts';
import type { Point } from '../wire-types.ts';

export interface BandSliderProps {
  readonly sliderRef: RefObject<HTMLDivElement | null>;
  readonly points: readonly Point[];
  /** What else is to be said of a point, by its id. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
}

const REST_MS = 500;

export function BandSlider({ sliderRef, points, notes }: BandSliderProps) {
  const { calls } = useCore();
  const { history } = useWords();
  const { language } = useSpeech();
  const formats = useFormats();
  const nowMs = useNowMs();
  useEffect(() => {
    const element = sliderRef.current;
    if (element === null) return undefined;
    const longMoment = new Intl.DateTimeFormat(formats.locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      hour: '2-digit',
      minute: '2-digit',
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    let question = new AbortController();
    let hasMoved = false;
    const tell = (): void => {
      timer = undefined;
      const { pointId, placeId, series, folder } = useHistoryView.getState();
      const found = points.findIndex(
        ({ snapshotId, original }) => snapshotId === pointId || original === pointId,
      );
      const at = pointId === null || found === -1 ? points.length - 1 : found;
      const point = points[at];
      if (point === undefined || placeId === null || series === null) return;
      const moment = longMoment.format(point.timeMs);
      element.setAttribute('aria-valuenow', String(at + 1));
      const say = (changed: string): void => {
        const parts = [changed, ...(notes.get(point.snapshotId) ?? [])];
        const text = parts.reduce(history.sliderText, moment);
        element.setAttribute('aria-valuetext', text);
        // The slider itself is read by whoever stands on it.
        if (hasMoved && document.activeElement !== element) announce(text);
      };
      if (point.state === 'waiting') return say(history.notReadYet);
      if (at === 0) return say(history.markFirst);
      question.abort();
      question = new AbortController();
      const edges = [point.timeMs, point.timeMs + 1];
      calls['browse.changes']({ placeId, series, folder, edges }, { signal: question.signal }).then(
        ([bucket]) => {
          const changed = (bucket?.added ?? 0) + (bucket?.modified ?? 0);
          say(history.changedHere(formats.count(changed), formats.count(bucket?.removed ?? 0)));
        },
        () => undefined,
      );
    };
    const soon = (): void => {
      hasMoved = true;
      timer ??= setTimeout(tell, REST_MS);
    };
    tell();
    const stop = useHistoryView.subscribe((view, before) => {
      if (view.pointId !== before.pointId || view.folder !== before.folder) soon();
    });
    return () => {
      stop();
      clearTimeout(timer);
      question.abort();
    };
  }, [sliderRef, points, notes, calls, history, formats, nowMs]);
  return (
    <div
      ref={sliderRef}
      className="slider"
      role="slider"
      tabIndex={0}
      lang={language}
      aria-label={history.band}
      aria-description={history.bandHint}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, points.length)}
      aria-valuenow={Math.max(1, points.length)}
      aria-valuetext={history.now}
    />
  );
}
