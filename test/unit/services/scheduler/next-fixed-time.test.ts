import { describe, expect, it } from 'vitest';
import { checkSchedule, promisedAgeMs } from '#services/scheduler/check-schedule.ts';
import { bandwidthAt, endOfHours, isWithinHours } from '#services/scheduler/day-hours.ts';
import { nextFixedTime } from '#services/scheduler/next-fixed-time.ts';
import type { FixedTime, Schedule, Weekday } from '#services/scheduler/schedule-types.ts';
import { offsetSecAt, wallTimeAt } from '#services/scheduler/zone-time.ts';
import { NO_CONDITIONS } from '#test/support/schedule/schedule-world.ts';

const iso = (atMs: number | undefined): string =>
  atMs === undefined ? 'none' : new Date(atMs).toISOString();
const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

describe('a fixed time', () => {
  it.each([
    // The clocks skip 02:00 to 03:00.
    ['Europe/Berlin', '02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '02:30', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00.000Z'],
    // They show 02:30 twice.
    ['Europe/Berlin', '02:30', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['Europe/Berlin', '02:30', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['Europe/Berlin', '02:30', '2026-10-25T01:10:00Z', '2026-10-26T01:30:00.000Z'],
    // Half an hour.
    ['Australia/Lord_Howe', '02:15', '2026-10-03T12:00:00Z', '2026-10-03T15:30:00.000Z'],
    ['Australia/Lord_Howe', '01:45', '2026-04-04T12:00:00Z', '2026-04-04T14:45:00.000Z'],
    // Midnight itself is skipped.
    ['America/Sao_Paulo', '00:00', '2018-11-03T12:00:00Z', '2018-11-04T03:00:00.000Z'],
    // A whole day is skipped: 30 December did not exist.
    ['Pacific/Apia', '02:30', '2011-12-29T13:00:00Z', '2011-12-30T12:30:00.000Z'],
    ['Nowhere/Unknown', '02:30', '2026-03-28T12:00:00Z', '2026-03-29T02:30:00.000Z'],
  ])('in %s, %s after %s comes at %s', (zone, clock, after, expected) => {
    expect(iso(nextFixedTime({ minuteOfDay: minute(clock) }, Date.parse(after), zone))).toBe(expected);
  });

  it('keeps to its weekdays, Sunday too, and answers the same again', () => {
    const fixed: FixedTime = { minuteOfDay: 540, weekdays: [7, 3] };
    const friday = Date.parse('2026-01-02T12:00:00Z');
    for (const _again of [1, 2]) {
      expect(iso(nextFixedTime(fixed, friday, 'UTC'))).toBe('2026-01-04T09:00:00.000Z');
      expect(iso(nextFixedTime(fixed, Date.parse('2026-01-04T09:00:00Z'), 'UTC'))).toBe(
        '2026-01-07T09:00:00.000Z',
      );
      expect(iso(nextFixedTime(fixed, friday - 7 * 86_400_000, 'UTC'))).toBe('2025-12-28T09:00:00.000Z');
    }
  });

  it('that is none is refused by its code, not by a foreign error', () => {
    expect(() => nextFixedTime({ minuteOfDay: 5000 }, 0, 'UTC')).toThrow(
      expect.objectContaining({ code: 'request.invalidInput' }),
    );
  });
});

describe('the clock on the wall', () => {
  it.each([
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 20_700],
    ['America/New_York', '2026-07-01T00:00:00Z', -14_400],
    ['Pacific/Kiritimati', '2026-07-01T00:00:00Z', 50_400],
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 3600],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 7200],
    ['Europe/Berlin', '1969-12-31T23:59:59.5Z', 3600],
  ])('in %s at %s is %i seconds east', (zone, at, offset) => {
    expect(offsetSecAt(zone, Date.parse(at))).toBe(offset);
  });

  it('knows the weekday there', () => {
    expect(wallTimeAt('Pacific/Kiritimati', Date.parse('2026-01-04T12:00:00Z'))).toMatchObject({
      weekday: 1,
      minuteOfDay: 120,
    });
    expect(wallTimeAt('UTC', Date.parse('2026-01-04T12:00:00Z')).weekday).toBe(7);
  });
});

describe('hours of the day', () => {
  const night = { fromMinute: minute('22:00'), toMinute: minute('02:30') };
  const moment = (text: string, zone = 'Europe/Berlin') => ({ nowMs: Date.parse(text), zone });

  it.each([
    ['2026-03-28T21:30:00Z', '2026-03-29T01:00:00.000Z'], // They end where the gap ends.
    ['2026-10-24T20:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T01:10:20Z', '2026-10-25T01:30:00.000Z'], // 02:10 for the second time.
    ['2026-06-01T19:59:00Z', 'none'],
    ['2026-06-01T20:00:00Z', '2026-06-02T00:30:00.000Z'],
    ['2026-06-02T00:30:00Z', 'none'],
  ])('at %s end at %s', (now, end) => {
    expect(iso(endOfHours([night], moment(now)))).toBe(end);
  });

  it('that follow each other end together, and those of a weekday begin on it', () => {
    const morning = { fromMinute: minute('02:30'), toMinute: minute('09:00') };
    expect(iso(endOfHours([night, morning], moment('2026-06-01T21:00:00Z')))).toBe(
      '2026-06-02T07:00:00.000Z',
    );
    const mondayNight = { ...night, weekdays: [1] as Weekday[] };
    expect(isWithinHours(mondayNight, moment('2026-06-01T21:00:00Z'))).toBe(true);
    expect(isWithinHours(mondayNight, moment('2026-06-01T23:00:00Z'))).toBe(true);
    expect(isWithinHours(mondayNight, moment('2026-05-31T23:00:00Z'))).toBe(false);
    expect(isWithinHours(mondayNight, moment('2026-06-02T21:00:00Z'))).toBe(false);
  });

  it('limit the bandwidth, both ways: the tightest holds, until the next change', () => {
    const all = [
      { fromMinute: minute('08:00'), toMinute: minute('18:00'), bytesPerSecond: 1_000_000 },
      { fromMinute: minute('12:00'), toMinute: minute('13:00'), bytesPerSecond: 50_000 },
      { fromMinute: minute('12:30'), toMinute: minute('12:45'), bytesPerSecond: 9, direction: 'down' },
    ] as const;
    const at = (clock: string) => bandwidthAt(all, moment(`2026-01-15T${clock}:00Z`, 'UTC'));
    expect(at('07:00')).toEqual({ untilMs: Date.parse('2026-01-15T08:00:00Z') });
    expect(at('09:00')).toEqual({ untilMs: Date.parse('2026-01-15T12:00:00Z'), up: 1_000_000 });
    expect(at('12:00')).toEqual({ untilMs: Date.parse('2026-01-15T12:30:00Z'), up: 50_000 });
    expect(at('12:30')).toEqual({ untilMs: Date.parse('2026-01-15T12:45:00Z'), up: 50_000, down: 9 });
    expect(bandwidthAt([], moment('2026-01-15T12:00:00Z'))).toEqual({ untilMs: Number.POSITIVE_INFINITY });
  });
});

describe('a schedule', () => {
  const plain: Schedule = { fixedTimes: [] };

  it.each([
    [{ maxAgeMs: 60_000 }, {}],
    [{ maxAgeMs: Number.NaN }, {}],
    [{ fixedTimes: [{ minuteOfDay: 1440 }] }, {}],
    [{ fixedTimes: [{ minuteOfDay: 1.5 }] }, {}],
    [{ fixedTimes: [{ minuteOfDay: 0, weekdays: [0] as unknown as Weekday[] }] }, {}],
    [{}, { quietHours: [{ fromMinute: -1, toMinute: 5 }] }],
    [{}, { bandwidth: [{ fromMinute: 0, toMinute: 5, bytesPerSecond: 0 }] }],
  ])('that cannot be kept is refused: %j %j', (schedule, conditions) => {
    expect(() => checkSchedule({ ...plain, ...schedule }, { ...NO_CONDITIONS, ...conditions })).toThrow(
      expect.objectContaining({ code: 'request.invalidInput' }),
    );
  });

  it('promises its longest gap', () => {
    const hours = (schedule: Partial<Schedule>): number | undefined => {
      checkSchedule({ ...plain, ...schedule }, NO_CONDITIONS);
      const promisedMs = promisedAgeMs({ ...plain, ...schedule });
      return promisedMs === undefined ? undefined : promisedMs / 3_600_000;
    };
    expect(hours({})).toBeUndefined();
    expect(hours({ maxAgeMs: 3_600_000 })).toBe(1);
    expect(hours({ fixedTimes: [{ minuteOfDay: 150 }] })).toBe(24);
    expect(hours({ fixedTimes: [{ minuteOfDay: 0 }, { minuteOfDay: 360 }] })).toBe(18);
    expect(hours({ fixedTimes: [{ minuteOfDay: 150, weekdays: [5, 1] }] })).toBe(96);
    expect(hours({ fixedTimes: [{ minuteOfDay: 150, weekdays: [2] }], maxAgeMs: 30 * 3_600_000 })).toBe(30);
  });
});
