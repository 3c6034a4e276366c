/** Jobs and the log as one list, newest first, and what of it the filters leave. Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import { restoreOutcome } from '../../parts/restore-outcome.ts';
import { filesBack } from '../../parts/restore-words.ts';
import { jobNames, jobTitle, runningTitle, type JobValue } from '../../text/job-titles.ts';
import type { Speech } from '../../text/use-words.ts';

export interface LogEntry {
  readonly number: number;
  readonly atMs: number;
  readonly kind: string;
  readonly data: unknown;
}

export type Result = 'good' | 'doneExcept' | 'failed' | 'active';
export type Since = 'always' | 'today' | 'week' | 'month' | 'quarter';

export interface Filters {
  /** A kind of job, `all`, or `log` for what is no job. */
  readonly what: string;
  readonly planId: string | null;
  readonly placeId: string | null;
  readonly result: Result | 'all';
  readonly since: Since;
}

export interface ActivityRow {
  readonly key: string;
  readonly atMs: number;
  /** Null: an entry of the log. */
  readonly jobId: string | null;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly tone: 'good' | 'warning' | 'danger' | 'quiet';
  readonly state: string;
  /** Null: it is no job and has none. */
  readonly result: Result | null;
  readonly planId: string | null;
  readonly placeId: string | null;
}

const ENDED = 'Ended';
/** What a job notes in the log while it works, by its kind: said by the job's own row. */
const NOTED_BY: Readonly<Record<string, string>> = {
  restored: 'restore',
  restoreUndone: 'undo',
  versionMarked: 'label',
  erased: 'erase',
  exported: 'export',
  handedOut: 'handOut',
  versionsRemoved: 'thinOut',
};
const SAME_MS = 10_000;

export function activityRows(
  jobs: readonly JobValue[],
  log: readonly LogEntry[],
  mirror: Pick<Mirror, 'plans' | 'places' | 'jobs'>,
  nowMs: number,
  speech: Speech,
): readonly ActivityRow[] {
  // The mirror is newer than what was asked for.
  const byId = new Map([...jobs, ...mirror.jobs].map((job) => [job.id as string, job]));
  const all = [...byId.values()];
  const entries = log.filter((entry) => !isToldByJob(entry, byId, all));
  return [
    ...all.map((job) => jobRow(job, mirror, nowMs, speech)),
    ...entries.map((entry) => logRow(entry, mirror, speech)),
  ].sort((a, b) => b.atMs - a.atMs || (a.key < b.key ? 1 : -1));
}

export function filterRows(
  rows: readonly ActivityRow[],
  filters: Filters,
  nowMs: number,
): readonly ActivityRow[] {
  const fromMs = sinceMs(filters.since, nowMs) ?? -Infinity;
  return rows.filter(
    (row) =>
      row.atMs >= fromMs &&
      (filters.what === 'all' || (filters.what === 'log' ? row.jobId === null : row.kind === filters.what)) &&
      (filters.planId === null || row.planId === filters.planId) &&
      (filters.placeId === null || row.placeId === filters.placeId) &&
      (filters.result === 'all' || row.result === filters.result),
  );
}

/** Null: no limit. */
export function sinceMs(since: Since, nowMs: number): number | null {
  const now = new Date(nowMs);
  const daysAgo = (days: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime();
  switch (since) {
    case 'always':
      return null;
    case 'today':
      return daysAgo(0);
    case 'week':
      return daysAgo(7);
    case 'month':
      return daysAgo(30);
    case 'quarter':
      return daysAgo(90);
  }
}

export function resultOf({ state }: Pick<JobValue, 'state'>): Result | null {
  switch (state) {
    case 'done':
      return 'good';
    case 'doneExcept':
      return 'doneExcept';
    case 'failed':
      return 'failed';
    case 'queued':
    case 'running':
    case 'paused':
      return 'active';
    case 'cancelled':
    case 'interrupted':
      return null;
  }
}

const TONES = { good: 'good', doneExcept: 'warning', failed: 'danger', active: 'quiet' } as const;

function jobRow(
  job: JobValue,
  mirror: Pick<Mirror, 'plans' | 'places'>,
  nowMs: number,
  { words, formats }: Speech,
): ActivityRow {
  const { activity } = words;
  const result = resultOf(job);
  const names = jobNames(job, mirror);
  const lastedMs = job.startedAtMs === null ? 0 : (job.endedAtMs ?? nowMs) - job.startedAtMs;
  const added = numberIn(job.result, 'bytesAdded');
  const isBrought = wasBrought(job);
  const detail = [
    job.kind === 'restore' && job.result !== null ? filesBack(restoreOutcome([job]), { words, formats }) : '',
    activity.starters[job.startedBy],
    job.troubleCount > 0 ? activity.problems(job.troubleCount) : '',
    isBrought ? activity.brought : '',
    added === undefined || (isBrought && added === 0) ? '' : activity.saved(formats.bytes(added)),
    lastedMs >= 60_000 ? activity.lasted(formats.about(lastedMs)) : '',
  ];
  return {
    key: `job ${job.id}`,
    atMs: job.endedAtMs ?? job.startedAtMs ?? job.queuedAtMs,
    jobId: job.id,
    kind: job.kind,
    title: result === 'active' ? runningTitle(job, names, words) : jobTitle(job, names, words),
    detail: detail.filter((part) => part !== '').join(' · '),
    tone: result === null ? 'quiet' : TONES[result],
    state: activity.states[job.state],
    result,
    planId: job.planId,
    placeId: job.placeId,
  };
}

function logRow(
  { number, atMs, kind, data }: LogEntry,
  mirror: Pick<Mirror, 'plans' | 'places'>,
  { words }: Speech,
): ActivityRow {
  const planId = textIn(data, 'planId') ?? null;
  const placeId = textIn(data, 'placeId') ?? null;
  const named = (
    list: readonly { readonly id: string; readonly name: string }[],
    id: string | null,
  ): string => list.find((one) => one.id === id)?.name ?? '';
  const plan = named(mirror.plans, planId);
  const place = named(mirror.places, placeId);
  const ofJob = kind.endsWith(ENDED) ? kind.slice(0, -ENDED.length) : undefined;
  const jobKinds: Readonly<Record<string, (plan: string, place: string) => string>> = words.jobs.kinds;
  const kinds: Readonly<Record<string, (name: string) => string>> = words.activity.kinds;
  const ofKind = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const asJob = ofJob !== undefined && Object.hasOwn(jobKinds, ofJob) ? jobKinds[ofJob] : undefined;
  return {
    key: `log ${number}`,
    atMs,
    jobId: null,
    kind: ofJob ?? kind,
    title:
      ofKind?.(textIn(data, 'name') ?? (plan === '' ? place || (textIn(data, 'from') ?? '') : plan)) ??
      asJob?.(plan, place).replace(/\s+/g, ' ').trim() ??
      words.activity.otherKind(kind),
    detail: '',
    tone: kind === 'damageFound' || kind === 'sourceLooksWrong' ? 'danger' : 'quiet',
    state: '',
    result: null,
    planId,
    placeId,
  };
}

function isToldByJob(
  { kind, data, atMs }: LogEntry,
  byId: ReadonlyMap<string, JobValue>,
  jobs: readonly JobValue[],
): boolean {
  if (kind.endsWith(ENDED)) return byId.has(textIn(data, 'jobId') ?? '');
  const by = Object.hasOwn(NOTED_BY, kind) ? NOTED_BY[kind] : undefined;
  return (
    by !== undefined &&
    jobs.some((job) => job.kind === by && Math.abs((job.endedAtMs ?? Infinity) - atMs) < SAME_MS)
  );
}

export function textIn(data: unknown, field: string): string | undefined {
  const value = valueIn(data, field);
  return typeof value === 'string' ? value : undefined;
}

/** What a proof found damaged, with how many versions have it; `paths` are at most those that the core tells. */
export function affectedBy({ result }: JobValue): {
  readonly paths: readonly { readonly path: string; readonly versions: number }[];
  readonly count: number;
} {
  const told = valueIn(result, 'affected');
  const paths = Array.isArray(told)
    ? told.flatMap((each: unknown) => {
        const path = textIn(each, 'path');
        const ids = valueIn(each, 'snapshotIds');
        return path === undefined ? [] : [{ path, versions: Array.isArray(ids) ? ids.length : 0 }];
      })
    : [];
  return { paths, count: numberIn(result, 'affectedCount') ?? paths.length };
}

export function numberIn(data: unknown, field: string): number | undefined {
  const value = valueIn(data, field);
  return typeof value === 'number' ? value : undefined;
}

export function textsIn(data: unknown, field: string): readonly string[] {
  const value = valueIn(data, field);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function valueIn(data: unknown, field: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, field)
    ? (data as Record<string, unknown>)[field]
    : undefined;
}

/** A first backup whose version was copied from another place; only what has changed since counts as added. */
export function wasBrought({ kind, result }: JobValue): boolean {
  return kind === 'backup' && (result as { isBrought?: unknown } | null)?.isBrought === true;
}
