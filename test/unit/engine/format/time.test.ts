import { describe, expect, test } from 'vitest';
import { FormatError } from '#format/format-error.ts';
import { formatTime, localZone, parseTime, utcZone, type ZoneOffsets } from '#format/time.ts';

const fixedZone = (seconds: number): ZoneOffsets => ({ offsetSecondsAt: () => seconds });
const secondsOf = (text: string): number => parseTime(text).sec;

describe('formatTime', () => {
  test.each([
    [0, 0, 0, '1970-01-01T00:00:00Z'],
    [-1, 999_999_999, 0, '1969-12-31T23:59:59.999999999Z'],
    [0, 1, 0, '1970-01-01T00:00:00.000000001Z'],
    [1_600_000_000, 500_000_000, 19_800, '2020-09-13T17:56:40.5+05:30'],
    [1_600_000_000, 120_000, -12_600, '2020-09-13T08:56:40.00012-03:30'],
    [951_782_400, 0, 0, '2000-02-29T00:00:00Z'],
    [-62_167_219_200, 0, 0, '0000-01-01T00:00:00Z'],
    [253_402_300_799, 0, 0, '9999-12-31T23:59:59Z'],
    [-62_135_596_800, 0, 0, '0001-01-01T00:00:00Z'],
    [-30_610_224_000, 0, 0, '1000-01-01T00:00:00Z'],
  ])('%i s %i ns at offset %i', (sec, nsec, offset, text) => {
    expect(formatTime(sec, nsec, fixedZone(offset))).toBe(text);
  });

  test('an offset with seconds (local mean time) is written in UTC', () => {
    expect(formatTime(0, 5_000_000, fixedZone(1172))).toBe('1970-01-01T00:00:00.005Z');
    expect(formatTime(0, 0, fixedZone(-1172))).toBe('1970-01-01T00:00:00Z');
  });

  test.each([
    ['one second before the year 0', -62_167_219_201, 0, '0000-12-31T23:59:59Z'],
    ['the year 10000', 253_402_300_800, 0, '9999-01-01T00:00:00Z'],
    ['the year 10000 by its zone only', 253_402_300_799, 3600, '9999-01-01T00:59:59+01:00'],
    ['a 29th of February', 253_402_300_800 + 86_400 * 59, 0, '9999-03-01T00:00:00Z'],
    ['the end of 64-bit seconds', 9_223_372_036_854_776, -3600, /^9999-\d\d-\d\dT\d\d:\d\d:\d\d-01:00$/],
    ['the other end', -9_223_372_036_854_776, 0, /^0000-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  ])('years are clamped, the rest stays: %s', (_what, sec, offset, text) => {
    expect(formatTime(sec, 0, fixedZone(offset))).toEqual(
      text instanceof RegExp ? expect.stringMatching(text) : text,
    );
  });
});

describe('parseTime', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0, 0],
    ['1969-12-31T23:59:59.999999999Z', -1, 999_999_999],
    ['2020-09-13T17:56:40.5+05:30', 1_600_000_000, 500_000_000],
    ['2020-09-13T12:26:40.123456789123Z', 1_600_000_000, 123_456_789],
    ['1754-08-30T23:36:41.128654848+00:53', -6_795_364_579, 128_654_848],
    ['0001-01-01T00:00:00Z', -62_135_596_800, 0],
    ['2440-01-01T00:00:00-05:00', 14_831_787_600, 0],
  ])('%s', (text, sec, nsec) => {
    expect(parseTime(text)).toEqual({ sec, nsec });
    expect(BigInt(parseTime(text).sec)).toBe(
      BigInt(Math.floor(Date.parse(text.replace(/\.\d+/, '')) / 1000)),
    );
  });

  test.each([
    '',
    '2020-09-13',
    '2020-09-13T12:26:40',
    '2020-13-01T00:00:00Z',
    '2020-00-01T00:00:00Z',
    '2021-02-29T00:00:00Z',
    '2020-04-31T00:00:00Z',
    '2020-01-00T00:00:00Z',
    '2020-01-01T24:00:00Z',
    '2020-01-01T00:60:00Z',
    '2020-01-01T00:00:60Z',
    '2020-01-01T00:00:00.Z',
    '2020-01-01T00:00:00+24:00',
    '2020-01-01T00:00:00+0100',
    '12020-01-01T00:00:00Z',
    '-001-01-01T00:00:00Z',
    ' 2020-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(() => parseTime(text)).toThrow(FormatError);
  });
});

describe('localZone', () => {
  function inZone<T>(name: string, run: () => T): T {
    const before = process.env['TZ'];
    process.env['TZ'] = name;
    try {
      return run();
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  }

  test.each([
    ['America/New_York', '2024-03-10T01:59:59-05:00', -5],
    ['America/New_York', '2024-03-10T03:00:00-04:00', -4],
    ['America/New_York', '2024-11-03T01:30:00-04:00', -4],
    ['America/New_York', '2024-11-03T01:30:00-05:00', -5],
    ['Asia/Kolkata', '2024-06-01T00:00:00+05:30', 5.5],
    ['Australia/Lord_Howe', '2024-01-01T00:00:00+11:00', 11],
    ['Australia/Lord_Howe', '2024-07-01T00:00:00+10:30', 10.5],
    ['UTC', '2024-07-01T00:00:00Z', 0],
    ['Europe/London', '2024-01-01T00:00:00Z', 0],
  ])('%s at %s', (zoneName, text, hours) => {
    inZone(zoneName, () => {
      const zone = localZone();
      const sec = secondsOf(text);
      for (let repeat = 0; repeat < 2; repeat++) {
        expect(zone.offsetSecondsAt(sec)).toBe(hours * 3600);
        expect(formatTime(sec, 0, zone)).toBe(text);
      }
    });
  });

  test('local mean time keeps its seconds, so such times are written in UTC', () => {
    inZone('America/New_York', () => {
      const sec = secondsOf('1880-01-01T00:00:00Z');
      expect(localZone().offsetSecondsAt(sec)).toBe(-(4 * 3600 + 56 * 60 + 2));
      expect(formatTime(sec, 0, localZone())).toBe('1880-01-01T00:00:00Z');
    });
  });

  test('offsets around every change of 2024 equal those of Date', () => {
    inZone('America/New_York', () => {
      const zone = localZone();
      for (
        let sec = secondsOf('2024-01-01T00:00:00Z');
        sec < secondsOf('2025-01-01T00:00:00Z');
        sec += 1799
      ) {
        expect(zone.offsetSecondsAt(sec)).toBe(-60 * new Date(sec * 1000).getTimezoneOffset());
      }
    });
  });

  test('far outside of what Date knows', () => {
    expect(localZone().offsetSecondsAt(9e15)).toBe(0);
  });
});

test('a day is computed right for every day of four centuries', () => {
  for (let day = -200_000; day < 200_000; day += 1) {
    const text = formatTime(day * 86_400, 0, utcZone);
    const parsed = parseTime(text).sec;
    if (parsed !== day * 86_400) expect([text, parsed]).toEqual([text, day * 86_400]);
  }
  expect(formatTime(19_000 * 86_400, 0, utcZone)).toBe(
    new Date(19_000 * 86_400_000).toISOString().replace('.000', ''),
  );
});
