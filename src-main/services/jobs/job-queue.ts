/**
 * Every long action, from wish to record: admission, order, one writer per place, progress, rest, cancel, and taking up
 * again what a crash cut off. Owns the jobs' rows in the state; the work itself is handed in by kind. A job is on the
 * disk before anybody is told of it, and its end before anything is done because of it.
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { jobRequest, type JobProgress, type JobRequest, type Starter } from '#contract/app/job-values.ts';
import { placeId, planId, type JobId } from '#contract/app/values.ts';
import { offsetSecAt } from '#services/scheduler/zone-time.ts';
import { addJobTroubles, removeJobTroubles, type JobTrouble } from '#services/state/job-troubles-table.ts';
import { getJob, listUnfinishedJobs, putJob, type Job } from '#services/state/jobs-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { GOES_ON, type JobOutcome, type JobRun, type JobWorks } from './job-work.ts';
import { compareUrgency, isSameWork, MOST_RUNNING, mayRunBeside } from './may-run-beside.ts';

export interface JobQueueParts {
  readonly state: StateFile;
  readonly clock: Clock;
  zone(): string;
  newJobId(): JobId;
  readonly works: JobWorks;
  /** Jobs that nobody has asked for wait for another start. */
  readonly onlyAsked?: boolean;
  /** Though they may run beside each other; asked anew at every look. */
  isBetterLater?(waiting: JobRequest, queuedAtMs: number, running: JobRequest): boolean;
  /** A job began, moved on or ended. */
  onChange(job: Job): void;
  /** After its end is on the disk. */
  onEnded(job: Job): void;
  onUnexpected(error: unknown): void;
}

/** The wait of a job that the person lets rest: only the person ends it. */
export const BY_PERSON = 'byPerson';

/** Why a run is to stop. Queued again: for the next start, or at once, when it shall not rest after all. */
type StopReason = 'cancel' | 'rest' | 'queueAgain';

interface LiveJob {
  row: Job;
  readonly request: JobRequest;
  progress: JobProgress | null;
  control?: AbortController;
  stop?: StopReason;
  readonly ended: PromiseWithResolvers<Job>;
}

export class JobQueue {
  readonly #parts: JobQueueParts;
  readonly #live = new Map<JobId, LiveJob>();
  readonly #runs = new Set<Promise<void>>();
  #isClosing = false;

  constructor(parts: JobQueueParts) {
    this.#parts = parts;
  }

  /** Takes up what was waiting, and anew what a crash cut off. Call once, before anything is added. */
  async open(): Promise<void> {
    const { state, clock } = this.#parts;
    const unfinished = state.read(listUnfinishedJobs).map(asToRest);
    const cutOff = unfinished.filter((row) => row.state === 'running' || isForNobody(row));
    const error = new TidemarkError('job.interrupted', {}, { retry: 'later' }).toWire();
    const takenUp = cutOff.filter(isTakenUpAgain);
    const ended = cutOff.filter((row) => !takenUp.includes(row) || !GOES_ON.has(row.kind));
    const again = takenUp.map((row): Job => ({
      ...(GOES_ON.has(row.kind) ? row : fresh(row, this.#parts.newJobId(), clock.nowMs())),
      state: 'queued',
      startedBy: 'retry',
    }));
    if (cutOff.length > 0)
      await state.commitAnyway((writer) => {
        for (const row of ended)
          putJob(writer, { ...row, state: 'interrupted', endedAtMs: clock.nowMs(), error });
        for (const row of again) putJob(writer, row);
      });
    for (const row of [...unfinished.filter((each) => !cutOff.includes(each)), ...again]) this.#adopt(row);
    this.#startWhatMay();
  }

  /**
   * The same work that waits or runs already is not added twice: its id comes back, and a person's wish makes it urgent.
   * A full disk of the profile holds nothing up: the job runs, and is noted when there is room.
   * @throws state.profileInUse: then nothing was added
   */
  async add(request: JobRequest, startedBy: Starter): Promise<JobId> {
    const { state, clock, newJobId } = this.#parts;
    const same = [...this.#live.values()].find((job) => isSameWork(job.request, request));
    if (same !== undefined) {
      if (startedBy === 'person') await this.#hurry(same);
      return same.row.id;
    }
    const row: Job = {
      id: newJobId(),
      kind: request.kind,
      planId: 'planId' in request ? planId.parse(request.planId) : null,
      placeId: 'placeId' in request ? placeId.parse(request.placeId) : null,
      startedBy,
      state: 'queued',
      request: jobRequest.encode(request) as Job['request'],
      queuedAtMs: clock.nowMs(),
      startedAtMs: null,
      startOffsetSec: null,
      endedAtMs: null,
      result: null,
      error: null,
      troubleCount: 0,
      isAhead: false,
      wait: null,
    };
    const live = this.#adopt(row);
    try {
      await state.commitAnyway((writer) => putJob(writer, row));
    } catch (error) {
      this.#live.delete(row.id);
      throw error;
    }
    this.#parts.onChange(live.row);
    this.#startWhatMay();
    return row.id;
  }

  /** Starts what may: time alone can be the reason. */
  look(): void {
    this.#startWhatMay();
  }

  /** Waiting, running and resting, in the order in which they were asked for. */
  active(): readonly Readonly<Pick<LiveJob, 'row' | 'request' | 'progress'>>[] {
    return [...this.#live.values()];
  }

  /** Ends it at a safe place; what is done stays done. Resolves when the wish is noted. @throws request.notFound */
  async cancel(id: JobId): Promise<void> {
    const job = this.#find(id);
    job.stop = 'cancel';
    if (job.control !== undefined) job.control.abort(new TidemarkError('job.cancelled', {}));
    else await this.#end(job, { state: 'cancelled' });
  }

  /**
   * Lets it rest at a safe place until `resume`, over every restart. What the person lets rest stays the person's.
   * @param wait why, for people @throws request.notFound
   */
  async rest(id: JobId, wait: string): Promise<void> {
    const job = this.#find(id);
    if (job.row.wait === BY_PERSON) return;
    if (job.control === undefined) return this.#change(job, { state: 'paused', wait });
    if (job.stop !== 'cancel') job.stop = 'rest';
    job.row = { ...job.row, wait };
    job.control.abort(new TidemarkError('job.cancelled', {}));
    await this.#save(job.row);
  }

  /** @throws request.notFound */
  async resume(id: JobId): Promise<void> {
    const job = this.#find(id);
    if (job.stop === 'rest') {
      job.stop = 'queueAgain';
      job.row = { ...job.row, wait: null };
      return this.#save(job.row);
    }
    if (job.row.state !== 'paused') return;
    await this.#change(job, { state: 'queued' });
    this.#startWhatMay();
  }

  /** Resolves with the job as it ended. @throws request.notFound, state.entryInvalid */
  wait(id: JobId): Promise<Job> {
    const live = this.#live.get(id);
    if (live !== undefined) return live.ended.promise;
    const row = this.#parts.state.read((reader) => getJob(reader, id));
    return row === undefined ? Promise.reject(notFound(id)) : Promise.resolve(row);
  }

  /** Lets everything stop at a safe place; what ran is queued again for the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const job of this.#live.values()) {
      job.stop ??= 'queueAgain';
      job.control?.abort(new TidemarkError('job.cancelled', {}));
    }
    await Promise.all(this.#runs);
  }

  #adopt(row: Job): LiveJob {
    const live: LiveJob = {
      row,
      request: jobRequest.decode(row.request as never),
      progress: null,
      ended: Promise.withResolvers<Job>(),
    };
    this.#live.set(row.id, live);
    return live;
  }

  #startWhatMay(): void {
    if (this.#isClosing) return;
    const waiting = [...this.#live.values()].filter(
      (job) =>
        job.row.state === 'queued' &&
        job.control === undefined &&
        (this.#parts.onlyAsked !== true || job.row.startedBy === 'person'),
    );
    waiting.sort((a, b) => compareUrgency(contender(a), contender(b)));
    for (const job of waiting) {
      const running = [...this.#live.values()].filter(({ control }) => control !== undefined);
      if (running.length >= MOST_RUNNING) return;
      if (running.some((other) => this.#mustWaitFor(job, other))) continue;
      job.control = new AbortController();
      const run = this.#run(job, job.control).catch((error: unknown) => this.#parts.onUnexpected(error));
      this.#runs.add(run);
      void run.finally(() => this.#runs.delete(run));
    }
  }

  #mustWaitFor({ request, row }: LiveJob, other: LiveJob): boolean {
    if (!mayRunBeside(request, other.request)) return true;
    return this.#parts.isBetterLater?.(request, row.queuedAtMs, other.request) ?? false;
  }

  async #run(job: LiveJob, control: AbortController): Promise<void> {
    const { clock, zone, state } = this.#parts;
    const nowMs = clock.nowMs();
    const troubles: JobTrouble[] = [];
    try {
      // Every file is tried anew.
      if (job.row.troubleCount > 0) state.commitSoon((writer) => removeJobTroubles(writer, job.row.id));
      await this.#change(job, {
        state: 'running',
        troubleCount: 0,
        startedAtMs: nowMs,
        startOffsetSec: offsetSecAt(zone(), nowMs),
      });
      throwIfCancelled(control.signal);
      const { cut, hasExceptions, result } = await this.#work(job, this.#runOf(job, control, troubles));
      if (cut === undefined) await this.#end(job, { state: hasExceptions ? 'doneExcept' : 'done', result });
      else await this.#endBadly(job, cut, result);
    } catch (error) {
      await this.#endBadly(job, error);
    } finally {
      if (troubles.length > 0)
        state.commitSoon((writer) => addJobTroubles(writer, job.row.id, troubles.splice(0)));
      this.#startWhatMay();
    }
  }

  #work(job: LiveJob, run: JobRun): Promise<JobOutcome> {
    const work = this.#parts.works[job.request.kind] as (
      request: JobRequest,
      run: JobRun,
    ) => Promise<JobOutcome>;
    return work(job.request, run);
  }

  #runOf(job: LiveJob, control: AbortController, troubles: JobTrouble[]): JobRun {
    const { state, onChange } = this.#parts;
    return {
      id: job.row.id,
      startedBy: job.row.startedBy,
      signal: control.signal,
      progress: (progress) => {
        job.progress = progress;
        onChange(job.row);
      },
      trouble: (path, error) => {
        // One save for many: a disk that fails for a million files must not save a million times.
        if (troubles.push({ path, error }) === 1)
          queueMicrotask(() => {
            state.commitSoon((writer) => addJobTroubles(writer, job.row.id, troubles.splice(0)));
          });
        job.row = { ...job.row, troubleCount: job.row.troubleCount + 1 };
      },
    };
  }

  /** @param result of what was done all the same */
  async #endBadly(job: LiveJob, error: unknown, result: Job['result'] = job.row.result): Promise<void> {
    const wasStopped = isTidemarkError(error, 'job.cancelled');
    if (!isTidemarkError(error)) this.#parts.onUnexpected(error);
    if (wasStopped && job.stop === 'rest') return this.#change(job, { state: 'paused', result });
    if (wasStopped && job.stop === 'queueAgain') return this.#change(job, { state: 'queued', result });
    if (wasStopped) return this.#end(job, { state: 'cancelled', result });
    const isCutOff = isTidemarkError(error, 'internal.connectionLost');
    const next = isCutOff && GOES_ON.has(job.row.kind) ? this.#afterCut(job) : undefined;
    if (next !== undefined) return this.#change(job, next);
    const told = isTidemarkError(error)
      ? error
      : new TidemarkError('internal.invariantBroken', { what: 'a job' }, { cause: error });
    await this.#end(job, { state: isCutOff ? 'interrupted' : 'failed', result, error: told.toWire() });
    const beginsAnew = isCutOff && isTakenUpAgain(job.row) && !GOES_ON.has(job.row.kind);
    if (beginsAnew && !this.#isClosing) await this.add(job.request, 'retry');
  }

  /** Of a job that goes on, when the engine process has died. Undefined: it is over. */
  #afterCut({ row, stop }: LiveJob): Partial<Job> | undefined {
    if (stop === 'rest') return { state: 'paused' };
    if (stop === 'queueAgain') return { state: 'queued' };
    // Who waits for one command to end is told how it ended.
    const isOver = stop === 'cancel' || !isTakenUpAgain(row) || this.#parts.onlyAsked === true;
    return isOver ? undefined : { state: 'queued', startedBy: 'retry' };
  }

  /** The end counts from when it is on the disk; a full disk is tried again by the state itself, and the end told all the same. */
  async #end(job: LiveJob, end: Pick<Job, 'state'> & Partial<Job>): Promise<void> {
    delete job.control;
    job.progress = null;
    job.row = { ...job.row, ...end, wait: null, endedAtMs: this.#parts.clock.nowMs() };
    this.#live.delete(job.row.id);
    await this.#save(job.row);
    this.#parts.onChange(job.row);
    job.ended.resolve(job.row);
    this.#parts.onEnded(job.row);
  }

  async #change(job: LiveJob, change: Partial<Job>): Promise<void> {
    if (change.state !== 'running') {
      delete job.control;
      delete job.stop;
      job.progress = null;
    }
    const wait = change.state === 'paused' ? job.row.wait : null;
    job.row = { ...job.row, wait, ...change };
    await this.#save(job.row);
    this.#parts.onChange(job.row);
  }

  async #save(row: Job): Promise<void> {
    try {
      await this.#parts.state.commitAnyway((writer) => putJob(writer, row));
    } catch (error) {
      this.#parts.onUnexpected(error);
    }
  }

  async #hurry(job: LiveJob): Promise<void> {
    await this.resume(job.row.id);
    // Now it is the person's: conditions hold it no longer.
    job.row = { ...job.row, startedBy: 'person' };
    await this.#save(job.row);
    this.#parts.onChange(job.row);
    this.#startWhatMay();
  }

  #find(id: JobId): LiveJob {
    const job = this.#live.get(id);
    if (job === undefined) throw notFound(id);
    return job;
  }
}

function contender({ request, row }: LiveJob): {
  request: JobRequest;
  startedBy: Starter;
  queuedAtMs: number;
} {
  return { request, startedBy: row.startedBy, queuedAtMs: row.queuedAtMs };
}

/** Killed before it had come to rest: it rests all the same. */
function asToRest(row: Job): Job {
  return row.state === 'running' && row.wait !== null ? { ...row, state: 'paused' } : row;
}

/** Once: what is cut off twice in a row is left to the schedule's back-off, or to the person. */
function isTakenUpAgain(row: Job): boolean {
  return row.startedBy !== 'retry' && !isForNobody(row);
}

/** The window that waited for it has gone with the process. */
function isForNobody({ kind }: Job): boolean {
  return kind === 'handOut';
}

function fresh(row: Job, id: JobId, nowMs: number): Job {
  return {
    ...row,
    id,
    state: 'queued',
    queuedAtMs: nowMs,
    startedAtMs: null,
    startOffsetSec: null,
    endedAtMs: null,
    result: null,
    error: null,
    troubleCount: 0,
  };
}

function notFound(id: JobId): TidemarkError {
  return new TidemarkError('request.notFound', { what: 'waiting or running job', id });
}
