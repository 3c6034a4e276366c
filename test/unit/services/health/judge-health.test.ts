import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROTECTION_STATES } from '#contract/protection-codes.ts';
import type { CopyFacts, Health, HealthFacts } from '#services/health/health-types.ts';
import { judgeHealth } from '#services/health/judge-health.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#test/support/schedule/schedule-world.ts';

const NOW = Date.parse('2026-06-10T12:00:00Z');

function copy(newestAgoMs: number | undefined, changes: Partial<CopyFacts> = {}): CopyFacts {
  return {
    planId: 'letters',
    placeId: 'drive',
    isOn: true,
    promisedAgeMs: DAY_MS,
    sinceMs: NOW - 400 * DAY_MS,
    isListed: true,
    confirmedAtMs: newestAgoMs === undefined ? [] : [NOW - 90 * DAY_MS, NOW - newestAgoMs],
    filesLeftOut: 0,
    isRunning: false,
    ...changes,
  };
}

function health(copies: readonly CopyFacts[], changes: Partial<HealthFacts> = {}): Health {
  return judgeHealth({ copies, places: [], nowMs: NOW, awakeForMs: 10 * HOUR_MS, ...changes });
}

const told = ({ state, problems }: Health): string =>
  [state, ...problems.map(({ code, level }) => `${code} ${level}`)].join(', ');

describe('a copy is judged by the age of its newest complete, confirmed version', () => {
  it.each([
    [0, 'protected'],
    [36 * HOUR_MS, 'protected'],
    [36 * HOUR_MS + 1, 'late, catchingUp notice'],
    [4 * DAY_MS, 'late, catchingUp notice'],
    [4 * DAY_MS + 1, 'inDanger, catchingUp alarm'],
  ])('daily, %i ms old: %s', (ageMs, expected) => {
    expect(told(health([copy(ageMs)]))).toBe(expected);
  });

  it.each([
    [90 * MINUTE_MS, 'protected'],
    [90 * MINUTE_MS + 1, 'late, catchingUp notice'],
    [3 * DAY_MS + HOUR_MS + 1, 'inDanger, catchingUp alarm'],
  ])('hourly, %i ms old: %s', (ageMs, expected) => {
    expect(told(health([copy(ageMs, { promisedAgeMs: HOUR_MS })]))).toBe(expected);
  });

  it('however well the last runs went: a success without a version proves nothing', () => {
    expect(health([copy(30 * DAY_MS, { isRunning: false })]).state).toBe('inDanger');
  });

  it('that is made by hand only is never late, but shows its age', () => {
    const { promisedAgeMs: _, ...byHand } = copy(60 * DAY_MS);
    expect(health([byHand])).toMatchObject({
      state: 'protected',
      copies: [{ newestAtMs: NOW - 60 * DAY_MS }],
    });
  });

  it('that was never made is not protected, soon late and at last in danger', () => {
    const since = (agoMs: number) => told(health([copy(undefined, { sinceMs: NOW - agoMs })]));
    expect(since(MINUTE_MS)).toBe('late, neverSaved quiet');
    expect(since(2 * DAY_MS)).toBe('late, neverSaved notice');
    expect(since(5 * DAY_MS)).toBe('inDanger, neverSaved alarm');
    expect(told(health([copy(undefined, { isRunning: true, sinceMs: NOW - 2 * DAY_MS })]))).toBe(
      'late, catchingUp quiet',
    );
  });
});

describe('exceptions', () => {
  it('are listed beside the protection', () => {
    const facts = { places: [{ placeId: 'drive', isRecoveryProven: false }] };
    expect(told(health([copy(0, { filesLeftOut: 3 })], facts))).toBe(
      'protectedExcept, recoveryUnproven notice, filesLeftOut quiet',
    );
    expect(told(health([copy(0)], { places: [{ placeId: 'drive', isRecoveryProven: true }] }))).toBe(
      'protected',
    );
  });

  it('are waits that the person chose, until there is danger', () => {
    for (const wait of ['paused', 'quietHours'] as const) {
      expect(told(health([copy(2 * DAY_MS, { wait })]))).toBe(`protectedExcept, ${wait} quiet`);
      expect(told(health([copy(5 * DAY_MS, { wait })]))).toBe(`inDanger, ${wait} alarm`);
    }
    expect(told(health([copy(2 * DAY_MS, { isOn: false })]))).toBe('protectedExcept, switchedOff quiet');
    expect(told(health([copy(5 * DAY_MS, { isOn: false })]))).toBe('late, switchedOff notice');
  });

  it('are errors that only the person can end, before anything is late', () => {
    const failure = { code: 'storage.accessDenied', needsPerson: true } as const;
    expect(told(health([copy(0, { failure, wait: 'backOff' })]))).toBe('protectedExcept, failing notice');
    expect(told(health([copy(0, { failure: { ...failure, needsPerson: false } })]))).toBe('protected');
    expect(told(health([copy(2 * DAY_MS, { failure, wait: 'backOff' })]))).toBe('late, failing notice');
  });
});

describe('sleep and clocks', () => {
  it('B2 shows no red mark in the first 30 minutes after waking, and then does', () => {
    const old = [copy(21 * DAY_MS, { wait: 'offline' })];
    expect(told(health(old, { awakeForMs: 0 }))).toBe('late, offline quiet');
    expect(told(health(old, { awakeForMs: 30 * MINUTE_MS - 1 }))).toBe('late, offline quiet');
    expect(told(health(old, { awakeForMs: 30 * MINUTE_MS }))).toBe('inDanger, offline alarm');
  });

  it('B3 gives the one run after three weeks a day before it becomes an alarm', () => {
    const catchingUp = [copy(21 * DAY_MS, { isRunning: true })];
    expect(told(health(catchingUp, { awakeForMs: 5 * HOUR_MS }))).toBe('late, catchingUp quiet');
    expect(told(health(catchingUp, { awakeForMs: 25 * HOUR_MS }))).toBe('inDanger, catchingUp alarm');
  });

  it('B4 cannot tell while the clock is in doubt, and counts no version from the future', () => {
    const clockDoubt = { kind: 'farAhead', witnessMs: 0 } as const;
    const in2038 = Date.parse('2038-01-19T00:00:00Z');
    const doubtful = health([copy(0, { confirmedAtMs: [in2038, NOW] })], { clockDoubt });
    expect(told(doubtful)).toBe('cannotTell, clockDoubtful notice');
    // What is there is told all the same.
    expect(doubtful.copies).toMatchObject([{ newestAtMs: NOW }]);
    expect(told(health([copy(0, { confirmedAtMs: [in2038] })]))).toBe('cannotTell, clockDoubtful notice');
    expect(health([copy(0, { confirmedAtMs: [in2038, NOW - 5 * DAY_MS] })]).state).toBe('inDanger');
  });

  it('says when nothing can be noted, which makes no version worse', () => {
    expect(told(health([copy(0), copy(0, { placeId: 'server' })], { isUnsaved: true }))).toBe(
      'protectedExcept, notNoted notice',
    );
    expect(health([copy(9 * DAY_MS)], { isUnsaved: true }).state).toBe('inDanger');
  });

  it('F9 cannot tell when the heartbeat is old, unless the machine has only just woken', () => {
    const heartbeatAtMs = NOW - 10 * MINUTE_MS;
    expect(told(health([copy(0)], { heartbeatAtMs }))).toBe('cannotTell, notRunning alarm');
    expect(health([copy(0)], { heartbeatAtMs, awakeForMs: MINUTE_MS }).state).toBe('protected');
    expect(health([copy(0)], { heartbeatAtMs: NOW - MINUTE_MS }).state).toBe('protected');
    expect(health([copy(9 * DAY_MS)], { heartbeatAtMs }).state).toBe('inDanger');
  });
});

describe('the whole', () => {
  it('cannot tell of a place that was never listed, and is in danger from damage whatever the age', () => {
    expect(told(health([copy(0, { isListed: false })]))).toBe('cannotTell, neverListed notice');
    expect(told(health([copy(0, { damage: 'newest' })]))).toBe('inDanger, damaged alarm');
    expect(told(health([copy(0, { damage: 'older' })]))).toBe('protectedExcept, damaged notice');
  });

  it('F7 is not well because there are no plans', () => {
    expect(told(health([]))).toBe('cannotTell, noPlans notice');
  });

  it('is at most late for a plan with one good copy', () => {
    const good = copy(0);
    const lost = copy(60 * DAY_MS, { placeId: 'server', wait: 'placeAway' });
    const result = health([good, lost]);
    expect(result.plans).toEqual([{ planId: 'letters', state: 'late' }]);
    expect(result.copies.map(({ state }) => state)).toEqual(['protected', 'inDanger']);
  });

  it('tells one problem for one cause, with all that it touches and the oldest version', () => {
    const away = { wait: 'placeAway' } as const;
    const { problems } = health([
      copy(2 * DAY_MS, { ...away, planId: 'b' }),
      copy(9 * DAY_MS, { ...away, planId: 'a' }),
      copy(2 * DAY_MS, { ...away, planId: 'a', placeId: 'server' }),
    ]);
    expect(problems).toEqual([
      {
        key: 'placeAway:place:drive',
        code: 'placeAway',
        level: 'alarm',
        state: 'inDanger',
        planIds: ['a', 'b'],
        placeIds: ['drive'],
        newestAtMs: NOW - 9 * DAY_MS,
      },
      expect.objectContaining({ key: 'placeAway:place:server', level: 'notice' }),
    ]);
    const offline = health([
      copy(2 * DAY_MS, { wait: 'offline', placeId: 'server' }),
      copy(2 * DAY_MS, { wait: 'offline', placeId: 'cloud' }),
    ]);
    expect(offline.problems).toHaveLength(1);
    const missing = { code: 'files.sourceMissing', needsPerson: true } as const;
    const source = health([copy(0, { failure: missing }), copy(0, { failure: missing, placeId: 'server' })]);
    expect(source.problems.map(({ key }) => key)).toEqual(['failing:plan:letters']);
  });

  it('never gets better by getting older', () => {
    const rank = (facts: Health): number => PROTECTION_STATES.indexOf(facts.state);
    fc.assert(
      fc.property(
        fc.nat(20 * DAY_MS),
        fc.nat(20 * DAY_MS),
        fc.constantFrom(HOUR_MS, DAY_MS, 7 * DAY_MS),
        fc.constantFrom('paused', 'offline', 'backOff', undefined),
        fc.boolean(),
        (ageMs, moreMs, promisedAgeMs, wait, isRunning) => {
          const facts = { promisedAgeMs, isRunning, ...(wait === undefined ? {} : { wait }) };
          const younger = rank(health([copy(ageMs, facts)]));
          expect(rank(health([copy(ageMs + moreMs, facts)]))).toBeGreaterThanOrEqual(younger);
        },
      ),
    );
  });
});

describe('a place that keeps what is removed', () => {
  const keeping = (untilMs: number | null, changes: Partial<HealthFacts> = {}): Health =>
    health([copy(0)], {
      places: [{ placeId: 'drive', isRecoveryProven: true, keeps: { untilMs } }],
      ...changes,
    });

  it('is told, with its day, and takes nothing from being protected', () => {
    expect(told(keeping(NOW + DAY_MS))).toBe('protected, placeKeeps quiet');
    expect(keeping(NOW + DAY_MS).problems[0]).toMatchObject({ untilMs: NOW + DAY_MS, placeIds: ['drive'] });
    expect(told(keeping(null))).toBe('protected, placeKeeps quiet');
    expect(keeping(null).problems[0]).not.toHaveProperty('untilMs');
  });

  it('is told no longer when the day has come', () => {
    expect(told(keeping(NOW))).toBe('protected');
  });
});
