/** Single looks: the scenarios of the product notes, section 5, part B, as far as the schedule answers for them. */
import { describe, expect, it } from 'vitest';
import { due } from '#services/scheduler/due.ts';
import type {
  DueAnswer,
  MachineState,
  PlaceState,
  RunOutcome,
  RunRecord,
  ScheduledPlan,
} from '#services/scheduler/schedule-types.ts';
import { offsetSecAt } from '#services/scheduler/zone-time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, scheduledPlan } from '#test/support/schedule/schedule-world.ts';

const NOON = Date.parse('2026-06-10T12:00:00Z');
const BERLIN = 'Europe/Berlin';
const MACHINE: MachineState = { power: 'mains', isBatteryLow: false, network: 'unmetered' };
const HOURLY = scheduledPlan('letters', ['drive'], { maxAgeMs: HOUR_MS });

function place(id: string, changes: Partial<PlaceState> = {}): PlaceState {
  return { id, isRemote: false, presence: 'present', sinceMs: 0, ...changes };
}

/** Without outcome: in hand. */
function run(startedAtMs: number, outcome?: RunOutcome, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    planId: 'letters',
    placeId: 'drive',
    startedAtMs,
    offsetSec: offsetSecAt(BERLIN, startedAtMs),
    ...(outcome === undefined ? {} : { end: { atMs: startedAtMs + MINUTE_MS, outcome } }),
    ...changes,
  };
}

function look(
  nowMs: number,
  history: readonly RunRecord[],
  options: {
    plans?: ScheduledPlan[];
    places?: PlaceState[];
    machine?: Partial<MachineState>;
    zone?: string;
  } = {},
): DueAnswer {
  return due(
    {
      plans: options.plans ?? [HOURLY],
      places: options.places ?? [place('drive')],
      history,
      machine: { ...MACHINE, ...options.machine },
    },
    { nowMs, zone: options.zone ?? BERLIN },
  );
}

const waits = (answer: DueAnswer): string[] =>
  answer.waiting.map(({ placeId, wait }) => `${placeId}: ${wait}`);

describe('what is due', () => {
  it('is a plan that has never run, at once', () => {
    expect(look(NOON, []).due).toEqual([
      {
        planId: 'letters',
        placeId: 'drive',
        reason: 'first',
        dueAtMs: NOON,
        isMissed: false,
        failedTries: 0,
      },
    ]);
  });

  it('is a version that has the greatest age, neither a millisecond before nor missed after', () => {
    const history = [run(NOON - HOUR_MS, 'complete')];
    const before = look(NOON - 1, history);
    expect([before.due, before.nextLookMs]).toEqual([[], NOON]);
    expect(look(NOON, history).due).toMatchObject([{ reason: 'tooOld', dueAtMs: NOON, isMissed: false }]);
  });

  it('is nothing for a plan that is off, by hand only, or in hand, whenever its run began', () => {
    const byHand = scheduledPlan('letters', ['drive'], {});
    expect(look(NOON, [], { plans: [byHand] }).due).toEqual([]);
    expect(look(NOON, [], { plans: [{ ...HOURLY, isOn: false }] }).due).toEqual([]);
    expect(look(NOON, [run(NOON - 3 * DAY_MS)]).due).toEqual([]);
    expect(look(NOON, [run(NOON + 3 * DAY_MS)]).due).toEqual([]);
  });

  it('comes again later after the person stopped it, and the next fixed time is kept', () => {
    const history = [run(NOON - 5 * HOUR_MS, 'complete'), run(NOON - 10 * MINUTE_MS, 'cancelled')];
    expect(look(NOON, history)).toMatchObject({ due: [], waiting: [] });
    expect(look(NOON + 50 * MINUTE_MS, history).due).toHaveLength(1);
    const atTwo = scheduledPlan('letters', ['drive'], {
      maxAgeMs: DAY_MS,
      fixedTimes: [{ minuteOfDay: 14 * 60 + 5 }],
    });
    expect(look(NOON + 4 * MINUTE_MS, history, { plans: [atTwo] }).due).toEqual([]);
    expect(look(NOON + 5 * MINUTE_MS, history, { plans: [atTwo] }).due).toMatchObject([
      { reason: 'fixedTime', isMissed: false },
    ]);
  });

  it('is tried again after failures, ever more slowly, and never given up', () => {
    const failures: RunRecord[] = [run(NOON - 2 * HOUR_MS, 'complete')];
    let nowMs = NOON;
    const rests: number[] = [];
    for (let count = 0; count < 40; count += 1) {
      failures.push(run(nowMs, 'failed'));
      const endMs = nowMs + MINUTE_MS;
      const [waiting] = look(endMs, failures).waiting;
      expect(waiting).toMatchObject({ wait: 'backOff', failedTries: count + 1, isMissed: false });
      rests.push((waiting!.untilMs! - endMs) / MINUTE_MS);
      expect(look(waiting!.untilMs! - 1, failures).due).toEqual([]);
      expect(look(waiting!.untilMs!, failures).due).toMatchObject([{ failedTries: count + 1 }]);
      nowMs = waiting!.untilMs!;
    }
    expect(rests).toEqual([1, 2, 5, 10, 20, 30, ...Array<number>(34).fill(60)]);
  });

  it('waits for hours where only the person can help, also when the place comes and goes', () => {
    const refused = run(NOON, 'failed', {
      end: { atMs: NOON, outcome: 'failed', retry: 'afterUser', errorCode: 'repository.wrongPassword' },
    });
    const returned = [place('drive', { sinceMs: NOON + MINUTE_MS })];
    const answer = look(NOON + 2 * MINUTE_MS, [refused], { places: returned });
    expect(answer.waiting).toMatchObject([{ wait: 'backOff', untilMs: NOON + HOUR_MS }]);
  });

  it('judges each place by itself', () => {
    const plan = scheduledPlan('letters', ['drive', 'server'], { maxAgeMs: HOUR_MS });
    const history = [
      run(NOON - 2 * HOUR_MS, 'complete'),
      run(NOON - 10 * MINUTE_MS, 'complete', { placeId: 'server' }),
    ];
    expect(look(NOON, history, { plans: [plan] }).due.map(({ placeId }) => placeId)).toEqual(['drive']);
  });
});

describe('sleep, time and power', () => {
  it('B1 does not start a second run beside one that the sleep holds, and takes up one that it cut off', () => {
    const asleep = run(NOON - 9 * HOUR_MS);
    expect(look(NOON, [asleep])).toMatchObject({ due: [], waiting: [] });
    const cut = { ...asleep, end: { atMs: NOON, outcome: 'interrupted' as const } };
    expect(look(NOON, [cut]).due).toMatchObject([{ failedTries: 1 }]);
    // A second time in a row it may be its own fault.
    expect(waits(look(NOON, [cut, cut]))).toEqual(['drive: backOff']);
  });

  it('B2 probes with back-off after waking without network, starts when the place is there, and forgets nothing', () => {
    const woke = NOON;
    const history = [run(NOON - 9 * HOUR_MS, 'complete')];
    const probedAfter: number[] = [];
    let probedAtMs: number | undefined;
    for (let nowMs = woke; nowMs < woke + 20 * MINUTE_MS;) {
      const server = place('drive', {
        isRemote: true,
        presence: probedAtMs === undefined ? 'unknown' : 'absent',
        sinceMs: woke,
        ...(probedAtMs === undefined ? {} : { probedAtMs }),
      });
      const answer = look(nowMs, history, { places: [server], machine: { network: 'none' } });
      expect(waits(answer)).toEqual(['drive: offline']);
      expect(answer.due).toEqual([]);
      if (answer.probe.length > 0) {
        probedAfter.push((nowMs - woke) / 1000);
        probedAtMs = nowMs;
      } else nowMs = answer.nextLookMs;
    }
    expect(probedAfter).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915]);
    // The network comes after 40 s; the look at 75 s finds the place. What failed before it was lost says nothing now.
    const found = place('drive', { isRemote: true, sinceMs: woke + 75_000 });
    const failedBefore = [...history, run(woke - MINUTE_MS, 'failed'), run(woke, 'failed')];
    expect(look(woke + 75_000, failedBefore, { places: [found] }).due).toMatchObject([{ reason: 'tooOld' }]);
    expect(look(woke + 75_000, history, { places: [found] }).due).toMatchObject([{ isMissed: true }]);
  });

  it('B3 catches up three weeks with one run, marked as missed, and is then up to date', () => {
    const plan = scheduledPlan('letters', ['drive'], {
      maxAgeMs: HOUR_MS,
      fixedTimes: [{ minuteOfDay: 150 }, { minuteOfDay: 1080 }],
    });
    const last = run(NOON - 21 * DAY_MS, 'complete');
    const back = look(NOON, [last], { plans: [plan] });
    expect(back.due).toMatchObject([{ isMissed: true, dueAtMs: NOON - 21 * DAY_MS + HOUR_MS }]);
    const after = look(NOON + 5 * MINUTE_MS, [last, run(NOON, 'complete')], { plans: [plan] });
    expect(after.due).toEqual([]);
  });

  it('B4 is not blocked by a clock that went to 2038 and back, and believes no run from there', () => {
    const in2038 = Date.parse('2038-01-19T03:00:00Z');
    const before = run(NOON - 30 * MINUTE_MS, 'complete');
    expect(look(in2038, [before]).due).toHaveLength(1);
    const history = [before, run(in2038, 'complete'), run(in2038 + HOUR_MS, 'failed')];
    const back = look(NOON, history);
    expect([back.due, back.nextLookMs]).toEqual([[], NOON + 15 * MINUTE_MS]);
    expect(look(NOON + 30 * MINUTE_MS, history).due).toMatchObject([{ failedTries: 0 }]);
    // Nor later, when the wrong time has come: a run made after it says an earlier one.
    const ahead = run(NOON + 3 * HOUR_MS, 'complete');
    const later = [before, ahead, run(NOON + 2.5 * HOUR_MS, 'complete')];
    expect(look(NOON + 3.5 * HOUR_MS, later).due).toHaveLength(1);
    // A pause that was made there is over, a probe from there does not put off the next.
    const pause = { sinceMs: in2038, untilMs: in2038 + HOUR_MS };
    expect(look(NOON + HOUR_MS, history, { machine: { pause } }).due).toHaveLength(1);
    const away = place('drive', { presence: 'absent', sinceMs: in2038, probedAtMs: in2038 });
    expect(look(NOON + HOUR_MS, history, { places: [away] }).probe).toEqual(['drive']);
  });

  it('B4 keeps a fixed time that a run of the wrong clock seems to answer, and no rest that ends in 2038', () => {
    const atTwo = scheduledPlan('letters', ['drive'], { fixedTimes: [{ minuteOfDay: 14 * 60 + 50 }] });
    const history = [run(NOON + 3 * HOUR_MS, 'complete'), run(NOON + 10 * MINUTE_MS, 'complete')];
    const at = NOON + 3 * HOUR_MS + MINUTE_MS;
    expect(look(at, history, { plans: [atTwo] }).due).toMatchObject([
      { dueAtMs: NOON + 50 * MINUTE_MS, isMissed: true },
    ]);
    const in2038 = Date.parse('2038-01-19T03:00:00Z');
    const failed = run(NOON - 2 * MINUTE_MS, 'failed', { end: { atMs: in2038, outcome: 'failed' } });
    expect(look(NOON, [failed]).due).toMatchObject([{ failedTries: 1 }]);
  });

  it('B4 names runs that lie ahead, and believes them no more once they are marked and their time has come', () => {
    const before = run(NOON - HOUR_MS, 'complete');
    const wrong = run(NOON + 3 * HOUR_MS, 'complete');
    expect(look(NOON, [before, wrong]).ahead).toEqual([wrong]);
    const marked = [before, { ...wrong, isAhead: true }];
    const later = look(NOON + 3.5 * HOUR_MS, marked);
    expect([later.ahead, later.due.length]).toEqual([[], 1]);
  });

  it('B4 goes on at once when the clock is set back by years, with one run', () => {
    const in2020 = Date.parse('2020-01-01T00:00:00Z');
    const before = run(NOON, 'complete');
    expect(look(in2020, [before]).due).toMatchObject([{ reason: 'first' }]);
    expect(look(in2020 + MINUTE_MS, [before, run(in2020, 'complete')]).due).toEqual([]);
  });

  describe('over daylight saving and journeys', () => {
    const nightly = scheduledPlan('letters', ['drive'], { fixedTimes: [{ minuteOfDay: 150 }] });
    /** Starts within two days, looking every ten minutes, at the zone that each moment has. */
    const startsFrom = (fromMs: number, history: RunRecord[], zoneAt: (atMs: number) => string): string[] => {
      const starts: string[] = [];
      let known = history;
      for (let nowMs = fromMs; nowMs < fromMs + 2 * DAY_MS; nowMs += 10 * MINUTE_MS) {
        const zone = zoneAt(nowMs);
        if (look(nowMs, known, { plans: [nightly], zone }).due.length === 0) continue;
        starts.push(new Date(nowMs).toISOString().slice(0, 16));
        known = [...known, run(nowMs, 'complete', { offsetSec: offsetSecAt(zone, nowMs) })];
      }
      return starts;
    };

    it.each([
      ['23', '2026-03-28T12:00:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
      ['25', '2026-10-24T12:00:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ])('B5 runs once in a night of the day with %s hours', (_hours, from, expected) => {
      const fromMs = Date.parse(from);
      expect(startsFrom(fromMs, [run(fromMs - HOUR_MS, 'complete')], () => BERLIN)).toEqual(expected);
    });

    it('B5 runs once for each local day of who travels west, and of who travels east', () => {
      const left = Date.parse('2026-05-20T04:00:00Z');
      const ran = run(Date.parse('2026-05-20T00:30:00Z'), 'complete');
      expect(startsFrom(left, [ran], () => 'America/New_York')).toEqual(['2026-05-21T06:30']);
      const ranThere = run(Date.parse('2026-05-20T06:30:00Z'), 'complete', { offsetSec: -14_400 });
      expect(startsFrom(Date.parse('2026-05-20T20:00:00Z'), [ranThere], () => BERLIN)).toEqual([
        '2026-05-21T00:30',
        '2026-05-22T00:30',
      ]);
    });

    it('B5 makes up for a night in which it slept, however many hours that day has', () => {
      const ran = run(Date.parse('2026-10-24T00:30:00Z'), 'complete');
      // 02:10 for the second time.
      const answer = look(Date.parse('2026-10-25T01:10:00Z'), [ran], { plans: [nightly] });
      expect(answer.due).toMatchObject([{ isMissed: true, dueAtMs: Date.parse('2026-10-25T00:30:00Z') }]);
    });
  });

  it('B6 waits on battery where the rule says so, with little charge always, and goes on with mains', () => {
    const careful = scheduledPlan('letters', ['drive'], { maxAgeMs: HOUR_MS }, { mainsOnly: true });
    const battery = { power: 'battery' } as const;
    expect(waits(look(NOON, [], { plans: [careful], machine: battery }))).toEqual(['drive: onBattery']);
    expect(look(NOON, [], { machine: battery }).due).toHaveLength(1);
    expect(waits(look(NOON, [], { machine: { ...battery, isBatteryLow: true } }))).toEqual([
      'drive: lowBattery',
    ]);
    expect(look(NOON, [], { plans: [careful], machine: { isBatteryLow: true } }).due).toHaveLength(1);
    expect(look(NOON, [], { plans: [careful], machine: { power: 'unknown' } }).due).toHaveLength(1);
  });

  it('B7 keeps the cloud waiting on a metered link while the drive goes on, and asks about an unknown one', () => {
    const both = scheduledPlan('letters', ['cloud', 'drive'], { maxAgeMs: HOUR_MS }, { avoidMetered: true });
    const places = [place('cloud', { isRemote: true }), place('drive')];
    const on = (network: MachineState['network'], plan = both): DueAnswer =>
      look(NOON, [], { plans: [plan], places, machine: { network } });
    expect(on('metered').due.map(({ placeId }) => placeId)).toEqual(['drive']);
    expect(waits(on('metered'))).toEqual(['cloud: meteredNetwork']);
    expect(waits(on('unasked'))).toEqual(['cloud: unknownNetwork']);
    expect(on('unmetered').due).toHaveLength(2);
    const careless = scheduledPlan('letters', ['cloud', 'drive'], { maxAgeMs: HOUR_MS });
    expect(on('metered', careless).due).toHaveLength(2);
  });
});

describe('waiting', () => {
  it('for the end of a pause, of the plan or of everything, whichever is later', () => {
    const pause = (minutes: number) => ({ sinceMs: NOON - MINUTE_MS, untilMs: NOON + minutes * MINUTE_MS });
    const plans = [{ ...HOURLY, pause: pause(5) }];
    const answer = look(NOON, [], { plans, machine: { pause: pause(10) } });
    expect(answer.waiting).toMatchObject([{ wait: 'paused', untilMs: NOON + 10 * MINUTE_MS }]);
    expect(answer.nextLookMs).toBe(NOON + 10 * MINUTE_MS);
    expect(look(NOON + 10 * MINUTE_MS, [], { plans, machine: { pause: pause(10) } }).due).toHaveLength(1);
  });

  it('for quiet hours to end', () => {
    const quiet = scheduledPlan(
      'letters',
      ['drive'],
      { maxAgeMs: HOUR_MS },
      { quietHours: [{ fromMinute: 13 * 60, toMinute: 14 * 60 + 10 }] },
    );
    const answer = look(NOON, [], { plans: [quiet] });
    expect(answer.waiting).toMatchObject([{ wait: 'quietHours', untilMs: NOON + 10 * MINUTE_MS }]);
    expect(answer.nextLookMs).toBe(NOON + 10 * MINUTE_MS);
    expect(look(NOON + 10 * MINUTE_MS, [], { plans: [quiet] }).due).toHaveLength(1);
  });

  it('looks for no place while something else holds the run', () => {
    const away = [place('drive', { presence: 'absent' })];
    expect(look(NOON, [], { places: away }).probe).toEqual(['drive']);
    const pause = { sinceMs: NOON, untilMs: NOON + HOUR_MS };
    expect(look(NOON, [], { places: away, machine: { pause } }).probe).toEqual([]);
  });
});
