/**
 * A routine with a real queue and a real state (on a disk in memory), and around it a world that tests make: the clock, places that come and
 * go, backups that take their time. Everything that decides is the product's; what would touch a disk is played.
 */
import type { ErrorCode } from '#base/errors.ts';
import { TidemarkError } from '#base/errors.ts';
import type { JobRequest } from '#contract/app/job-values.ts';
import { jobId } from '#contract/app/values.ts';
import type { Problem } from '#contract/protection-codes.ts';
import { JobQueue } from '#services/jobs/job-queue.ts';
import type { JobOutcome, JobRun } from '#services/jobs/job-work.ts';
import { Routine } from '#services/routine/routine.ts';
import type { MachineState } from '#services/scheduler/schedule-types.ts';
import { listPlaces, putPlace } from '#services/state/places-table.ts';
import { putPlan, type Plan } from '#services/state/plans-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { listVersions, putVersions, removeVersions } from '#services/state/versions-table.ts';
import { settingsDigest } from '#services/travelling-settings/travelling-settings.ts';
import { FakeClock } from './fake-clock.ts';
import { MemoryStateDisk } from './memory-state-disk.ts';
import { openState, samplePlace, samplePlan, sampleVersion } from './state.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 2, 2, 8);

/** What the played rule keeps of each plan in each place. */
const KEPT_VERSIONS = 30;

export interface PlayedRun {
  readonly kind: string;
  readonly planId: string | undefined;
  readonly placeId: string | undefined;
  readonly startedBy: string;
  /** By the wall clock. */
  readonly atMs: number;
}

export class RoutineWorld {
  clock = new FakeClock({ startMs: START });
  machine: Pick<MachineState, 'power' | 'isBatteryLow' | 'network'> = {
    power: 'mains',
    isBatteryLow: false,
    network: 'unmetered',
  };
  zone = 'Europe/Berlin';
  /** Ids of places that cannot be reached. */
  readonly away = new Set<string>();
  /** What backups to a place fail with. */
  readonly failing = new Map<string, ErrorCode>();
  backupMs = 5 * MINUTE;
  readonly runs: PlayedRun[] = [];
  readonly told: (readonly [key: string, isOver: boolean])[] = [];
  readonly probes: { readonly location: string; readonly atMs: number }[] = [];
  readonly unexpected: unknown[] = [];
  woke = 0;
  /** Between `boot` and the end of it. */
  isUp = false;
  readonly #folder: string;
  readonly #disk: MemoryStateDisk;
  #state: StateFile | undefined;
  #queue: JobQueue | undefined;
  #routine: Routine | undefined;
  #lastId = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#disk = new MemoryStateDisk(folder);
  }

  get state(): StateFile {
    return this.#state!;
  }
  get queue(): JobQueue {
    return this.#queue!;
  }
  get routine(): Routine {
    return this.#routine!;
  }

  /** The program starts; after a crash it finds what was saved. */
  async boot(setUp?: {
    readonly plans: readonly Plan[];
    readonly places: readonly string[];
    readonly clouds?: readonly string[];
  }): Promise<void> {
    const { clock } = this;
    this.#state = await openState(this.#folder, { clock, disk: this.#disk });
    if (setUp !== undefined) {
      await this.state.commit((writer) => {
        for (const id of setUp.places)
          putPlace(
            writer,
            samplePlace(id, {
              address: { location: `/${id}` },
              isRecoveryProven: true,
              addedAtMs: START - DAY,
            }),
          );
        for (const id of setUp.clouds ?? [])
          putPlace(writer, samplePlace(id, { kind: 's3', address: { location: `/${id}` } }));
        for (const plan of setUp.plans) putPlan(writer, plan);
      });
    }
    const onUnexpected = (error: unknown): void => void this.unexpected.push(error);
    const works = Object.fromEntries(
      ['backup', 'restore', 'undo', 'verify', 'thinOut', 'cleanUp', 'saveSettings', 'readHistory'].map(
        (kind) => [kind, (request: JobRequest, run: JobRun) => this.#play(clock, request, run)],
      ),
    );
    this.#queue = new JobQueue({
      state: this.state,
      clock,
      zone: () => this.zone,
      newJobId: () => jobId.parse(`job-${++this.#lastId}-${clock.nowMs()}`),
      works: works as never,
      onChange: (job) => this.#routine?.noteJob(job),
      onEnded: (job) => this.#routine?.jobEnded(job),
      onUnexpected,
    });
    this.#routine = new Routine({
      state: this.state,
      clock,
      zone: () => this.zone,
      queue: this.queue,
      engine: {
        calls: { 'place.probe': (asked: { location: string }) => this.#probe(asked.location) } as never,
      },
      keyCopies: { lackingIn: () => [], suspect: () => Promise.resolve() },
      powerAndNetwork: () => this.machine,
      notify: ({ key }: Problem, isOver) => void this.told.push([key, isOver]),
      onChange: () => undefined,
      heartbeat: () => undefined,
      onWoke: () => void this.woke++,
      onUnexpected,
    });
    await this.queue.open();
    // As places are that the program itself has made.
    for (const { id } of this.state.read(listPlaces)) this.routine.wasListed(id);
    this.routine.start();
    this.isUp = true;
    await this.settle();
  }

  /** Orderly. */
  async quit(): Promise<void> {
    this.isUp = false;
    await this.routine.close();
    await this.queue.close();
    await this.state.close();
  }

  /** The power fails: whatever is not on the disk is lost, and the old world stands still for ever. */
  async powerFails(offMs: number): Promise<void> {
    await this.settle();
    this.isUp = false;
    const nowMs = this.clock.nowMs();
    // The state's lock goes with the process.
    this.clock = new FakeClock({ startMs: nowMs + offMs });
    await this.state.close();
  }

  /** Time passes, and what the disk has to do is done. */
  async pass(spanMs: number, stepMs = MINUTE): Promise<void> {
    for (let passed = 0; passed < spanMs; passed += stepMs) {
      await this.clock.advance(Math.min(stepMs, spanMs - passed));
      await this.settle();
    }
  }

  /** The same in steps from one wake to the next, so that nothing is done later than it would be. */
  async passExactly(spanMs: number): Promise<void> {
    for (let restMs = spanMs; restMs > 0;) {
      const stepMs = Math.min(restMs, Math.max(1, this.clock.nextWakeInMs()));
      await this.clock.advance(stepMs);
      await this.settle();
      restMs -= stepMs;
    }
  }

  async sleepMachine(spanMs: number): Promise<void> {
    this.clock.suspend(spanMs);
    await this.pass(MINUTE, 15_000);
  }

  /** Waits until nothing moves any more. */
  async settle(): Promise<void> {
    let quiet = 0;
    let last = '';
    while (quiet < 3) {
      await this.#state?.flush().catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      const now = JSON.stringify([
        this.runs.length,
        this.#queue?.active().map(({ row }) => [row.id, row.state]),
      ]);
      quiet = now === last ? quiet + 1 : 0;
      last = now;
    }
  }

  backups(): string[] {
    return this.runs
      .filter(({ kind }) => kind === 'backup')
      .map(({ planId, placeId, startedBy, atMs }) => {
        const minutes = (atMs - START) / MINUTE;
        return `${planId} to ${placeId} by ${startedBy} at ${Math.round(minutes * 10) / 10}`;
      });
  }

  async #play(clock: FakeClock, request: JobRequest, run: JobRun): Promise<JobOutcome> {
    const planId = 'planId' in request ? request.planId : undefined;
    const placeId = 'placeId' in request ? request.placeId : undefined;
    this.runs.push({ kind: request.kind, planId, placeId, startedBy: run.startedBy, atMs: clock.nowMs() });
    if (placeId !== undefined && this.away.has(placeId)) throw placeAway(placeId);
    if (request.kind === 'verify')
      return { hasExceptions: false, result: { part: request.part, of: request.of } };
    if (request.kind === 'saveSettings')
      return { hasExceptions: false, result: { digest: this.state.read(settingsDigest) } };
    if (request.kind === 'thinOut') return this.#thinOut(request);
    if (request.kind !== 'backup') return { hasExceptions: false, result: {} };
    await clock.sleep(this.backupMs, run.signal);
    if (this.away.has(request.placeId)) throw placeAway(request.placeId);
    const code = this.failing.get(request.placeId);
    if (code !== undefined) throw new TidemarkError(code, {} as never, { retry: 'later' });
    const timeMs = clock.nowMs();
    const version = sampleVersion(`v-${timeMs}-${request.planId}-${request.placeId}`, {
      placeId: request.placeId,
      planId: request.planId,
      timeMs,
      confirmedAtMs: timeMs,
    });
    await this.state.commit((writer) => putVersions(writer, [version]));
    return { hasExceptions: false, result: { leftOut: 0, wasHinted: false } };
  }

  async #thinOut({ placeId, planId }: Extract<JobRequest, { kind: 'thinOut' }>): Promise<JobOutcome> {
    const versions = this.state.read((reader) => listVersions(reader, placeId));
    const old = versions.filter((version) => version.planId === planId).slice(KEPT_VERSIONS);
    await this.state.commit((writer) =>
      removeVersions(
        writer,
        placeId,
        old.map(({ snapshotId }) => snapshotId),
      ),
    );
    return { hasExceptions: false, result: { removed: old.length } };
  }

  #probe(location: string): Promise<{ kind: string }> {
    this.probes.push({ location, atMs: this.clock.nowMs() });
    return Promise.resolve({ kind: this.away.has(location.slice(1)) ? 'missing' : 'repository' });
  }
}

function placeAway(location: string): TidemarkError {
  return new TidemarkError('storage.unreachable', { location, reason: 'away' }, { retry: 'later' });
}

/** Hourly unless told otherwise, nothing held, to the places named. */
export function worldPlan(id: string, places: readonly string[], more: Partial<Plan> = {}): Plan {
  return samplePlan(id, {
    placeIds: places as never,
    schedule: { maxAgeMs: HOUR, fixedTimes: [], isWatching: false },
    conditions: { mainsOnly: false, avoidMetered: false, quietHours: [], bandwidth: [] },
    pause: null,
    createdAtMs: START - DAY,
    changedAtMs: START - 30 * DAY,
    ...more,
  });
}
