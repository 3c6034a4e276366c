/** Stretches of time in the words of a search, of both languages: "last week", "gestern", "2025-06". Local time. Pure. */

export interface Period {
  readonly fromMs: number;
  /** The first moment after it. */
  readonly toMs: number;
}

type Unit = 'day' | 'week' | 'month' | 'year';

/** By word: the unit, and how many of them ago it was. */
const WORDS: Readonly<Record<string, readonly [Unit, number]>> = {
  today: ['day', 0],
  heute: ['day', 0],
  yesterday: ['day', 1],
  gestern: ['day', 1],
  'this week': ['week', 0],
  'diese woche': ['week', 0],
  'last week': ['week', 1],
  'letzte woche': ['week', 1],
  'this month': ['month', 0],
  'diesen monat': ['month', 0],
  'dieser monat': ['month', 0],
  'last month': ['month', 1],
  'letzten monat': ['month', 1],
  'letzter monat': ['month', 1],
  'this year': ['year', 0],
  'dieses jahr': ['year', 0],
  'last year': ['year', 1],
  'letztes jahr': ['year', 1],
};

/** "2025", "2025-06", "2025-06-03". */
const ISO = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;
/** "3.6.2025", "6.2025". */
const GERMAN = /^(?:(\d{1,2})\.)?(\d{1,2})\.(\d{4})$/;
/** How many words the longest of them has. */
export const MOST_PERIOD_WORDS = 2;

/** Of `last`, the unit that is still running belongs to it: "last week" said on a Monday means days, not an empty day. */
export function parsePeriod(text: string, nowMs: number): Period | undefined {
  const words = text.trim().toLowerCase();
  if (Object.hasOwn(WORDS, words)) {
    const [unit, ago] = WORDS[words] ?? ['day', 0];
    const start = startOf(unit, new Date(nowMs), ago);
    const isOfUnit = unit === 'day';
    return {
      fromMs: start.getTime(),
      toMs: isOfUnit ? startOf(unit, new Date(nowMs), ago - 1).getTime() : nowMs,
    };
  }
  const iso = ISO.exec(words);
  if (iso !== null) return ofDate(iso[1], iso[2], iso[3]);
  const german = GERMAN.exec(words);
  return german === null ? undefined : ofDate(german[3], german[2], german[1]);
}

function ofDate(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
): Period | undefined {
  const y = Number(year);
  if (month === undefined) return between(new Date(y, 0, 1), new Date(y + 1, 0, 1));
  const m = Number(month) - 1;
  if (m < 0 || m > 11) return undefined;
  if (day === undefined) return between(new Date(y, m, 1), new Date(y, m + 1, 1));
  const d = Number(day);
  const start = new Date(y, m, d);
  // The 31st of June is no day.
  return start.getMonth() === m && d > 0 ? between(start, new Date(y, m, d + 1)) : undefined;
}

function between(from: Date, to: Date): Period {
  return { fromMs: from.getTime(), toMs: to.getTime() };
}

/** Weeks begin on Monday. */
function startOf(unit: Unit, now: Date, ago: number): Date {
  const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
  switch (unit) {
    case 'day':
      return new Date(year, month, day - ago);
    case 'week':
      return new Date(year, month, day - ((now.getDay() + 6) % 7) - 7 * ago);
    case 'month':
      return new Date(year, month - ago, 1);
    case 'year':
      return new Date(year - ago, 0, 1);
  }
}
