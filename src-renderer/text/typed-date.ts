/**
 * Moments as people type them, in English and German, read without any network: "last friday", "3 nov", "2 weeks ago",
 * "before 12:00", "vor 2 Wochen", ISO. The past is meant: what could be ahead is the last time it was. Pure.
 */
import * as de from 'chrono-node/de';
import * as en from 'chrono-node/en';
import type { Language } from '#contract/language.ts';

export interface TypedMoment {
  /** What was true at this moment is meant: of a day alone, its end. */
  readonly atMs: number;
  /** Strictly before it ("before 12:00"). */
  readonly isBefore: boolean;
  /** A day was named, no time of day. */
  readonly isDay: boolean;
}

const DAY_MS = 86_400_000;
/** German "vor" is "ago" before a length of time, and "before" else. */
const BEFORE: Readonly<Record<Language, RegExp>> = {
  en: /^\s*(?:before|until)\s+/i,
  de: /^\s*(?:vor(?!\s+(?:\d+|ein\p{L}*|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\s+\p{L})(?:\s+dem)?|bis)\s+/iu,
};
const PARSERS = { en: en.GB, de: de.casual } as const;

/** Null: that says no moment. */
export function readTypedDate(text: string, language: Language, nowMs: number): TypedMoment | null {
  const isBefore = BEFORE[language].test(text);
  const rest = text.replace(BEFORE[language], '').trim();
  const other = language === 'de' ? 'en' : 'de';
  const found = parse(rest, language, nowMs) ?? parse(rest, other, nowMs);
  if (found === null) return null;
  const { startMs, endMs, isDay } = found;
  return { atMs: isBefore ? startMs : Math.min(endMs, nowMs), isBefore, isDay };
}

interface Parsed {
  readonly startMs: number;
  /** Of the day, where no time of day was named. */
  readonly endMs: number;
  readonly isDay: boolean;
}

function parse(text: string, language: Language, nowMs: number): Parsed | null {
  const now = new Date(nowMs);
  const [found] = PARSERS[language].parse(text, now);
  // A word somewhere in a sentence is no date that was typed.
  if (found === undefined || found.text.length < text.length * 0.6) return null;
  const { start } = found;
  const isDay = !start.isCertain('hour');
  const date = start.date();
  if (isDay) date.setHours(0, 0, 0, 0);
  if (date.getTime() > nowMs) {
    if (start.isCertain('year')) return null;
    if (start.isCertain('month')) date.setFullYear(date.getFullYear() - 1);
    else if (start.isCertain('weekday')) date.setDate(date.getDate() - 7);
    else if (!isDay) date.setTime(date.getTime() - DAY_MS);
    else return null;
  }
  const startMs = date.getTime();
  if (!isDay) return { startMs, endMs: startMs, isDay };
  const endMs = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - 1;
  return { startMs, endMs, isDay };
}
