/**
 * What stays, on a line of time that gives near days more room: a lane for each sentence, and below it the versions that
 * are there now, those that would go struck out. Numbers stand beside it in words.
 */
import { useMemo } from 'react';
import { useFormats, useSpeech, useWords } from '../../text/use-words.ts';
import type { Loss } from './keep-loss.tsx';
import type { KeepLine } from './retention-lines.ts';
import { placeOfAge, PICTURE_MS, retentionPicture } from './retention-picture.ts';
import { lineWords } from './view-model.ts';

const WIDTH = 600;
const LANE = 22;
const DAY_MS = 86_400_000;
const MARKS_MS = [DAY_MS, 7 * DAY_MS, 30.44 * DAY_MS, 365.25 * DAY_MS, 5 * 365.25 * DAY_MS];
/** Ticks that fall on the same half pixel are one. */
const SAME = 0.5;

export interface RetentionPictureProps {
  readonly lines: readonly KeepLine[];
  readonly nowMs: number;
  readonly loss: Loss | undefined;
}

export function RetentionPicture({ lines, nowMs, loss }: RetentionPictureProps) {
  const speech = useSpeech();
  const { folders: words } = useWords();
  const formats = useFormats();
  // Hours are whole: drawn anew once an hour, not with every look at the clock.
  const hour = Math.floor(nowMs / 3_600_000);
  const key = JSON.stringify(lines);
  const picture = useMemo(() => retentionPicture(lines, hour * 3_600_000), [key, hour]);
  const real = loss?.kind === 'known' ? loss.versions : [];
  const rows = picture.lanes.length + (real.length > 0 ? 1 : 0);
  const height = Math.max(1, rows) * LANE + 18;
  const sum = lines.length === 0 ? words.keepAll : words.pictureSum(formats.count(picture.total));
  // Now stands at the right, as everywhere.
  const x = (ageMs: number): number => WIDTH - 6 - placeOfAge(ageMs) * (WIDTH - 12);
  return (
    <figure className="keep-picture">
      <figcaption>{words.picture}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={sum}>
        {MARKS_MS.map((ageMs) => (
          <g key={ageMs}>
            <line className="mark" x1={x(ageMs)} x2={x(ageMs)} y1="0" y2={height - 16} />
            <text x={x(ageMs)} y={height - 3} textAnchor="middle">
              {formats.span(ageMs)}
            </text>
          </g>
        ))}
        <text x={WIDTH - 2} y={height - 3} textAnchor="end">
          {words.pictureNow}
        </text>
        {lines.length === 0 && (
          <rect className="kept" x={x(PICTURE_MS)} y="8" width={WIDTH - 12} height="8" rx="2" />
        )}
        {picture.lanes.map(({ agesMs }, at) => (
          <path
            key={at}
            className="kept"
            d={distinct(agesMs.map(x))
              .map((left) => `M${(left - 0.75).toFixed(1)} ${at * LANE + 5}h1.5v12h-1.5z`)
              .join('')}
          />
        ))}
        {distinctDots(real.map(({ timeMs, goes }) => ({ left: x(nowMs - timeMs), goes }))).map(
          ({ left, goes }) => {
            const middle = picture.lanes.length * LANE + LANE / 2;
            return goes ? (
              <path key={`${left} goes`} className="goes" d={`M${left - 3} ${middle - 3}l6 6m0-6l-6 6`} />
            ) : (
              <circle key={left} className="stays" cx={left} cy={middle} r="2.6" />
            );
          },
        )}
      </svg>
      <ul className="lanes">
        {picture.lanes.map(({ line, agesMs }, at) => (
          <li key={at}>{words.pictureLine(lineWords(line, speech), formats.count(agesMs.length))}</li>
        ))}
        {real.length > 0 && (
          <li>
            {words.pictureReal}: <span aria-hidden="true">●</span> {words.keptDot},{' '}
            <span aria-hidden="true">✕</span> {words.goesDot}
          </li>
        )}
      </ul>
      <p className="sum">{sum}</p>
    </figure>
  );
}

function distinct(places: readonly number[]): readonly number[] {
  const seen = new Set<number>();
  return places.filter((place) => {
    const slot = Math.round(place / SAME);
    if (seen.has(slot)) return false;
    seen.add(slot);
    return true;
  });
}

/** Of what falls together, what would go is drawn. */
function distinctDots(
  dots: readonly { readonly left: number; readonly goes: boolean }[],
): readonly { readonly left: number; readonly goes: boolean }[] {
  const bySlot = new Map<number, { left: number; goes: boolean }>();
  for (const { left, goes } of dots) {
    const slot = Math.round(left / 4);
    const before = bySlot.get(slot);
    bySlot.set(slot, { left: slot * 4, goes: goes || before?.goes === true });
  }
  return [...bySlot.values()];
}
