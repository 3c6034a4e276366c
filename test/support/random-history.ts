/**
 * Random histories of snapshots and random policies, for tests of what is kept. Times crowd where mistakes hide: equal
 * to the nanosecond, around midnights, Mondays, ends of months and years, changes of summer time, jumps of a clock, the
 * future. Offsets are those of travelling machines and of places with summer time.
 */
import fc from 'fast-check';
import { formatTime, utcZone, type ZoneOffsets } from '#format/time.ts';

export interface HistoryEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly hostname: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
}

/** Offsets of a place at any moment, from the zone database of Node. */
export function placeZone(name: string): ZoneOffsets {
  if (name === 'UTC') return utcZone;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return {
    offsetSecondsAt(sec) {
      // No zone changes within a quarter of an hour.
      const quarter = Math.floor(sec / 900);
      let offset = known.get(quarter);
      if (offset === undefined) {
        const text = format
          .formatToParts(quarter * 900_000)
          .find(({ type }) => type === 'timeZoneName')?.value;
        const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text ?? '');
        if (match === null) throw new Error(`no offset in ${text}`);
        const [, sign, hours, minutes, seconds] = match;
        offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
        if (sign === '-') offset = -offset;
        known.set(quarter, offset);
      }
      return offset;
    },
  };
}

/** Places with summer time of an hour, in the south, of half an hour, at the edge of the date, and without one. */
export const PLACES: readonly string[] = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
];

const fixedZone = (minutes: number): ZoneOffsets => ({ offsetSecondsAt: () => minutes * 60 });

const ZONES: readonly ZoneOffsets[] = [
  ...PLACES.map(placeZone),
  ...[60, 120, -300, 345, 840, -720, 1, -1439].map(fixedZone),
];

/** Seconds since 1970 near which calendars do something. */
const EDGES: readonly number[] = [
  '2023-12-31T23:59:59Z',
  '2024-01-01T00:00:00Z',
  '2024-02-29T12:00:00Z',
  '2024-03-31T01:00:00Z',
  '2024-10-27T01:00:00Z',
  '2024-11-03T06:00:00Z',
  '2024-12-30T00:00:00Z',
  '2025-01-01T00:00:00Z',
  '2021-01-03T23:30:00Z',
  '2011-12-30T10:00:00Z',
].map((text) => Date.parse(text) / 1000);

/** Steps back in time, in nanoseconds; the first entries make equal times and bursts. */
const STEPS_NS: readonly bigint[] = [0n, 1n, 999n, 1_000_000_000n].concat(
  [
    1,
    30,
    60,
    90,
    24 * 60 - 60,
    24 * 60,
    24 * 60 + 60,
    7 * 24 * 60,
    30 * 24 * 60,
    31 * 24 * 60,
    365 * 24 * 60,
  ].map((minutes) => BigInt(minutes) * 60_000_000_000n),
);

const startSec = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.integer({ min: Date.UTC(2012, 0) / 1000, max: Date.UTC(2026, 9) / 1000 }),
);

/** Walks back from a start; sometimes the clock jumps by years, and sometimes ahead of now. */
const instantsNs = fc
  .tuple(
    startSec,
    fc.array(
      fc.tuple(
        fc.constantFrom(...STEPS_NS),
        fc.integer({ min: 0, max: 3 }),
        fc.oneof(
          { weight: 40, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.constantFrom(-12, -1, 1, 12) },
        ),
      ),
      { minLength: 1, maxLength: 40 },
    ),
  )
  .map(([start, steps]) => {
    let atNs = BigInt(start) * 1_000_000_000n;
    return steps.map(([stepNs, times, jumpYears]) => {
      atNs -= stepNs * BigInt(times);
      return atNs + BigInt(jumpYears) * 31_557_600_000_000_000n;
    });
  });

const tagList = fc.subarray(['a', 'b', 'c d']);

/** Zones change now and then, as they do for a machine that travels. */
export function historyArbitrary(options: { readonly hosts: number }): fc.Arbitrary<HistoryEntry[]> {
  const zones = fc.oneof(
    fc.constantFrom(...ZONES).map((zone) => [zone]),
    fc.array(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 4 }),
  );
  return fc
    .tuple(
      instantsNs,
      zones,
      fc.array(tagList, { minLength: 1, maxLength: 7 }),
      fc.integer({ min: 1, max: options.hosts }),
    )
    .map(([instants, zonesOfIt, tags, hosts]) => {
      const known = new Map<bigint, HistoryEntry>();
      return instants.map((ns, position) => {
        // Two at the same instant are alike in everything: which of them goes is nobody's rule.
        const twin = known.get(ns);
        if (twin !== undefined) return twin;
        const zone = zonesOfIt[Math.floor((position * zonesOfIt.length) / instants.length)]!;
        const host = position % hosts;
        const time = formatTime(Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n), zone);
        const entry = {
          // Both forms of no offset mean something: UTC itself, and a place that has none just now.
          time: position % 3 === 0 ? time.replace(/Z$/, '+00:00') : time,
          hostname: `host${host}`,
          paths: host % 2 === 0 ? ['/data'] : ['/home', '/data'],
          tags: tags[position % tags.length]!,
        };
        known.set(ns, entry);
        return entry;
      });
    });
}

const SPAN = fc
  .tuple(
    fc.constantFrom('', '1y', '2y'),
    fc.constantFrom('', '1m', '6m', '13m'),
    fc.constantFrom('', '1d', '30d', '400d'),
    fc.constantFrom('', '1h', '25h', '1000h'),
  )
  .map((parts) => parts.join(''))
  .filter((text) => text !== '');

const COUNT = fc.oneof(fc.integer({ min: 1, max: 8 }).map(String), fc.constantFrom('30', 'unlimited'));

const SPAN_RULES = ['', '-hourly', '-daily', '-weekly', '-monthly', '-yearly'].map(
  (unit) => `--keep-within${unit}`,
);
const COUNT_RULES = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'].map(
  (unit) => `--keep-${unit}`,
);

const RULE: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...COUNT_RULES), COUNT) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...SPAN_RULES), SPAN) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('--keep-tag'), fc.constantFrom('a', 'a,b', 'c d', '', 'nowhere')),
  },
);

/** Options of a command line; a rule is named once, only `--keep-tag` may come again. */
export const policyArbitrary: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.uniqueArray(RULE, {
  minLength: 1,
  maxLength: 5,
  selector: ([option, value]) => (option === '--keep-tag' ? option + value : option),
});
