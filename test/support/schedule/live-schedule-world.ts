/**
 * Lives through a world as the application will: looks at what is due at events and at the moments that the last look
 * named, starts it, notes how it ended. Everything that decides is the product's; here is only the machine.
 */
import { due } from '#services/scheduler/due.ts';
import type { DueAnswer, PlaceState, RunRecord } from '#services/scheduler/schedule-types.ts';
import { offsetSecAt } from '#services/scheduler/zone-time.ts';
import {
  eventsOf,
  isAwake,
  isInside,
  MINUTE_MS,
  wallClockAt,
  zoneAt,
  type ScheduleWorld,
  type WorldRun,
} from './schedule-world.ts';

/** What a caller of `due` has to remember of each plan and place. Source: ScheduleFacts.history. */
const REMEMBERED_RUNS = 100;

interface RunInHand {
  record: RunRecord;
  readonly startMs: number;
  restMs: number;
}

interface LivedWorld {
  readonly runs: readonly WorldRun[];
  readonly looks: number;
}

export function liveScheduleWorld(
  world: ScheduleWorld,
  onLook: (answer: DueAnswer, atMs: number) => void = () => undefined,
): LivedWorld {
  const events = eventsOf(world);
  const runs: WorldRun[] = [];
  let history: RunRecord[] = [];
  let inHand: RunInHand[] = [];
  let looks = 0;
  let atMs = world.startMs;
  while (atMs < world.endMs) {
    let nextMs = events.find((eventMs) => eventMs > atMs) ?? world.endMs;
    if (isInside(world.off, atMs)) {
      for (const { record } of inHand)
        history = ended(history, record, wallClockAt(world, atMs), 'interrupted');
      inHand = [];
    }
    if (isAwake(world, atMs)) {
      for (const done of inHand.filter((run) => run.restMs <= 0))
        history = ended(history, done.record, wallClockAt(world, atMs), outcomeOf(world, done, atMs));
      inHand = inHand.filter((run) => run.restMs > 0);
      const nowMs = wallClockAt(world, atMs);
      const zone = zoneAt(world, atMs);
      const answer = due(
        {
          plans: world.plans,
          places: world.places.map((place) => placeStateAt(world, place.id, atMs)),
          history,
          machine: {
            power: isInside(world.onBattery, atMs) ? 'battery' : 'mains',
            isBatteryLow: false,
            network: 'unmetered',
          },
        },
        { nowMs, zone },
      );
      looks += 1;
      for (const ahead of answer.ahead) {
        const marked = { ...ahead, isAhead: true };
        history = history.map((each) => (each === ahead ? marked : each));
        for (const run of inHand) if (run.record === ahead) run.record = marked;
      }
      onLook(answer, atMs);
      for (const { planId, placeId, isMissed } of answer.due) {
        const record = { planId, placeId, startedAtMs: nowMs, offsetSec: offsetSecAt(zone, nowMs) };
        history = [...trimmed(history, planId, placeId), record];
        inHand.push({ record, startMs: atMs, restMs: world.runMinutes * MINUTE_MS });
        runs.push({ planId, placeId, startMs: atMs, isMissed });
      }
      nextMs = Math.min(
        nextMs,
        atMs + (answer.nextLookMs - nowMs),
        ...inHand.map((run) => atMs + run.restMs),
      );
      for (const run of inHand) run.restMs -= nextMs - atMs;
    }
    if (nextMs <= atMs) throw new Error('the next look does not come later');
    atMs = nextMs;
  }
  return { runs, looks };
}

function outcomeOf(world: ScheduleWorld, { record }: RunInHand, atMs: number): 'failed' | 'complete' {
  const place = world.places.find(({ id }) => id === record.placeId)!;
  return isInside(place.failing, atMs) ? 'failed' : 'complete';
}

function ended(
  history: readonly RunRecord[],
  record: RunRecord,
  atMs: number,
  outcome: 'complete' | 'failed' | 'interrupted',
): RunRecord[] {
  return history.map((each) => (each === record ? { ...each, end: { atMs, outcome } } : each));
}

/** What `due` allows to be forgotten is forgotten, so that it is proven not to be needed. */
function trimmed(history: readonly RunRecord[], planId: string, placeId: string): RunRecord[] {
  const isOfPair = (run: RunRecord): boolean => run.planId === planId && run.placeId === placeId;
  const ofPair = history.filter(isOfPair);
  const lastComplete = ofPair.findLastIndex((run) => run.end?.outcome === 'complete');
  const kept = new Set(ofPair.slice(Math.max(0, Math.min(lastComplete, ofPair.length - REMEMBERED_RUNS))));
  return history.filter((run) => !isOfPair(run) || kept.has(run));
}

function placeStateAt(world: ScheduleWorld, id: string, atMs: number): PlaceState {
  const { absent } = world.places.find((place) => place.id === id)!;
  const isAbsent = isInside(absent, atMs);
  const changes = absent.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((changeMs) => changeMs <= atMs);
  const sinceMs = wallClockAt(world, Math.max(world.startMs, ...changes));
  return {
    id,
    isRemote: false,
    presence: isAbsent ? 'absent' : 'present',
    sinceMs,
    // Its coming is an event here; looking for it is another test's matter.
    ...(isAbsent ? { probedAtMs: wallClockAt(world, atMs) } : {}),
  };
}
