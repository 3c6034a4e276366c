/**
 * Times as repositories store them: RFC 3339 text with up to nine fraction digits, in a zone with whole-minute
 * offset. Inside the program a time is whole seconds since 1970, floored, and nanoseconds above them.
 * Does not read the clock. `Date` is used for one thing only, to ask the system for its zone's offset at an instant.
 * Source: repository format, 11.3.
 */
import { FormatError } from '#format/format-error.ts';

export interface Instant {
  /** Whole seconds since 1970, floored. */
  readonly sec: number;
  /** 0 to 999 999 999. */
  readonly nsec: number;
}

/** A time together with the zone it was written in; its calendar day is the day of that zone. */
export interface ZonedTime extends Instant {
  /** Seconds to add to UTC for the clock that was read. */
  readonly offsetSec: number;
  /** Written with `Z`: UTC itself, not a place whose clocks agree with it. */
  readonly isUtc: boolean;
}

/** A time zone, as a port: tests bring their own, and the app could write UTC everywhere. */
export interface ZoneOffsets {
  /** Seconds to add to UTC at that instant; positive in the east. Not whole minutes in the days of local mean time. */
  offsetSecondsAt(sec: number): number;
}

export const utcZone: ZoneOffsets = { offsetSecondsAt: () => 0 };

const DAY_SECONDS = 86_400;
/** Range of Date: 100 million days around 1970. */
const DATE_LIMIT_SECONDS = 8.64e12;
const MAX_CACHED_DAYS = 65_536;

/**
 * The machine's zone as it is when asked. Keeps one offset per UTC day (no zone changes its offset and changes it
 * back within a day), so make a new one for each run: it does not notice a change of the machine's zone.
 */
export function localZone(): ZoneOffsets {
  const offsetByDay = new Map<number, number>();
  let lastDay = Number.NaN;
  let lastOffset = 0;
  return {
    offsetSecondsAt(sec) {
      const day = Math.floor(sec / DAY_SECONDS);
      if (day === lastDay) return lastOffset;
      let offset = offsetByDay.get(day);
      if (offset === undefined) {
        offset = localOffsetSeconds(day * DAY_SECONDS);
        if (offset !== localOffsetSeconds((day + 1) * DAY_SECONDS)) return localOffsetSeconds(sec);
        if (offsetByDay.size >= MAX_CACHED_DAYS) offsetByDay.clear();
        offsetByDay.set(day, offset);
      }
      lastDay = day;
      lastOffset = offset;
      return offset;
    },
  };
}

/** From the local fields, because getTimezoneOffset cuts the seconds off. */
function localOffsetSeconds(sec: number): number {
  if (Math.abs(sec) > DATE_LIMIT_SECONDS) return 0;
  const date = new Date(sec * 1000);
  const days = daysFromCivil(date.getFullYear(), date.getMonth() + 1, date.getDate());
  const local = days * DAY_SECONDS + date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds();
  return local - sec;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

/**
 * Canonical text of an instant. Years are clamped to 0000 and 9999 with the rest of the date kept, as restic does.
 * Where the zone's offset has seconds, the text is in UTC: stored offsets cannot have them, and restic's own way is
 * off by up to a minute.
 */
export function formatTime(sec: number, nsec: number, zone: ZoneOffsets): string {
  let offset = zone.offsetSecondsAt(sec);
  if (offset % 60 !== 0) offset = 0;
  const local = sec + offset;
  const days = Math.floor(local / DAY_SECONDS);
  const seconds = local - days * DAY_SECONDS;
  const { year, month, day } = civilFromDays(days);
  if (year < 0 || year > 9999) return formatClamped(year, month, day, seconds, nsec, zone);
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor((seconds % 3600) / 60);
  return (
    `${year > 999 ? year : String(year).padStart(4, '0')}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}` +
    `T${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[seconds % 60]}` +
    formatFraction(nsec) +
    formatOffset(offset)
  );
}

/** Same wall clock in the nearest year that can be written; a 29th of February may become the 1st of March. */
function formatClamped(
  year: number,
  month: number,
  day: number,
  seconds: number,
  nsec: number,
  zone: ZoneOffsets,
): string {
  const local = daysFromCivil(year < 0 ? 0 : 9999, month, day) * DAY_SECONDS + seconds;
  const offset = zone.offsetSecondsAt(local);
  const isWhole = offset % 60 === 0;
  const fixedOffset: ZoneOffsets = { offsetSecondsAt: () => (isWhole ? offset : 0) };
  return formatTime(local - fixedOffset.offsetSecondsAt(local), nsec, fixedOffset);
}

function formatFraction(nsec: number): string {
  if (nsec === 0) return '';
  let digits = 9;
  let value = nsec;
  while (value % 10 === 0) {
    value /= 10;
    digits -= 1;
  }
  return `.${String(value).padStart(digits, '0')}`;
}

function formatOffset(offsetSeconds: number): string {
  if (offsetSeconds === 0) return 'Z';
  const minutes = Math.abs(offsetSeconds) / 60;
  const sign = offsetSeconds < 0 ? '-' : '+';
  return `${sign}${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}`;
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Fraction digits beyond the ninth are cut off. @throws FormatError when the text is not an RFC 3339 time. */
export function parseTime(text: string): Instant {
  const { sec, nsec } = parseZonedTime(text);
  return { sec, nsec };
}

/** As `parseTime`, keeping the zone. @throws FormatError */
export function parseZonedTime(text: string): ZonedTime {
  const match = TIME.exec(text);
  if (match === null) throw notATime(text);
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  const isDate = Number(month) <= 12 && civilFromDays(days).day === Number(day) && Number(month) > 0;
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw notATime(text);
  const localSec = days * DAY_SECONDS + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  let offsetSec = 0;
  if (sign !== undefined) {
    if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) throw notATime(text);
    offsetSec = Number(offsetHour) * 3600 + Number(offsetMinute) * 60;
    if (sign === '-') offsetSec = 0 - offsetSec;
  }
  const nsec = fraction === undefined ? 0 : Number(fraction.slice(0, 9).padEnd(9, '0'));
  return { sec: localSec - offsetSec, nsec, offsetSec, isUtc: sign === undefined };
}

function notATime(text: string): FormatError {
  return new FormatError(`not a time: ${JSON.stringify(text.slice(0, 60))}`);
}

/**
 * Days since 1970-01-01 in the proleptic Gregorian calendar; years are counted from March, so that leap days come last.
 * A day outside its month counts on into the months around it.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
