/** When a kit is asked for over the years, and what the first weeks say. */
import { describe, expect, it, test } from 'vitest';
import { nextKitQuestionMs, remind, type ReminderFacts } from '#services/health/remind.ts';
import { DAY_MS } from '#test/support/schedule/schedule-world.ts';

const START = Date.parse('2026-06-10T12:00:00Z');

function facts(day: number, more: Partial<ReminderFacts> = {}): ReminderFacts {
  return {
    kits: [],
    placeIds: ['drive', 'server'],
    protectedSinceMs: START,
    versionCount: 40,
    hasPutBack: true,
    isWell: true,
    dismissed: [],
    nowMs: START + day * DAY_MS,
    ...more,
  };
}

/** Looked at each day; answered so many days after it was asked. */
function askedOn(days: number, answersAfterDays: number): number[] {
  const asked: number[] = [];
  let seenAtMs = START;
  for (let day = 0; day < days; day += 1) {
    const kits = [{ placeId: 'drive', provenAtMs: START, seenAtMs }];
    if (remind(facts(day, { kits })).length === 0) continue;
    asked.push(day);
    day += answersAfterDays;
    seenAtMs = START + day * DAY_MS;
  }
  return asked;
}

describe('the recovery kit', () => {
  it('is asked for after 1, 3 and 9 months, then yearly', () => {
    expect(askedOn(1400, 0)).toEqual([30, 91, 274, 639, 1004, 1369]);
  });

  it('is not asked for twice over because an answer came late', () => {
    // The second question falls into the time of the first.
    expect(askedOn(1100, 70)).toEqual([30, 274, 639, 1004]);
    expect(askedOn(3000, 800)).toEqual([30, 1004, 2099]);
  });

  it('is asked for until it is answered, and once for all places', () => {
    const kits = ['server', 'drive'].map((placeId) => ({ placeId, provenAtMs: START, seenAtMs: START }));
    for (const day of [30, 31, 90])
      expect(remind(facts(day, { kits }))).toMatchObject([
        { key: 'kitToFind', level: 'notice', state: 'protected', placeIds: ['drive', 'server'] },
      ]);
    const [server, drive] = kits as [(typeof kits)[0], (typeof kits)[0]];
    const found = [server, { ...drive, seenAtMs: START + 31 * DAY_MS }];
    expect(remind(facts(32, { kits: found }))).toMatchObject([{ placeIds: ['server'] }]);
  });

  test('the next question lies ahead of the last answer, whenever that was', () => {
    for (let day = 0; day < 4000; day += 7) {
      const seenAtMs = START + day * DAY_MS;
      const nextMs = nextKitQuestionMs({ provenAtMs: START, seenAtMs });
      expect(nextMs).toBeGreaterThan(seenAtMs);
      expect(nextMs - seenAtMs).toBeLessThanOrEqual(365 * DAY_MS);
    }
  });
});

describe('the first weeks', () => {
  const fresh = { hasPutBack: false };
  const codes = (day: number, more: Partial<ReminderFacts>): string[] =>
    remind(facts(day, more)).map(({ code }) => code);

  test.each([
    ['day 2: nothing', 2, fresh, []],
    ['day 7: try it', 7, fresh, ['tryRestore']],
    ['day 7, something was put back before', 7, {}, []],
    ['day 7, and something is wrong', 7, { ...fresh, isWell: false }, []],
    ['day 7, and there is nothing', 7, { ...fresh, versionCount: 0 }, []],
    ['day 29, still not tried', 29, fresh, ['tryRestore']],
    ['day 30: silence', 30, fresh, []],
    ['day 29, one place', 29, { placeIds: ['drive'] }, []],
    ['day 30, one place', 30, { placeIds: ['drive'] }, ['onePlace']],
    ['day 30, one place, in danger', 30, { placeIds: ['drive'], isWell: false }, []],
    ['day 30, one place is enough', 30, { placeIds: ['drive'], dismissed: ['onePlace'] }, []],
    ['day 400, no place', 400, { placeIds: [] }, []],
  ] as const)('%s', (_name, day, more, expected) => {
    expect(codes(day, more)).toEqual(expected);
  });

  it('says how many versions are safe', () => {
    expect(remind(facts(7, fresh))[0]).toMatchObject({ versionCount: 40, state: 'protected' });
  });
});
