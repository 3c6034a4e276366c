/**
 * The band of time in the page: canvas, slider over it, handle with its date, jumps beside it, tip. React draws this once
 * and again when there are other points; whatever follows a hand is done by the control.
 */
import { ChevronLeft, ChevronRight, Table2 } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useAnswer } from '../../../core-link/use-answer.ts';
import { useCore } from '../../../core-link/use-core.ts';
import { useNowMs } from '../../../core-link/use-now.ts';
import type { Formats } from '../../../text/formats.ts';
import type { Words } from '../../../text/language.ts';
import { useFormats, useWords } from '../../../text/use-words.ts';
import { marksOf, suspicionsOf, type Mark } from '../marks.ts';
import { useAskRanJobs, usePutBacks, useRanJobs } from '../ran-jobs.ts';
import type { Reading, Source } from '../sources.ts';
import { useHistoryView } from '../view-store.ts';
import type { Answers, NextChange, Point } from '../wire-types.ts';
import { bandDeeds } from './band-deeds.ts';
import { BandControl, type BandFacts, type Hover } from './band-control.ts';
import { BandSlider } from './band-slider.tsx';
import { BandTip } from './band-tip.tsx';
import { DateBox } from './date-box.tsx';
import { useHeld } from './use-held.ts';
import { failedRuns, exceptPoints } from './runs.ts';
import { markPoints } from './point-lane.ts';
import { firstRange, fitRange, wholeRange } from './time-scale.ts';
import { useAxisWords } from './use-axis-words.ts';
import { lockWords } from './locks.ts';
import { useLocks } from './use-locks.ts';
import { useJumps } from './use-jumps.ts';
import './band.css';

const NO_SYSTEMS: Answers<'browse.systems'> = [];

export interface TimeBandProps {
  readonly source: Source;
  readonly points: readonly Point[];
  readonly reading: Reading | null;
}

export const TimeBand = memo(function TimeBand({ source, points, reading }: TimeBandProps) {
  const { calls } = useCore();
  const { history } = useWords();
  const formats = useFormats();
  const axisWords = useAxisWords();
  const nowMs = useNowMs(points);
  const runs = useRuns(source);
  const held = useHeld(source, nowMs);
  const putBacks = usePutBacks(source.topFolder);
  const locks = useLocks(source);
  const systems = useSystems(points);
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const handleText = useRef<HTMLSpanElement>(null);
  const jumps = useRef<HTMLDivElement>(null);
  const control = useRef<BandControl | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const knownFromMs = reading === null ? null : (reading.knownFromMs ?? Infinity);

  const facts = useMemo((): BandFacts => {
    const newest = points.at(-1);
    return {
      points,
      pointMarks: markPoints({
        points,
        elsewhereMs: source.elsewhere.map(({ timesMs }) => timesMs),
        exceptIds: runs.exceptIds,
        locks,
      }),
      marks: marksOf(points, putBacks, systems).map((mark) => ({
        mark,
        text: markWords(mark, { history, formats }),
      })),
      missedMs: runs.missedMs,
      held,
      locks,
      suspiciousIds: new Set(suspicionsOf(points, putBacks).map(({ point }) => point.snapshotId)),
      whole: wholeRange(points[0]?.timeMs, nowMs),
      nowMs,
      nowText: history.axisNow,
      knownFromMs,
      axisWords,
      handleText: (point) =>
        point === null
          ? newest === undefined
            ? history.nowHandle
            : history.nowWithAge(formats.ago(newest.timeMs, nowMs))
          : history.momentWithAge(formats.moment(point.timeMs, nowMs), formats.ago(point.timeMs, nowMs)),
    };
  }, [
    points,
    source.elsewhere,
    runs,
    held,
    putBacks,
    locks,
    systems,
    history,
    formats,
    axisWords,
    nowMs,
    knownFromMs,
  ]);

  const { marks } = facts;
  const notes = useMemo(() => notesOf(marks, locks, { history, formats, nowMs }), [marks, locks]);

  useEffect(() => {
    const elements = {
      canvas: canvas.current,
      slider: slider.current,
      handle: handle.current,
      handleText: handleText.current,
      jumps: jumps.current,
    };
    if (Object.values(elements).includes(null)) return undefined;
    const made = new BandControl(
      elements as ConstructorParameters<typeof BandControl>[0],
      (question, signal) => calls['browse.changes']({ ...question, edges: [...question.edges] }, { signal }),
    );
    made.onHover = setHover;
    control.current = made;
    bandDeeds.current = made;
    return () => {
      bandDeeds.current = null;
      made.stop();
    };
  }, [calls]);
  useEffect(() => {
    const view = useHistoryView.getState();
    if (points.length > 0) {
      const range = view.range === null ? firstRange(facts.whole) : fitRange(view.range, facts.whole);
      if (range !== view.range) view.setRange(range);
    }
    control.current?.setFacts(facts);
  }, [facts, points]);

  return (
    <section className="band" data-region aria-label={history.regionBand}>
      <canvas ref={canvas} aria-hidden />
      <BandSlider sliderRef={slider} points={points} notes={notes} />
      <div className="jumps" ref={jumps}>
        <Jumps />
        <button
          type="button"
          ref={handle}
          className="handle"
          aria-description={history.typeDate}
          tabIndex={-1}
        >
          <span ref={handleText} />
        </button>
      </div>
      <button
        type="button"
        className="band-table"
        aria-label={history.heatTable}
        title={history.heatTable}
        onClick={() => useHistoryView.getState().openSheet('heatTable')}
      >
        <Table2 size={15} strokeWidth={1.7} aria-hidden />
      </button>
      {hover !== null && <BandTip hover={hover} source={source} bandRef={slider} />}
      <DateBox points={points} anchorRef={handle} />
    </section>
  );
});

/** What a canvas cannot say to who does not see it. The first backup is said anyway. */
function notesOf(
  marks: BandFacts['marks'],
  locks: BandFacts['locks'],
  speech: Parameters<typeof lockWords>[2],
): ReadonlyMap<string, readonly string[]> {
  const notes = new Map<string, string[]>();
  const add = (pointId: string, text: string): void => {
    notes.set(pointId, [...(notes.get(pointId) ?? []), text]);
  };
  for (const { mark, text } of marks) if (mark.kind !== 'first') add(mark.pointId, text);
  for (const [pointId, lock] of locks) add(pointId, lockWords({ ...lock, count: 1 }, 1, speech));
  return notes;
}

function markWords(
  mark: Mark,
  { history, formats }: { readonly history: Words['history']; readonly formats: Formats },
): string {
  switch (mark.kind) {
    case 'first':
      return history.markFirst;
    case 'label':
      return mark.label;
    case 'beforeMany':
      return history.markMany(formats.count(mark.files));
    case 'beforeUpdate':
      return history.markUpdate(mark.words);
    case 'putBack':
      return history.markPutBack(formats.count(mark.files), mark.files === 1);
  }
}

/** Where the arrow keys would go, in words, once time rests. */
function Jumps() {
  const { history } = useWords();
  const formats = useFormats();
  const { older, newer, jump, nowMs } = useJumps();
  const short = (atMs: number): string => {
    const isNear = nowMs - atMs < 6 * 86_400_000;
    return isNear
      ? formats.moment(atMs, nowMs).replace(/^(\S+) .*,/, '$1')
      : `${formats.day(atMs, nowMs)} ${formats.clock(atMs)}`;
  };
  const words = ({ point, counts }: NextChange): string =>
    history.jump(short(point.timeMs), formats.count(counts.added + counts.modified + counts.removed));
  const olderWords = older === null ? '' : words(older);
  const newerWords = newer === null ? '' : words(newer);
  return (
    <>
      {older !== null && (
        <button
          type="button"
          className="jump is-older"
          aria-label={history.jumpBackLabel(olderWords)}
          onClick={() => void jump(-1)}
        >
          <ChevronLeft size={14} strokeWidth={2} aria-hidden />
          <span>{olderWords}</span>
        </button>
      )}
      {newer !== null && (
        <button
          type="button"
          className="jump is-newer"
          aria-label={history.jumpOnLabel(newerWords)}
          onClick={() => void jump(1)}
        >
          <span>{newerWords}</span>
          <ChevronRight size={14} strokeWidth={2} aria-hidden />
        </button>
      )}
    </>
  );
}

/** What is known of the systems that the versions were made under. */
function useSystems(points: readonly Point[]): Answers<'browse.systems'> {
  const { calls } = useCore();
  const { value } = useAnswer(
    (signal) => calls['browse.systems']({}, { signal }),
    [points.at(-1)?.snapshotId],
  );
  return value ?? NO_SYSTEMS;
}

/** Backups of this series to this place that came to nothing, or left files out. */
function useRuns({ placeId, series }: Source): {
  missedMs: readonly number[];
  exceptIds: ReadonlySet<string>;
} {
  useAskRanJobs();
  const jobs = useRanJobs((state) => state.jobs);
  return useMemo(
    () => ({ missedMs: failedRuns(jobs, placeId, series), exceptIds: exceptPoints(jobs, placeId, series) }),
    [jobs, placeId, series],
  );
}
