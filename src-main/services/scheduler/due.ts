/**
 * What is to be backed up now, why, and when to look next: computed from plans, history and the wall clock alone, so
 * that sleep, power cuts, lost timers and crashes cannot make a schedule forget itself. Each plan is judged per place:
 * one that is away or fails holds up no other. However many moments were missed, one run catches up. Starts nothing
 * and keeps nothing. Source: product notes, section 5, B1 to B7; `docs/design/schedule.md`.
 */
import { believedRuns, runsAhead } from './believed-runs.ts';
import { nextFixedTime } from './next-fixed-time.ts';
import { nextProbeMs, nextTryMs } from './retry-moments.ts';
import { CANCEL_REST_MS, MAX_LOOK_MS, MIN_MAX_AGE_MS, ON_TIME_MS } from './schedule-limits.ts';
import type {
  DueAnswer,
  DueReason,
  DueRun,
  FixedTime,
  Moment,
  PlaceState,
  RunRecord,
  ScheduledPlan,
  ScheduleFacts,
  UpcomingRun,
  WaitingRun,
} from './schedule-types.ts';
import { whatHolds } from './what-holds.ts';
import { wallTimeAt } from './zone-time.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** One plan in one place. */
interface Verdict {
  readonly due?: DueRun;
  readonly waiting?: WaitingRun;
  /** When this verdict may change by the clock alone. */
  readonly changesAtMs: number;
  readonly probes?: boolean;
  /** What changes then is that the run is due. */
  readonly isUpcoming?: boolean;
}

interface DueMoment {
  readonly reason: DueReason;
  readonly atMs: number;
}

export function due(facts: ScheduleFacts, moment: Moment): DueAnswer {
  const places = new Map(facts.places.map((place) => [place.id, place]));
  const runs = Map.groupBy(facts.history, (run) => run.planId);
  const answer = {
    due: [] as DueRun[],
    waiting: [] as WaitingRun[],
    upcoming: [] as UpcomingRun[],
    probe: new Set<string>(),
  };
  let nextLookMs = moment.nowMs + MAX_LOOK_MS;
  for (const plan of facts.plans) {
    if (!plan.isOn) continue;
    for (const placeId of new Set(plan.placeIds)) {
      const ofPair = (runs.get(plan.id) ?? []).filter((run) => run.placeId === placeId);
      const verdict = judge(plan, placeId, places.get(placeId), ofPair, facts, moment);
      if (verdict.due !== undefined) answer.due.push(verdict.due);
      if (verdict.waiting !== undefined) answer.waiting.push(verdict.waiting);
      if (verdict.isUpcoming === true)
        answer.upcoming.push({ planId: plan.id, placeId, atMs: verdict.changesAtMs });
      if (verdict.probes === true) answer.probe.add(placeId);
      if (verdict.changesAtMs > moment.nowMs) nextLookMs = Math.min(nextLookMs, verdict.changesAtMs);
    }
  }
  const ahead = runsAhead(facts.history, moment.nowMs);
  return { ...answer, probe: [...answer.probe], ahead, nextLookMs };
}

function judge(
  plan: ScheduledPlan,
  placeId: string,
  place: PlaceState | undefined,
  history: readonly RunRecord[],
  facts: ScheduleFacts,
  moment: Moment,
): Verdict {
  // A run in hand is the answer to all that is due; its end is an event.
  if (history.some((run) => run.end === undefined)) return { changesAtMs: Number.POSITIVE_INFINITY };
  const { nowMs } = moment;
  const believed = believedRuns(history, nowMs);
  const next = nextDue(plan, believed, moment);
  if (next === undefined) return { changesAtMs: Number.POSITIVE_INFINITY };
  if (next.atMs > nowMs) return { changesAtMs: next.atMs, isUpcoming: true };

  const failed = failedSinceComplete(believed);
  const run: DueRun = {
    planId: plan.id,
    placeId,
    reason: next.reason,
    dueAtMs: next.atMs,
    isMissed: next.atMs < nowMs - ON_TIME_MS && !failed.some((each) => each.startedAtMs >= next.atMs),
    failedTries: failed.length,
  };
  const hold = whatHolds(plan, place, facts.machine, moment);
  if (hold !== undefined) return waitFor({ ...run, ...hold }, place, nowMs);
  const tryMs = nextTryMs(failed, place, nowMs);
  if (tryMs !== undefined)
    return { waiting: { ...run, wait: 'backOff', untilMs: tryMs }, changesAtMs: tryMs };
  return { due: run, changesAtMs: Number.POSITIVE_INFINITY };
}

/** Waiting for a place means looking for it; every other wait ends by the clock or by an event. */
function waitFor(waiting: WaitingRun, place: PlaceState | undefined, nowMs: number): Verdict {
  switch (waiting.wait) {
    case 'offline':
    case 'placeAway':
    case 'placeUnseen': {
      const probeMs = place === undefined ? nowMs : nextProbeMs(place, nowMs);
      // A look that is made now is repeated by the same rule once its time is noted.
      return { waiting, changesAtMs: probeMs, probes: probeMs <= nowMs };
    }
    case 'paused':
    case 'quietHours':
    case 'onBattery':
    case 'lowBattery':
    case 'meteredNetwork':
    case 'unknownNetwork':
    case 'backOff':
      return { waiting, changesAtMs: waiting.untilMs ?? Number.POSITIVE_INFINITY };
  }
}

/** The earliest moment at which a new version is wanted, past or future; undefined: never by schedule. */
function nextDue(plan: ScheduledPlan, believed: readonly RunRecord[], moment: Moment): DueMoment | undefined {
  const { maxAgeMs, fixedTimes } = plan.schedule;
  if (maxAgeMs === undefined && fixedTimes.length === 0) return undefined;
  const lastComplete = believed.findLast((run) => run.end?.outcome === 'complete');
  const cancelled = believed
    .slice(lastComplete === undefined ? 0 : believed.indexOf(lastComplete) + 1)
    .findLast((run) => run.end?.outcome === 'cancelled');
  const restMs = Math.min(maxAgeMs ?? CANCEL_REST_MS, CANCEL_REST_MS);
  const restedMs = cancelled?.end === undefined ? Number.NEGATIVE_INFINITY : cancelled.startedAtMs + restMs;
  if (lastComplete === undefined) return { reason: 'first', atMs: Math.max(moment.nowMs, restedMs) };

  const moments: DueMoment[] = [];
  if (maxAgeMs !== undefined) {
    const tooOldMs = lastComplete.startedAtMs + Math.max(maxAgeMs, MIN_MAX_AGE_MS);
    moments.push({ reason: 'tooOld', atMs: Math.max(tooOldMs, restedMs) });
  }
  const answers = believed.filter((run) => run.end?.outcome === 'complete' || run === cancelled);
  for (const fixed of fixedTimes)
    moments.push({ reason: 'fixedTime', atMs: nextOpenFixedTime(fixed, answers, moment.zone) });
  return moments.reduce((first, each) => (each.atMs < first.atMs ? each : first));
}

/**
 * The first occurrence that no run answers. A run answers all before its start, and those that its own wall clock had
 * already shown when it started: who travels west gets no second run for the same local day.
 * @param answers in the order of their starts, not empty
 */
function nextOpenFixedTime(fixed: FixedTime, answers: readonly RunRecord[], zone: string): number {
  const startedMs = answers.at(-1)!.startedAtMs;
  const shownMs = Math.max(...answers.map((run) => run.startedAtMs + run.offsetSec * 1000));
  let atMs = nextFixedTime(fixed, startedMs, zone);
  while (Number.isFinite(atMs) && namedMs(fixed, zone, atMs) <= shownMs)
    atMs = nextFixedTime(fixed, atMs, zone);
  return atMs;
}

/** By the clock on the wall. A time that the clocks skip comes after the gap, but a run of that day has answered its name. */
function namedMs({ minuteOfDay }: FixedTime, zone: string, atMs: number): number {
  const { wallMs } = wallTimeAt(zone, atMs);
  return Math.floor(wallMs / DAY_MS) * DAY_MS + minuteOfDay * MINUTE_MS;
}

function failedSinceComplete(believed: readonly RunRecord[]): RunRecord[] {
  const last = believed.findLastIndex((run) => run.end?.outcome === 'complete');
  return believed
    .slice(last + 1)
    .filter((run) => run.end?.outcome === 'failed' || run.end?.outcome === 'interrupted');
}
