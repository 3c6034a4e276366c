/**
 * Sizes, numbers and moments as people of a language read them. Near moments in words, far ones as dates. Days and
 * times of day are those of the time zone of this computer.
 */
import { pastWords } from '#contract/time-words.ts';

export interface Formats {
  readonly locale: string;
  /** "48 KB", "2.4 MB": powers of 1000, one digit after the point below ten. */
  bytes(sizeBytes: number): string;
  /** "+1.2 KB", "−300 bytes". */
  bytesChange(bytes: number): string;
  /** "2,314". */
  count(value: number): string;
  /** "3 trillion", for what is too much to be counted. */
  roughly(value: number): string;
  /** "14:20". */
  clock(atMs: number): string;
  /** "Tue 3 Nov, 14:20"; with the year where it is another one than now's. */
  moment(atMs: number, nowMs: number): string;
  /** "3 Nov", "3 Nov 2025" where the year differs. */
  day(atMs: number, nowMs: number): string;
  /** "3 November 2026", for paper. */
  date(atMs: number): string;
  /** "3 November 2026, 14:20:05", for where nothing may be left out. */
  fullMoment(atMs: number): string;
  /** "just now", "4 minutes ago", "19 days ago", "2 years ago". */
  ago(atMs: number, nowMs: number): string;
  /** "in 4 minutes", "now". */
  ahead(atMs: number, nowMs: number): string;
  /** "2 d", "3 h", "5 min": how long something lasted, short. */
  span(lengthMs: number): string;
  /** "about 4 minutes", for time left. */
  about(lengthMs: number): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SIZE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** From the coarsest that fits at least once. */
const SPANS = [
  ['year', 365.25 * DAY_MS],
  ['month', 30.44 * DAY_MS],
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const;

export function createFormats(locale: string): Formats {
  const format = (options: Intl.DateTimeFormatOptions): ((atMs: number) => string) => {
    const made = new Intl.DateTimeFormat(locale, options);
    return (atMs) => made.format(atMs);
  };
  const number = new Intl.NumberFormat(locale);
  const rough = new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumSignificantDigits: 1,
  });
  const clock = format({ hour: '2-digit', minute: '2-digit' });
  const weekday = format({ weekday: 'short' });
  const dayOfYear = format({ day: 'numeric', month: 'short' });
  const dayAndYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const date = format({ dateStyle: 'long' });
  const fullMoment = format({ dateStyle: 'long', timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const now = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second');
  const language = locale.startsWith('de') ? 'de' : 'en';
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });

  /** Making one takes longer than all else of a row. */
  const sizes = new Map<string, Intl.NumberFormat>();
  const sizeFormat = (step: number, maximumFractionDigits: number): Intl.NumberFormat => {
    const key = `${step} ${maximumFractionDigits}`;
    let made = sizes.get(key);
    if (made === undefined) {
      const unitDisplay = step === 0 ? 'long' : 'short';
      const unit = SIZE_UNITS[step] as string;
      made = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits });
      sizes.set(key, made);
    }
    return made;
  };
  const bytes = (sizeBytes: number): string => {
    const step = unitStep(Math.abs(sizeBytes));
    const value = sizeBytes / 1000 ** step;
    const digits = step > 0 && Math.abs(value) < 10 ? 1 : 0;
    return sizeFormat(step, digits).format(value).replace('kB', 'KB');
  };
  const day = (atMs: number, nowMs: number): string =>
    isSameYear(atMs, nowMs) ? dayOfYear(atMs) : dayAndYear(atMs);
  const away = (lengthMs: number, sign: 1 | -1): string => {
    const [unit, unitMs] = SPANS.find(([, atLeastMs]) => lengthMs >= atLeastMs) ?? ['minute', MINUTE_MS];
    return relative.format(sign * Math.max(1, Math.floor(lengthMs / unitMs)), unit);
  };
  const span = (lengthMs: number, display: 'narrow' | 'long'): string => {
    const [unit, unitMs] = SPANS.find(([, atLeastMs]) => lengthMs >= atLeastMs) ?? ['minute', MINUTE_MS];
    // One letter would not tell months from minutes.
    const isAmbiguous = unit === 'month' || unit === 'minute';
    const unitDisplay = display === 'narrow' && isAmbiguous ? 'short' : display;
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay }).format(
      Math.max(1, Math.round(lengthMs / unitMs)),
    );
  };
  return {
    locale,
    bytes,
    bytesChange: (change) => `${change < 0 ? '−' : '+'}${bytes(Math.abs(change))}`,
    count: (value) => number.format(value),
    roughly: (value) => rough.format(value),
    clock,
    day,
    moment: (atMs, nowMs) => `${weekday(atMs)} ${day(atMs, nowMs)}, ${clock(atMs)}`,
    date,
    fullMoment,
    ago: (atMs, nowMs) =>
      nowMs - atMs < MINUTE_MS ? pastWords(atMs, nowMs, language) : away(nowMs - atMs, -1),
    ahead: (atMs, nowMs) => (atMs - nowMs < MINUTE_MS ? now : away(atMs - nowMs, 1)),
    span: (lengthMs) => span(lengthMs, 'narrow'),
    about: (lengthMs) => span(lengthMs, 'long'),
    list: (items) => list.format(items),
  };
}

/** The unit in which it has one to three digits before the point, once rounded. */
function unitStep(sizeBytes: number): number {
  let step = 0;
  while (step < SIZE_UNITS.length - 1 && sizeBytes / 1000 ** step >= (step === 0 ? 1000 : 999.5)) step++;
  return step;
}

function isSameYear(oneMs: number, otherMs: number): boolean {
  return new Date(oneMs).getFullYear() === new Date(otherMs).getFullYear();
}
