/** What jobs that put back, or took that back, have done: several of one putting back told as one. Pure. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { JobValue } from '../text/job-titles.ts';

/** What one job of a putting back is asked for; one for each point that is taken from. */
export type RestoreAsk = Omit<
  Extract<Parameters<CallClient<AppCalls>['jobs.start']>[0], { kind: 'restore' }>,
  'kind'
>;

/** What an undo is asked for by. */
export interface UndoRef {
  readonly folder: WirePath;
  readonly undoId: string;
}

export interface RestoreOutcome {
  readonly state: 'done' | 'doneExcept' | 'cancelled' | 'failed' | 'interrupted';
  /** Put back now. */
  readonly files: number;
  /** As they were in the version: put back now, or found so. */
  readonly inPlace: number;
  /** Of what was asked for; null: it ended before that was known. */
  readonly total: number | null;
  readonly removed: number;
  readonly problems: number;
  readonly undos: readonly UndoRef[];
  /** Why, where it failed. */
  readonly error: JobValue['error'];
}

const WORST_FIRST = ['failed', 'interrupted', 'cancelled', 'doneExcept', 'done'] as const;

/** @param asked how many jobs there would have been; the last ones were not begun where one ended before its end */
export function restoreOutcome(jobs: readonly JobValue[], asked: number = jobs.length): RestoreOutcome {
  const results = jobs.map(({ result }) => readRecord(result));
  const sum = (name: string): number => results.reduce((total, result) => total + numberOf(result[name]), 0);
  const isCounted =
    jobs.length === asked && results.every(({ filesTotal }) => typeof filesTotal === 'number');
  const files = sum('filesRestored') + sum('filesUpdated');
  return {
    state: WORST_FIRST.find((state) => jobs.some((job) => job.state === state)) ?? 'failed',
    files,
    inPlace: files + sum('filesUnchanged'),
    total: isCounted ? sum('filesTotal') : null,
    removed: sum('filesRemoved'),
    problems: jobs.reduce((total, { troubleCount }) => total + troubleCount, 0),
    undos: results.flatMap(undosOf),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** 0 to 1, by files; 0 while nothing is known. */
export function shareDone({ inPlace, total }: RestoreOutcome): number {
  return total === null || total === 0 ? 0 : Math.min(1, inPlace / total);
}

export interface UndoOutcome {
  /** Files that had been edited since. */
  readonly keptAsCopies: number;
  readonly problems: number;
  readonly hasFailed: boolean;
  /** Why, where it failed. */
  readonly error: JobValue['error'];
}

export function undoOutcome(jobs: readonly JobValue[]): UndoOutcome {
  const results = jobs.map(({ result }) => readRecord(result));
  return {
    keptAsCopies: results.reduce(
      (total, { copied, stayed }) => total + numberOf(copied) + numberOf(stayed),
      0,
    ),
    problems: jobs.reduce((total, { troubleCount }) => total + troubleCount, 0),
    hasFailed: jobs.some(({ state }) => state !== 'done' && state !== 'doneExcept'),
    error: jobs.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** How far several undos have come, as told by the jobs that take back. */
export interface TakenBack {
  /** Not taken back yet, or not all of it. */
  readonly open: readonly UndoRef[];
  readonly isUnderWay: boolean;
  /** Of those that are taken back. */
  readonly outcome: UndoOutcome;
}

export function takenBackOf(undos: readonly UndoRef[], jobs: readonly JobValue[]): TakenBack {
  const about = jobs.filter(
    ({ kind, request }) =>
      kind === 'undo' && undos.some(({ undoId }) => undoId === readRecord(request)['undoId']),
  );
  // Where some of it could not be moved, the core takes it as not taken back: it can be tried again.
  const done = about.filter(({ state }) => state === 'done');
  const doneIds = new Set(done.map(({ request }) => readRecord(request)['undoId']));
  return {
    open: undos.filter(({ undoId }) => !doneIds.has(undoId)),
    isUnderWay: about.some(({ endedAtMs }) => endedAtMs === null),
    outcome: undoOutcome(done),
  };
}

/** What was asked for by the job that an undo is of; empty where it is not known any more. */
export function asksOf(undoId: string, jobs: readonly JobValue[]): readonly RestoreAsk[] {
  const job = jobs.find(
    ({ kind, result }) =>
      kind === 'restore' && undosOf(readRecord(result)).some((one) => one.undoId === undoId),
  );
  return job === undefined ? [] : asksIn([job]);
}

/** What the jobs were asked for, where they put something back. */
export function asksIn(jobs: readonly JobValue[]): readonly RestoreAsk[] {
  return jobs.flatMap(({ kind, request }) => {
    if (kind !== 'restore' || typeof request !== 'object' || request === null) return [];
    const { kind: _kind, ...ask } = request as { readonly kind: string };
    return [ask as RestoreAsk];
  });
}

/** One for each part of the disk that was written to. */
function undosOf({ undos }: Readonly<Record<string, unknown>>): UndoRef[] {
  return Array.isArray(undos) ? (undos as UndoRef[]) : [];
}

function readRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
