/**
 * Times as people type them: a day, a day with hours and minutes, seconds, a zone; also as snapshots print them. Without a
 * zone in the machine's own. Source: what restic's find takes; only the zones UTC, GMT and numbers.
 */
import { TidemarkError } from '#base/errors.ts';
import type { Instant } from '#format/time.ts';

const DATE = String.raw`(?:(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)|(?<day2>\d\d)\.(?<month2>\d\d)\.(?<year2>\d{4}))`;
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<fraction>\d{1,9}))?)?`;
const ZONE = String.raw`(?<zone>Z|UTC|GMT|(?<sign>[+-])(?<zoneHour>\d\d):?(?<zoneMinute>\d\d))`;
const TIME = new RegExp(`^${DATE}(?:[T ]${CLOCK}(?: ?${ZONE})?)?$`);

/** A day stands for its beginning. @throws request.invalidInput */
export function parseTimeText(option: string, text: string): Instant {
  const parts = TIME.exec(text)?.groups;
  const number = (name: string): number => Number(parts?.[name] ?? 0);
  const [year, month, day] = [
    number('year') || number('year2'),
    number('month') || number('month2'),
    number('day') || number('day2'),
  ];
  const clock = [number('hour'), number('minute'), number('second')] as const;
  const utc = new Date(Date.UTC(year, month - 1, day, ...clock));
  // A day or an hour that does not exist comes out as another one.
  const isReal =
    parts !== undefined &&
    utc.getUTCDate() === day &&
    utc.getUTCMonth() + 1 === month &&
    utc.getUTCHours() === clock[0] &&
    utc.getUTCMinutes() === clock[1];
  if (!isReal) {
    throw new TidemarkError('request.invalidInput', {
      what: `${option} "${text}"`,
      reason: 'write the time like 2026-11-22 or "2026-11-22 09:55:17"',
    });
  }
  const offsetMinutes = (number('zoneHour') * 60 + number('zoneMinute')) * (parts['sign'] === '-' ? -1 : 1);
  const ms =
    parts['zone'] === undefined
      ? new Date(year, month - 1, day, ...clock).getTime()
      : utc.getTime() - offsetMinutes * 60_000;
  return { sec: Math.floor(ms / 1000), nsec: Number((parts['fraction'] ?? '').padEnd(9, '0')) };
}
