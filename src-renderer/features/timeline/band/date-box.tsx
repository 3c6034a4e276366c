/** The date that is typed at the handle: says where it would go while it is typed, goes there by Enter. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useNowMs } from '../../../core-link/use-now.ts';
import { readTypedDate } from '../../../text/typed-date.ts';
import { useFormats, useSpeech, useWords } from '../../../text/use-words.ts';
import { pointAt } from '../sources.ts';
import { useMoving } from '../use-moving.ts';
import { useHistoryView } from '../view-store.ts';
import type { Point } from '../wire-types.ts';
import { centreWithin } from './band-layout.ts';

export interface DateBoxProps {
  readonly points: readonly Point[];
  readonly anchorRef: RefObject<HTMLElement | null>;
}

export function DateBox({ points, anchorRef }: DateBoxProps) {
  const isOpen = useHistoryView((view) => view.sheet === 'date');
  return isOpen ? <OpenDateBox points={points} anchorRef={anchorRef} /> : null;
}

const BOX_PX = 320;

function OpenDateBox({ points, anchorRef }: DateBoxProps) {
  const { history } = useWords();
  const { language } = useSpeech();
  const formats = useFormats();
  const nowMs = useNowMs();
  const moving = useMoving();
  const { openSheet } = useHistoryView.getState();
  const [text, setText] = useState('');
  const box = useRef<HTMLFormElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const cameFrom = useRef(document.activeElement);
  const [leftPx, setLeftPx] = useState(0);
  useEffect(() => {
    const anchor = anchorRef.current?.getBoundingClientRect();
    const band = box.current?.parentElement?.getBoundingClientRect();
    if (anchor !== undefined && band !== undefined)
      setLeftPx(centreWithin(anchor.left + anchor.width / 2 - band.left, BOX_PX, band.width) - BOX_PX / 2);
    input.current?.focus();
    const away = (event: PointerEvent): void => {
      const target = event.target as Node;
      if (box.current?.contains(target) === false && anchorRef.current?.contains(target) === false)
        openSheet('none');
    };
    addEventListener('pointerdown', away);
    return () => {
      removeEventListener('pointerdown', away);
      if (cameFrom.current instanceof HTMLElement) cameFrom.current.focus();
    };
  }, [anchorRef, openSheet]);
  const moment = readTypedDate(text, language, nowMs);
  const limitMs = moment === null ? 0 : moment.isBefore ? moment.atMs - 1 : moment.atMs;
  const point = moment === null ? undefined : pointAt(points, limitMs);
  const isTooOld = point !== undefined && point.timeMs > limitMs;
  const says =
    text.trim() === ''
      ? history.dateHint
      : point === undefined
        ? history.dateUnknown
        : isTooOld
          ? history.dateBefore(formats.moment(point.timeMs, nowMs))
          : history.dateGoes(formats.moment(point.timeMs, nowMs));
  return (
    <form
      ref={box}
      className="date-box"
      style={{ width: BOX_PX, left: leftPx }}
      aria-label={history.dateTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (moment === null) return;
        moving.goToMoment(moment.atMs, moment.isBefore);
        openSheet('none');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        openSheet('none');
      }}
    >
      <input
        ref={input}
        type="text"
        value={text}
        placeholder={history.datePlaceholder}
        aria-label={history.dateTitle}
        aria-describedby="date-says"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p id="date-says" aria-live="polite">
        {says}
      </p>
    </form>
  );
}
