/** A time as people type it in an option, in the local zone. */
import { TidemarkError } from '#base/errors.ts';

/** Milliseconds since 1970. @throws request.invalidInput unless it is like 2026-11-22 09:55:17 */
export function parseLocalTime(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  const [year, month, day, hour, minute, second] = (match?.slice(1) ?? []).map(Number) as number[];
  const date = new Date(year ?? Number.NaN, (month ?? 0) - 1, day, hour, minute, second);
  // A day that does not exist comes out as another one.
  if (Number.isNaN(date.getTime()) || date.getDate() !== day || date.getMonth() + 1 !== month) {
    throw new TidemarkError('request.invalidInput', {
      what: `the time "${text}"`,
      reason: 'write it like 2026-11-22 09:55:17',
    });
  }
  return date.getTime();
}
