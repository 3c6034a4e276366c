/**
 * When a fixed time of day comes next in a zone. Days of 23 and 25 hours have it once: a time that the clocks skip
 * comes at the first moment after the gap, of a time that they show twice the first one counts. The arithmetic is
 * croner's, and `test/unit/services/scheduler/next-fixed-time.test.ts` holds it to this.
 */
import { Cron } from 'croner';
import { TidemarkError } from '#base/errors.ts';
import type { FixedTime } from './schedule-types.ts';
import { knownZone } from './zone-time.ts';

/** The stretch in which one answer holds: asking croner costs a third of a millisecond, and looks are frequent. */
interface KnownStretch {
  readonly cron: Cron;
  readonly afterMs: number;
  readonly nextMs: number;
}

const stretches = new Map<string, KnownStretch>();
/** More than anybody's plans have; a stranger list only costs time. */
const MOST_STRETCHES = 500;

/**
 * Strictly after `afterMs`; infinite if there is none (beyond the years that croner searches).
 * @throws request.invalidInput for a time that `checkSchedule` refuses
 */
export function nextFixedTime(fixed: FixedTime, afterMs: number, zone: string): number {
  const timezone = knownZone(zone);
  const pattern = patternOf(fixed);
  const key = `${pattern} ${timezone}`;
  const known = stretches.get(key);
  if (known !== undefined && known.afterMs <= afterMs && afterMs < known.nextMs) return known.nextMs;
  const cron = known?.cron ?? createCron(pattern, timezone);
  const nextMs = cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY;
  if (stretches.size >= MOST_STRETCHES) stretches.clear();
  stretches.set(key, { cron, afterMs, nextMs });
  return nextMs;
}

function createCron(pattern: string, timezone: string): Cron {
  try {
    return new Cron(pattern, { timezone });
  } catch (error) {
    throw new TidemarkError(
      'request.invalidInput',
      { what: 'a time of day', reason: `it cannot be read: ${pattern}` },
      { cause: error },
    );
  }
}

function patternOf({ minuteOfDay, weekdays = [] }: FixedTime): string {
  const days = weekdays.length === 0 ? '*' : [...weekdays].sort((a, b) => a - b).join(',');
  return `${minuteOfDay % 60} ${Math.floor(minuteOfDay / 60)} * * ${days}`;
}
