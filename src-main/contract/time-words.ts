/**
 * Moments as people say them, for tray, notices and window: near ones in words, far ones as dates. English, like all
 * texts so far. Days and times of day are those of the time zone that the process runs in.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const DAY_KEY = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** "just now", "4 minutes ago", "3 hours ago", "yesterday, 14:20", "12 Oct 2026". */
export function pastWords(atMs: number, nowMs: number): string {
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return 'just now';
  if (ageMs < HOUR_MS) return `${countWords(Math.floor(ageMs / MINUTE_MS), 'minute')} ago`;
  if (isSameDay(atMs, nowMs)) return `${countWords(Math.floor(ageMs / HOUR_MS), 'hour')} ago`;
  if (isSameDay(atMs, nowMs - DAY_MS)) return `yesterday, ${CLOCK.format(atMs)}`;
  if (ageMs < 14 * DAY_MS) return `${countWords(Math.max(2, Math.floor(ageMs / DAY_MS)), 'day')} ago`;
  return DATE.format(atMs);
}

/** "now", "in 4 minutes", "today, 17:00", "tomorrow, 03:00", "Monday, 03:00", "12 Oct 2026". */
export function futureWords(atMs: number, nowMs: number): string {
  const delayMs = atMs - nowMs;
  if (delayMs < MINUTE_MS) return 'now';
  if (delayMs < HOUR_MS) return `in ${countWords(Math.floor(delayMs / MINUTE_MS), 'minute')}`;
  return isSameDay(atMs, nowMs) ? `today, ${CLOCK.format(atMs)}` : dayWords(atMs, nowMs);
}

/** After "until", never before it: "15:00", "tomorrow, 06:00", "Monday, 03:00", "12 Oct 2026". */
export function untilWords(atMs: number, nowMs: number): string {
  return isSameDay(atMs, nowMs) ? CLOCK.format(atMs) : dayWords(atMs, nowMs);
}

/** "1 file", "2 files". */
export function countWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A moment on another day to come. */
function dayWords(atMs: number, nowMs: number): string {
  if (isSameDay(atMs, nowMs + DAY_MS)) return `tomorrow, ${CLOCK.format(atMs)}`;
  if (atMs - nowMs < 6 * DAY_MS) return `${WEEKDAY.format(atMs)}, ${CLOCK.format(atMs)}`;
  return DATE.format(atMs);
}

function isSameDay(aMs: number, bMs: number): boolean {
  return DAY_KEY.format(aMs) === DAY_KEY.format(bMs);
}
