/**
 * Moments as people say them, for tray, notices and window: near ones in words, far ones as dates. Days and times of
 * day are those of the time zone that the process runs in.
 */
import { LOCALES, type Language } from './language.ts';
import { times as de } from './texts/de/times.ts';
import { times as en } from './texts/en/times.ts';
import type { TimeTable } from './texts/text-tables.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Voice {
  readonly words: TimeTable;
  readonly clock: Intl.DateTimeFormat;
  readonly weekday: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly relative: Intl.RelativeTimeFormat;
}

const VOICES: Readonly<Record<Language, Voice>> = {
  en: voiceOf(LOCALES.en, en),
  de: voiceOf(LOCALES.de, de),
};
const DAY_KEY = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** "just now", "4 minutes ago", "3 hours ago", "yesterday, 14:20", "12 Oct 2026". */
export function pastWords(atMs: number, nowMs: number, language: Language = 'en'): string {
  const { words, clock, date, relative } = VOICES[language];
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return words.justNow;
  if (ageMs < HOUR_MS) return relative.format(-Math.floor(ageMs / MINUTE_MS), 'minute');
  if (isSameDay(atMs, nowMs)) return relative.format(-Math.floor(ageMs / HOUR_MS), 'hour');
  if (isSameDay(atMs, nowMs - DAY_MS)) return words.yesterday(clock.format(atMs));
  if (ageMs < 14 * DAY_MS) return relative.format(-Math.max(2, Math.floor(ageMs / DAY_MS)), 'day');
  return words.onDate(date.format(atMs));
}

/** "now", "in 4 minutes", "today, 17:00", "tomorrow, 03:00", "Monday, 03:00", "12 Oct 2026". */
export function futureWords(atMs: number, nowMs: number, language: Language = 'en'): string {
  const { words, clock, relative } = VOICES[language];
  const delayMs = atMs - nowMs;
  if (delayMs < MINUTE_MS) return words.now;
  if (delayMs < HOUR_MS) return relative.format(Math.floor(delayMs / MINUTE_MS), 'minute');
  return isSameDay(atMs, nowMs) ? words.today(clock.format(atMs)) : dayWords(atMs, nowMs, language);
}

/** After "until", never before it: "15:00", "tomorrow, 06:00", "Monday, 03:00", "12 Oct 2026". */
export function untilWords(atMs: number, nowMs: number, language: Language = 'en'): string {
  return isSameDay(atMs, nowMs) ? VOICES[language].clock.format(atMs) : dayWords(atMs, nowMs, language);
}

/** A moment on another day to come. */
function dayWords(atMs: number, nowMs: number, language: Language): string {
  const { words, clock, weekday, date } = VOICES[language];
  if (isSameDay(atMs, nowMs + DAY_MS)) return words.tomorrow(clock.format(atMs));
  if (atMs - nowMs < 6 * DAY_MS) return `${weekday.format(atMs)}, ${clock.format(atMs)}`;
  return date.format(atMs);
}

function voiceOf(locale: string, words: TimeTable): Voice {
  return {
    words,
    clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
    weekday: new Intl.DateTimeFormat(locale, { weekday: 'long' }),
    date: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'always' }),
  };
}

function isSameDay(aMs: number, bMs: number): boolean {
  return DAY_KEY.format(aMs) === DAY_KEY.format(bMs);
}
