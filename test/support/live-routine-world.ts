/**
 * Lives through a written world with the whole routine: real queue, real state, restarts where the world is off. Nothing tells
 * it of sleep or of a clock that was set; drives that come and go are told, as a system tells of them.
 */
import { RoutineWorld, worldPlan } from './routine-world.ts';
import {
  eventsOf,
  isInside,
  MINUTE_MS,
  wallClockAt,
  zoneAt,
  type ScheduleWorld,
  type WorldRun,
} from './schedule/schedule-world.ts';
import { FakeClock } from './fake-clock.ts';

interface LivedRoutine {
  /** Of backups, each in the minute in which it began. */
  readonly runs: readonly WorldRun[];
  /** Of upkeep, by kind. */
  readonly upkeep: ReadonlyMap<string, number>;
  readonly unexpected: readonly unknown[];
}

/** @param folder for the profile's lock */
export async function liveRoutineWorld(world: ScheduleWorld, folder: string): Promise<LivedRoutine> {
  const live = new RoutineWorld(folder);
  live.clock = new FakeClock({ startMs: wallClockAt(world, world.startMs) });
  live.zone = zoneAt(world, world.startMs);
  live.backupMs = world.runMinutes * MINUTE_MS;
  await live.boot({
    places: world.places.map(({ id }) => id),
    plans: world.plans.map(({ id, placeIds, schedule, conditions }) =>
      worldPlan(id, placeIds, {
        schedule: { ...schedule, isWatching: false } as never,
        conditions: conditions as never,
        createdAtMs: world.startMs,
        changedAtMs: world.startMs - 30 * 1_440 * MINUTE_MS,
      }),
    ),
  });
  const runs: WorldRun[] = [];
  const upkeep = new Map<string, number>();
  let seen = 0;
  const events = [...eventsOf(world).filter((atMs) => atMs > world.startMs), world.endMs];
  let atMs = world.startMs;
  for (const nextMs of events.filter((eventMs) => eventMs <= world.endMs)) {
    const wallMs = wallClockAt(world, atMs);
    if (!live.isUp) {
      live.clock = new FakeClock({ startMs: wallClockAt(world, nextMs) });
    } else if (isInside(world.asleep, atMs)) {
      live.clock.suspend(nextMs - atMs);
    } else {
      await live.passExactly(nextMs - atMs);
    }
    for (const { kind, planId, placeId, startedBy, atMs: runWallMs } of live.runs.slice(seen)) {
      if (kind !== 'backup') {
        upkeep.set(kind, (upkeep.get(kind) ?? 0) + 1);
        continue;
      }
      const startMs = Math.floor((runWallMs - wallMs + atMs) / MINUTE_MS) * MINUTE_MS;
      runs.push({ planId: planId!, placeId: placeId!, startMs, isMissed: startedBy === 'catchUp' });
    }
    seen = live.runs.length;
    await cross(live, world, atMs, nextMs);
    atMs = nextMs;
  }
  await live.quit();
  return { runs, upkeep, unexpected: live.unexpected };
}

/** What changes at the end of a span. */
async function cross(live: RoutineWorld, world: ScheduleWorld, fromMs: number, atMs: number): Promise<void> {
  live.zone = zoneAt(world, atMs);
  const isOff = isInside(world.off, atMs);
  const isAsleep = isInside(world.asleep, atMs);
  if (live.isUp && !isOff) {
    const drift = wallClockAt(world, atMs) - atMs - (wallClockAt(world, fromMs) - fromMs);
    if (drift !== 0) live.clock.jumpWall(drift);
  }
  let changed = false;
  for (const { id, absent } of world.places) {
    if (isInside(absent, atMs) === live.away.has(id)) continue;
    changed = true;
    if (live.away.has(id)) live.away.delete(id);
    else live.away.add(id);
  }
  if (live.isUp && isOff) await live.powerFails(0);
  // Power that comes back starts no laptop whose lid is closed.
  if (!live.isUp && !isOff && !isAsleep) await live.boot();
  // Who sleeps is told nothing.
  if (isAsleep || !live.isUp) return;
  if (changed) live.routine.machineChanged('drives');
  await live.settle();
}
