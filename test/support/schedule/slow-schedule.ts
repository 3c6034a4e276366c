/**
 * The runs that a world must see, found without any idea of the product's: it asks at every single minute of true time
 * whether a person who reads the clock on the wall would say "now a new version is wanted, and nothing forbids it".
 * Works on the texts of local times; knows neither cron nor a next moment. Slow on purpose.
 */
import type { FixedTime, ScheduledPlan } from '#services/scheduler/schedule-types.ts';
import {
  HOUR_MS,
  isAwake,
  isInside,
  MINUTE_MS,
  wallClockAt,
  zoneAt,
  DAY_MS,
  type ScheduleWorld,
  type WorldPlace,
  type WorldRun,
} from './schedule-world.ts';

interface SlowRun {
  readonly wallMs: number;
  readonly local: string;
  restMinutes: number;
  /** The clock has said an earlier time since. */
  isWrong: boolean;
  outcome?: 'complete' | 'failed' | 'interrupted';
  endWallMs: number;
}

/** As the page on the schedule promises: minutes after the first, second ... failure. */
const RETRY_MINUTES = [1, 2, 5, 10, 20, 30, 60];
const SLACK_MS = 5 * MINUTE_MS;

export function slowSchedule(world: ScheduleWorld): WorldRun[] {
  const result: WorldRun[] = [];
  const pairs = world.plans.flatMap((plan) =>
    plan.placeIds.map((placeId) => ({
      plan,
      place: world.places.find(({ id }) => id === placeId)!,
      runs: [] as SlowRun[],
      /** It waits for another run to its place, and this is what was said of it when it began to wait. */
      waiting: undefined as { readonly isMissed: boolean } | undefined,
    })),
  );
  let wasAwake = true;
  for (let atMs = world.startMs; atMs < world.endMs; atMs += MINUTE_MS) {
    const awake = isAwake(world, atMs);
    const wallMs = wallClockAt(world, atMs);
    const zone = zoneAt(world, atMs);
    // First what was under way, so that its end lets others begin in the same minute.
    for (const { place, runs } of pairs) goOn(world, place, runs.at(-1), atMs, awake, wasAwake);
    for (const pair of pairs) {
      const { plan, place, runs } = pair;
      if (!awake) continue;
      for (const run of runs.slice(-100)) run.isWrong ||= run.wallMs > wallMs + SLACK_MS;
      if (isRunning(runs.at(-1))) continue;
      const believed = believable(runs, wallMs);
      const last = believed.findLastIndex((run) => run.outcome === 'complete');
      const tries = believed.slice(last + 1);
      const complete = believed.filter((run) => run.outcome === 'complete');
      const wanted = wantedSince(plan, complete, wallMs, zone);
      if (wanted === undefined || isForbidden(world, plan, place, tries, atMs)) continue;
      const triedSince = tries.some((run) => run.wallMs >= wanted);
      const isMissed = wallMs - wanted > 2 * MINUTE_MS && !triedSince;
      const isTaken = pairs.some((other) => other.place === place && isRunning(other.runs.at(-1)));
      if (world.oneWriterPerPlace === true && isTaken) {
        pair.waiting ??= { isMissed };
        continue;
      }
      result.push({
        planId: plan.id,
        placeId: place.id,
        startMs: atMs,
        isMissed: pair.waiting?.isMissed ?? isMissed,
      });
      pair.waiting = undefined;
      runs.push({
        wallMs,
        local: localText(zone, wallMs),
        restMinutes: world.runMinutes,
        endWallMs: 0,
        isWrong: false,
      });
    }
    wasAwake = awake;
  }
  return result.sort(
    (a, b) => a.startMs - b.startMs || `${a.planId} ${a.placeId}`.localeCompare(`${b.planId} ${b.placeId}`),
  );
}

function isRunning(run: SlowRun | undefined): boolean {
  return run !== undefined && run.outcome === undefined;
}

/** Called at every minute; the one before it counts if the machine was awake in it. */
function goOn(
  world: ScheduleWorld,
  place: WorldPlace,
  run: SlowRun | undefined,
  atMs: number,
  awake: boolean,
  wasAwake: boolean,
): void {
  if (run === undefined || run.outcome !== undefined) return;
  if (wasAwake) run.restMinutes -= 1;
  if (isInside(world.off, atMs)) run.outcome = 'interrupted';
  else if (awake && run.restMinutes <= 0) run.outcome = isInside(place.failing, atMs) ? 'failed' : 'complete';
  run.endWallMs = wallClockAt(world, atMs);
}

/** Since when, by the clock on the wall, a new version is wanted; undefined: it is not. */
function wantedSince(
  plan: ScheduledPlan,
  complete: readonly SlowRun[],
  wallMs: number,
  zone: string,
): number | undefined {
  const last = complete.at(-1);
  if (last === undefined) return wallMs;
  const since: number[] = [];
  const { maxAgeMs, fixedTimes } = plan.schedule;
  if (maxAgeMs !== undefined && wallMs - last.wallMs >= maxAgeMs) since.push(last.wallMs + maxAgeMs);
  for (const fixed of fixedTimes) {
    const openSince = openSlotSince(fixed, complete, wallMs, zone);
    if (openSince !== undefined) since.push(openSince);
  }
  return since.length === 0 ? undefined : Math.min(...since);
}

/** Back from today over the days that have the time, as long as no run answers them. */
function openSlotSince(
  fixed: FixedTime,
  complete: readonly SlowRun[],
  wallMs: number,
  zone: string,
): number | undefined {
  const today = Date.parse(`${localText(zone, wallMs).slice(0, 10)}T00:00:00Z`);
  let openSince: number | undefined;
  for (let day = today; day > today - 60 * DAY_MS; day -= DAY_MS) {
    const weekday = new Date(day).getUTCDay() || 7;
    if (fixed.weekdays !== undefined && !(fixed.weekdays as readonly number[]).includes(weekday)) continue;
    const slot = `${new Date(day).toISOString().slice(0, 10)} ${clockText(fixed.minuteOfDay)}`;
    const slotMs = firstShowing(zone, slot);
    if (slotMs > wallMs) continue;
    if (complete.findLast((run) => run.wallMs >= slotMs || run.local >= slot) !== undefined) break;
    openSince = slotMs;
  }
  return openSince;
}

const showings = new Map<string, number>();

/** The first minute at which the clocks show this date and time or, if they skip it, a later one. */
function firstShowing(zone: string, slot: string): number {
  const key = `${zone} ${slot}`;
  let foundMs = showings.get(key);
  if (foundMs === undefined) {
    foundMs = Date.parse(`${slot.replace(' ', 'T')}:00Z`) - 16 * HOUR_MS;
    while (localText(zone, foundMs) < slot) foundMs += HOUR_MS;
    foundMs -= 3 * HOUR_MS;
    while (localText(zone, foundMs) < slot) foundMs += MINUTE_MS;
    showings.set(key, foundMs);
  }
  return foundMs;
}

function isForbidden(
  world: ScheduleWorld,
  plan: ScheduledPlan,
  place: WorldPlace,
  tries: readonly SlowRun[],
  atMs: number,
): boolean {
  if (isInside(place.absent, atMs)) return true;
  if (plan.conditions.mainsOnly && isInside(world.onBattery, atMs)) return true;
  const wallMs = wallClockAt(world, atMs);
  const clock = localText(zoneAt(world, atMs), wallMs).slice(11);
  const isQuiet = plan.conditions.quietHours.some(({ fromMinute, toMinute }) => {
    const [from, to] = [clockText(fromMinute), clockText(toMinute)];
    return from < to ? clock >= from && clock < to : clock >= from || clock < to;
  });
  return isQuiet || mustRest(world, place, tries, atMs);
}

/** @param tries since the last complete version */
function mustRest(world: ScheduleWorld, place: WorldPlace, tries: readonly SlowRun[], atMs: number): boolean {
  const wallMs = wallClockAt(world, atMs);
  const last = tries.at(-1);
  if (last === undefined || last.endWallMs > wallMs + SLACK_MS) return false;
  const returnMs = Math.max(...place.absent.map(({ toMs }) => toMs).filter((toMs) => toMs <= atMs));
  const returnWallMs = wallClockAt(world, returnMs);
  if (returnWallMs > last.endWallMs && returnWallMs <= wallMs) return false;
  const failures = tries.length - (last.outcome === 'interrupted' ? 1 : 0);
  if (failures === 0) return false;
  return wallMs < last.endWallMs + RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length) - 1]! * MINUTE_MS;
}

/** Of the last hundred: those that neither now nor a run made later contradicts by an earlier time. */
function believable(runs: readonly SlowRun[], wallMs: number): SlowRun[] {
  let lowestMs = wallMs;
  return runs
    .slice(-100)
    .reverse()
    .filter((run) => {
      const isBelieved = !run.isWrong && run.wallMs <= lowestMs + SLACK_MS;
      if (isBelieved) lowestMs = Math.min(lowestMs, run.wallMs);
      return isBelieved;
    })
    .reverse();
}

function clockText(minuteOfDay: number): string {
  const digits = (number: number): string => String(number).padStart(2, '0');
  return `${digits(Math.floor(minuteOfDay / 60))}:${digits(minuteOfDay % 60)}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The last answer: several plans ask for the same minute. */
let shown = { zone: '', atMs: 0, text: '' };

/** `2026-03-29 03:00`. */
function localText(zone: string, atMs: number): string {
  if (shown.zone === zone && shown.atMs === atMs) return shown.text;
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    formatters.set(zone, formatter);
  }
  shown = { zone, atMs, text: formatter.format(atMs) };
  return shown.text;
}
