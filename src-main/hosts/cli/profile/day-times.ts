/** Spans, times of day and days of the week as people type and read them in the options of a plan. Pure. */
import { TidemarkError } from '#base/errors.ts';
import { parseSizeText } from '#rules/size-text.ts';
import type { WirePlan } from './profile-connection.ts';
import { formatBytes } from '../format-values.ts';

type Conditions = WirePlan['conditions'];
export type FixedTime = WirePlan['schedule']['fixedTimes'][number];
export type QuietHours = Conditions['quietHours'][number];
export type BandwidthHours = Conditions['bandwidth'][number];
type Weekdays = NonNullable<FixedTime['weekdays']>;

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `30m`, `12h`, `2d`, `1w`, or several together: `1d12h`. @throws request.invalidInput */
export function parseSpan(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d{1,5})([mhdw])/g)];
  const ms = parts.reduce((sum, [, n, unit]) => sum + Number(n) * UNITS_MS[unit as keyof typeof UNITS_MS], 0);
  if (!/^(?:\d{1,5}[mhdw])+$/.test(text) || ms === 0)
    refuse(option, text, 'write it like 30m, 12h, 2d or 1w');
  return ms;
}

export function formatSpanMs(spanMs: number): string {
  const words = { w: 'week', d: 'day', h: 'hour', m: 'minute' } as const;
  for (const unit of ['w', 'd', 'h', 'm'] as const) {
    const count = spanMs / UNITS_MS[unit];
    if (Number.isInteger(count)) return `${count} ${words[unit]}${count === 1 ? '' : 's'}`;
  }
  return `${Math.round(spanMs / UNITS_MS.m)} minutes`;
}

/** `22:00`, `mon,fri 22:00`, `mon-fri 22:00`. @throws request.invalidInput */
export function parseFixedTime(option: string, text: string): FixedTime {
  const { days, rest } = splitDays(option, text);
  return { minuteOfDay: parseClock(option, text, rest), ...days };
}

/** `22:00-07:00`, with days before it the days on which it begins. @throws request.invalidInput */
export function parseQuietHours(option: string, text: string): QuietHours {
  const { days, rest } = splitDays(option, text);
  const [from = '', to = ''] = rest.split('-');
  return { fromMinute: parseClock(option, text, from), toMinute: parseClock(option, text, to), ...days };
}

/** `500k 08:00-18:00`, `2M down`: bytes a second in these hours, to the place or from it. @throws request.invalidInput */
export function parseBandwidth(option: string, text: string): BandwidthHours {
  const [size = '', ...others] = text.trim().split(/\s+/);
  const [first] = others;
  const isSaid = first === 'up' || first === 'down';
  const hours = isSaid ? others.slice(1) : others;
  const range = hours.length === 0 ? '00:00-24:00' : hours.join(' ');
  return {
    ...parseQuietHours(option, range),
    bytesPerSecond: Number(parseSizeText(size)),
    ...(first === 'down' ? { direction: first } : {}),
  };
}

export function formatFixedTime({ minuteOfDay, weekdays }: FixedTime): string {
  return `${formatDays(weekdays)}${formatClock(minuteOfDay)}`;
}

export function formatHours({ fromMinute, toMinute, weekdays }: QuietHours): string {
  return `${formatDays(weekdays)}${formatClock(fromMinute)} to ${formatClock(toMinute)}`;
}

export function formatBandwidth(hours: BandwidthHours): string {
  const way = hours.direction === 'down' ? 'from' : 'to';
  return `${formatBytes(hours.bytesPerSecond)}/s ${way} the place, ${formatHours(hours)}`;
}

function splitDays(option: string, text: string): { days: { weekdays?: Weekdays }; rest: string } {
  const [first = '', ...others] = text.trim().toLowerCase().split(/\s+/);
  if (others.length === 0) return { days: {}, rest: first };
  const weekdays = first.split(',').flatMap((part) => daysOf(option, text, part));
  return { days: { weekdays: [...new Set(weekdays)].toSorted((a, b) => a - b) }, rest: others.join('') };
}

/** A day, or a range that may go over the end of the week: `sat-mon`. */
function daysOf(option: string, text: string, part: string): Weekdays {
  const [from = -1, to = from] = part.split('-').map((name) => DAYS.findIndex((day) => name.startsWith(day)));
  if (from < 0 || to < 0) refuse(option, text, `name days like ${DAYS.join(', ')} or mon-fri`);
  const length = ((to - from + DAYS.length) % DAYS.length) + 1;
  return Array.from({ length }, (_item, step) => ((from + step) % DAYS.length) + 1) as Weekdays;
}

function parseClock(option: string, text: string, clock: string): number {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(clock) ?? [];
  const minuteOfDay = Number(hour) * 60 + Number(minute);
  const isEnd = minuteOfDay === 1440;
  if (!(Number(minute) < 60 && minuteOfDay <= 1440)) refuse(option, text, 'write times like 07:30 or 22:00');
  // The end of the day is the beginning of the next.
  return isEnd ? 0 : minuteOfDay;
}

function formatClock(minuteOfDay: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}

function formatDays(weekdays: Weekdays | undefined): string {
  if (weekdays === undefined || weekdays.length === 0 || weekdays.length === DAYS.length) return '';
  return `${weekdays.map((day) => DAYS[day - 1]).join(', ')} `;
}

function refuse(option: string, text: string, reason: string): never {
  throw new TidemarkError('request.invalidInput', { what: `${option} ${text}`, reason });
}
