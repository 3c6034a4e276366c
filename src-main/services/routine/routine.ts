/**
 * What happens by itself. One loop looks at what is due, whom to wait for and how protected everything is, adds jobs, and
 * sleeps until something can change. Owns no decision (those are pure rules) and no job (the queue has them); keeps only
 * what the next look needs. A look that fails is made again: nothing here can end the loop. Long, because what one look
 * remembers for the next belongs to one loop; whatever can be decided without that is elsewhere.
 */
import type { Clock } from '#base/clock.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { EngineCalls } from '#contract/engine/engine-calls.ts';
import type { Problem, WaitReason } from '#contract/protection-codes.ts';
import type { ClockDoubt } from '#rules/clock-doubt.ts';
import { opensByPassphrase } from '#services/given-keys/given-keys.ts';
import { judgeHealth } from '#services/health/judge-health.ts';
import type { Health } from '#services/health/health-types.ts';
import { remind } from '#services/health/remind.ts';
import type { KeyCopies } from '#services/key-copies/key-copies.ts';
import { BY_PERSON, type JobQueue } from '#services/jobs/job-queue.ts';
import { isRemote } from '#services/places/place-access.ts';
import { due } from '#services/scheduler/due.ts';
import type {
  DueAnswer,
  DueRun,
  MachineState,
  Moment,
  ScheduledPlan,
} from '#services/scheduler/schedule-types.ts';
import { whatHolds } from '#services/scheduler/what-holds.ts';
import { removeHeldRuns } from '#services/state/held-runs-table.ts';
import { listLastJobs, putJob, removeJobsEndedBefore, type Job } from '#services/state/jobs-table.ts';
import { listPlaces, type Place } from '#services/state/places-table.ts';
import { listPlans, type Plan } from '#services/state/plans-table.ts';
import { getSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { findVersion, newestSafeVersions } from '#services/state/versions-table.ts';
import { attentiveSleep } from './attentive-sleep.ts';
import { ClockBelief } from './clock-belief.ts';
import { gatherCopies, gatherPlaces } from './health-facts.ts';
import { HeldRuns } from './held-runs.ts';
import { JobMemory } from './job-memory.ts';
import { PlacePresence } from './place-presence.ts';
import { RememberedRuns } from './remembered-runs.ts';
import { gatherReminders } from './reminder-facts.ts';
import { ReturnedPlaces } from './returned-places.ts';
import { ToldProblems } from './told-problems.ts';
import { TypedPasswords } from './typed-passwords.ts';
import { UpkeepRounds } from './upkeep-rounds.ts';

/** The heartbeat's rhythm: well within what an outside watchdog allows (HEARTBEAT_LIMIT_MS). */
const LONGEST_SLEEP_MS = 60_000;
/** Drives and networks of a computer that was just switched on or woken have come by then. */
const SETTLED_AFTER_MS = 2 * 60_000;
/** What came of a job can be asked about for so long; the log tells of it for ever. */
const JOBS_KEPT_MS = 90 * 86_400_000;
/** The timeline tells of it for so long. */
const HELD_RUNS_KEPT_MS = 2 * 365 * 86_400_000;
/** How often those that are older are looked for. */
const JOBS_SORTED_OUT_EVERY_MS = 3_600_000;
/** Waits that end when the place is there. */
const ABSENCES: readonly WaitReason[] = ['placeAway', 'placeUnseen', 'offline'];

export interface RoutineParts {
  readonly state: StateFile;
  readonly clock: Clock;
  zone(): string;
  readonly queue: JobQueue;
  readonly engine: { readonly calls: CallClient<EngineCalls> };
  powerAndNetwork(): Pick<MachineState, 'power' | 'isBatteryLow' | 'network'>;
  readonly keyCopies: Pick<KeyCopies, 'lackingIn' | 'suspect'>;
  /** The person is told, or a notice is taken back. */
  notify(problem: Problem, isOver: boolean): void;
  /** Something that windows show has changed. */
  onChange(): void;
  /** Sign of life, for watchdogs outside. */
  heartbeat(atMs: number, health: Health): void;
  /** The machine slept, or the clock jumped: whatever follows changes may have missed some. */
  onWoke(): void;
  onUnexpected(error: unknown): void;
}

export class Routine {
  readonly #parts: RoutineParts;
  readonly heldRuns: HeldRuns;
  readonly #runs = new RememberedRuns();
  readonly #memory = new JobMemory();
  readonly #presence: PlacePresence;
  readonly #returned = new ReturnedPlaces();
  readonly #listed = new Set<string>();
  readonly #passwords: TypedPasswords;
  readonly #told: ToldProblems;
  readonly #upkeep: UpkeepRounds;
  readonly #belief: ClockBelief;
  #sortedOutAtMs = 0;
  #answer: DueAnswer | undefined;
  #health: Health = { state: 'cannotTell', plans: [], copies: [], problems: [] };
  #wokeAtSteadyMs: number;
  #poke = new AbortController();
  #isClosed = false;
  #loop: Promise<void> | undefined;

  constructor(parts: RoutineParts) {
    this.#parts = parts;
    this.heldRuns = new HeldRuns(parts.state);
    this.#wokeAtSteadyMs = parts.clock.monotonicMs();
    this.#passwords = new TypedPasswords(parts.clock);
    this.#told = new ToldProblems(parts);
    this.#belief = new ClockBelief(parts.state, parts.clock);
    this.#presence = new PlacePresence(
      parts.clock,
      parts.engine,
      ({ id }, presence) => {
        if (presence === 'present') this.#returned.returned(id);
        this.poke();
      },
      // Something is there, and it has no config.
      (place) => void parts.keyCopies.suspect(place, 'repository.notFound').catch(parts.onUnexpected),
    );
    this.#upkeep = new UpkeepRounds({
      ...parts,
      memory: this.#memory,
      passwords: this.#passwords,
      presence: this.#presence,
    });
  }

  get health(): Health {
    return this.#health;
  }

  /** Runs that are due and wait, as of the last look. */
  get waiting(): DueAnswer['waiting'] {
    return this.#answer?.waiting ?? [];
  }

  /** Runs that come by schedule, as of the last look. */
  get upcoming(): DueAnswer['upcoming'] {
    return this.#answer?.upcoming ?? [];
  }

  get presence(): PlacePresence {
    return this.#presence;
  }

  /** Reads what has been, looks for the first time, and goes on by itself. */
  start(): void {
    for (const job of this.#parts.state.read(listLastJobs)) this.noteJob(job);
    this.#loop = this.#goOn();
  }

  /** When the last complete run that looked at everything began; undefined: never, as far as anybody remembers. */
  lastFullWalkMs(plan: string, place: string): number | undefined {
    return this.#memory.lastFullWalkMs(plan, place);
  }

  /** What verifications have found damaged there. */
  damageIn(placeId: string): ReturnType<JobMemory['damageIn']> {
    return this.#memory.damageIn(placeId);
  }

  /** Something may be due now: look at once. */
  poke(): void {
    this.#poke.abort();
  }

  noteJob(job: Job): void {
    this.#runs.note(job);
    this.#memory.note(job);
  }

  /** A job ended: what it says about its place counts, and what it kept waiting may go on. */
  jobEnded(job: Job): void {
    this.noteJob(job);
    const place = job.placeId === null ? undefined : this.#places().find(({ id }) => id === job.placeId);
    if (place !== undefined) {
      if (job.state === 'done' || job.state === 'doneExcept') this.#presence.wasReached(place);
      else if (job.error !== null) this.#failed(place, job.error.code as ErrorCode);
      if (job.kind === 'readHistory' && job.state === 'done') this.#listed.add(place.id);
    }
    // The password was typed while it was failing for want of it.
    if (this.#passwords.wasTypedSince(job, job.startedAtMs ?? Infinity))
      void this.#runAgain(job).catch((error: unknown) => this.#parts.onUnexpected(error));
    this.poke();
  }

  #failed(place: Place, code: ErrorCode): void {
    this.#presence.failed(place, code);
    void this.#parts.keyCopies
      .suspect(place, code)
      .catch((error: unknown) => this.#parts.onUnexpected(error));
  }

  /** The place was listed, or made by us just now. */
  wasListed(placeId: PlaceId): void {
    this.#listed.add(placeId);
    this.poke();
  }

  /** A typed password opens the place again: what failed for want of it does not rest as after other failures. */
  async wasUnlocked(place: Place): Promise<void> {
    this.#presence.wasReached(place);
    this.#passwords.note(place.id);
    for (const { id } of this.#plans()) {
      const [last] = this.#runs.ofPair(id, place.id);
      if (last !== undefined && this.#passwords.isWantedBy(last)) await this.#runAgain(last);
    }
    this.poke();
  }

  /** Power, network or drives are not what they were. */
  machineChanged(what: 'power' | 'network' | 'drives' | 'resumed'): void {
    if (what === 'resumed') this.#woke();
    else if (what !== 'power') void this.#probeAll();
    this.poke();
  }

  /** The watcher wants a run of this plan, to all of its places that nothing holds. */
  async wantRun(planId: PlanId): Promise<void> {
    const plan = this.#plans().find(({ id }) => id === planId);
    if (plan === undefined || !plan.isOn) return;
    const places = this.#places().filter(({ id }) => plan.placeIds.includes(id));
    for (const place of places.toSorted((a, b) => Number(isRemote(a)) - Number(isRemote(b)))) {
      const held = whatHolds(
        toScheduled(plan),
        this.#presence.stateOf(place),
        this.#machine(),
        this.#moment(),
      );
      const waits = this.waiting.some((run) => run.planId === plan.id && run.placeId === place.id);
      if (held !== undefined && ABSENCES.includes(held.wait)) this.#returned.wish(plan.id, place.id);
      if (held === undefined && !waits)
        await this.#parts.queue.add({ kind: 'backup', planId: plan.id, placeId: place.id }, 'watcher');
    }
  }

  /** A backup that failed, without the rest after failures, where nothing else holds it. */
  async #runAgain({ kind, planId, placeId }: Job): Promise<void> {
    if (kind !== 'backup') return;
    const plan = this.#plans().find(({ id, isOn }) => id === planId && isOn);
    const place = this.#places().find(({ id }) => id === placeId);
    if (plan === undefined || place === undefined || !plan.placeIds.includes(place.id)) return;
    const held = whatHolds(toScheduled(plan), this.#presence.stateOf(place), this.#machine(), this.#moment());
    if (held === undefined)
      await this.#parts.queue.add({ kind: 'backup', planId: plan.id, placeId: place.id }, 'schedule');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.poke();
    await this.#loop;
    this.heldRuns.close(this.#parts.clock.nowMs());
  }

  async #goOn(): Promise<void> {
    while (!this.#isClosed) {
      this.#poke = new AbortController();
      let delayMs = LONGEST_SLEEP_MS;
      try {
        const nextLookMs = await this.look();
        delayMs = Math.max(0, Math.min(LONGEST_SLEEP_MS, nextLookMs - this.#parts.clock.nowMs()));
      } catch (error) {
        this.#parts.onUnexpected(error);
      }
      if (this.#isClosed) return;
      const reason = await attentiveSleep(this.#parts.clock, delayMs, this.#poke.signal);
      if (reason === 'jumped') this.#woke();
    }
  }

  /** One look; public for tests that drive the clock. @returns when to look again, by the wall clock */
  async look(): Promise<number> {
    const { clock, queue } = this.#parts;
    const [plans, places] = [this.#plans(), this.#places()];
    const moment = this.#moment();
    const answer = due(
      {
        plans: plans.map(toScheduled),
        places: this.#presence.statesOf(places),
        history: this.#runs.records(),
        machine: this.#machine(),
      },
      moment,
    );
    this.#answer = answer;
    this.heldRuns.look(answer.waiting, moment.nowMs);
    await this.#markAhead(answer);
    for (const run of nearestFirst(answer.due, places)) {
      const startedBy = run.isMissed ? 'catchUp' : run.failedTries > 0 ? 'retry' : 'schedule';
      await queue.add(
        { kind: 'backup', planId: run.planId as PlanId, placeId: run.placeId as PlaceId },
        startedBy,
      );
    }
    await this.#makeUp(plans, places, moment);
    const isSettled = clock.monotonicMs() - this.#wokeAtSteadyMs >= SETTLED_AFTER_MS;
    for (const place of places) {
      const isNeeded = answer.probe.includes(place.id);
      if (isNeeded || (isSettled && this.#presence.wasNotLookedAt(place))) void this.#presence.probe(place);
    }
    await this.#holdAndRelease(plans, places, moment);
    queue.look();
    const doubt = this.#doubtClock(plans, moment.nowMs);
    await this.#upkeep.keepUp(places, {
      plans,
      nowMs: moment.nowMs,
      machine: this.#machine(),
      isClockDoubtful: doubt !== undefined,
    });
    this.#judge(plans, places, doubt);
    if (doubt === undefined) this.#forgetOldJobs(moment.nowMs);
    this.#parts.heartbeat(clock.nowMs(), this.#health);
    this.#parts.onChange();
    return answer.nextLookMs;
  }

  /** What is due was added before: it stays what it is. */
  async #makeUp(plans: readonly Plan[], places: readonly Place[], moment: Moment): Promise<void> {
    const missed = this.#returned.take({
      plans,
      lastRun: (plan, place) => this.#runs.ofPair(plan, place)[0],
      isHeld: (plan, id) => {
        const place = places.find((each) => each.id === id);
        const state = place && this.#presence.stateOf(place);
        return whatHolds(toScheduled(plan), state, this.#machine(), moment) !== undefined;
      },
    });
    for (const { planId, placeId, startedBy } of missed)
      await this.#parts.queue.add({ kind: 'backup', planId, placeId }, startedBy);
  }

  async #markAhead(answer: DueAnswer): Promise<void> {
    const jobs = answer.ahead.map((record) => this.#runs.jobOf(record)).filter((job) => job !== undefined);
    if (jobs.length === 0) return;
    const marked = jobs.map((job) => ({ ...job, isAhead: true }));
    await this.#parts.state.commitAnyway((writer) => {
      for (const job of marked) putJob(writer, job);
    });
    for (const job of marked) this.#runs.note(job);
  }

  /** Running backups rest while something holds them, and go on afterwards; what the person started is not held. */
  async #holdAndRelease(plans: readonly Plan[], places: readonly Place[], moment: Moment): Promise<void> {
    const { queue } = this.#parts;
    for (const { row } of queue.active()) {
      if (row.kind !== 'backup' || row.startedBy === 'person') continue;
      const plan = plans.find(({ id }) => id === row.planId);
      const place = places.find(({ id }) => id === row.placeId);
      if (plan === undefined || place === undefined) continue;
      const held = whatHolds(toScheduled(plan), this.#presence.stateOf(place), this.#machine(), moment);
      // A place that went away ends the run by itself, with the right words.
      const holds = held !== undefined && !ABSENCES.includes(held.wait);
      if (row.wait === BY_PERSON) continue;
      if (holds && row.wait !== held.wait) await queue.rest(row.id, held.wait);
      else if (!holds && row.wait !== null) await queue.resume(row.id);
    }
  }

  #judge(plans: readonly Plan[], places: readonly Place[], doubt: ClockDoubt | undefined): void {
    const { state, clock } = this.#parts;
    const copies = gatherCopies({
      newestVersions: state.recall(newestSafeVersions),
      plans,
      places,
      runs: this.#runs,
      memory: this.#memory,
      waiting: this.waiting,
      isListed: (id) => this.#listed.has(id),
      planOf: (placeId, id) => state.read((reader) => findVersion(reader, placeId, id))?.planId,
    });
    const nowMs = clock.nowMs();
    const health = judgeHealth({
      copies,
      places: gatherPlaces(
        places.filter(({ id }) => plans.some((plan) => plan.placeIds.includes(id))),
        this.#memory,
        (id) => this.#parts.keyCopies.lackingIn(id),
        ({ id }) => state.read((reader) => opensByPassphrase(reader, id)),
      ),
      nowMs,
      awakeForMs: clock.monotonicMs() - this.#wokeAtSteadyMs,
      isUnsaved: state.isUnsaved,
      ...(doubt === undefined ? {} : { clockDoubt: doubt }),
    });
    const sources = { state, plans, places, memory: this.#memory, health };
    const reminders = doubt === undefined ? remind(gatherReminders(sources, nowMs)) : [];
    this.#health = { ...health, problems: [...health.problems, ...reminders] };
    this.#told.tell(this.#health.problems, nowMs);
  }

  #doubtClock(plans: readonly Plan[], nowMs: number): ClockDoubt | undefined {
    const newest = this.#parts.state.recall(newestSafeVersions);
    return this.#belief.look(nowMs, () =>
      plans.flatMap((plan) => plan.placeIds.flatMap((id) => newest(id, plan.id).map(({ timeMs }) => timeMs))),
    );
  }

  #forgetOldJobs(nowMs: number): void {
    if (Math.abs(nowMs - this.#sortedOutAtMs) < JOBS_SORTED_OUT_EVERY_MS) return;
    this.#sortedOutAtMs = nowMs;
    this.#parts.state.commitSoon((writer) => {
      removeJobsEndedBefore(writer, nowMs - JOBS_KEPT_MS);
      removeHeldRuns(writer, nowMs - HELD_RUNS_KEPT_MS, nowMs);
    });
  }

  #woke(): void {
    this.#wokeAtSteadyMs = this.#parts.clock.monotonicMs();
    this.#presence.forgetAll();
    this.#parts.onWoke();
  }

  async #probeAll(): Promise<void> {
    await Promise.all(this.#places().map((place) => this.#presence.probe(place)));
  }

  #machine(): MachineState {
    const pause = this.#parts.state.read((reader) => getSetting(reader, 'pause'));
    return { ...this.#parts.powerAndNetwork(), ...(pause === undefined || pause === null ? {} : { pause }) };
  }

  #moment(): Moment {
    return { nowMs: this.#parts.clock.nowMs(), zone: this.#parts.zone() };
  }

  #plans(): Plan[] {
    return this.#parts.state.recall(listPlans);
  }

  #places(): Place[] {
    return this.#parts.state.recall(listPlaces);
  }
}

/** What lies on this computer can spare the others the reading (jobs/kinds/bring-version.ts). */
function nearestFirst(runs: readonly DueRun[], places: readonly Place[]): DueRun[] {
  const far = new Set<string>(places.filter(isRemote).map(({ id }) => id));
  return runs.toSorted((a, b) => Number(far.has(a.placeId)) - Number(far.has(b.placeId)));
}

function toScheduled({ pause, ...plan }: Plan): ScheduledPlan {
  return { ...plan, ...(pause === null ? {} : { pause }) };
}
