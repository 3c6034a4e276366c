/**
 * The first half of a forget: which snapshots would go, and why each other one stays. Only reads, takes no lock.
 * Refuses where a wrong answer would cost history: no policy, a policy that keeps nothing of a group, and, when nobody
 * watches, a clock that cannot be believed.
 */
import { TidemarkError } from '#base/errors.ts';
import { formatTime, localZone, parseZonedTime, utcZone, type ZonedTime } from '#format/time.ts';
import type { Repository } from '#repository/repository.ts';
import { filterSnapshots, type SnapshotFilter, type StoredSnapshot } from '#repository/snapshot-store.ts';
import { compareInstants } from '#rules/calendar.ts';
import { doubtClock, isFutureDated } from '#rules/clock-doubt.ts';
import { brakeRemoval, BRAKE_LIMITS, type BrakePoint, type SpareReason } from '#rules/retention-brake.ts';
import { isEmptyPolicy, type RetentionPolicy } from '#rules/retention-policy.ts';
import {
  applyRetention,
  type RetentionPoint,
  type RetentionTerms,
  type RetentionVerdict,
} from '#rules/retention.ts';
import { groupSnapshots, seriesKey, type GroupKey } from '#rules/snapshot-groups.ts';
import { isKeptForEver } from '#rules/snapshot-marks.ts';
import { listSnapshots } from '../snapshots.ts';
import type { ForgetGroup, ForgetPlan, ForgetRequest, SparedSnapshot, UnattendedTerms } from './types.ts';

/** A snapshot with what the rules look at. */
interface Point extends RetentionPoint, BrakePoint {
  readonly time: ZonedTime;
  readonly stored: StoredSnapshot;
}

/**
 * @throws request.invalidInput for a policy that is empty or keeps nothing, repository.objectNotFound and
 * repository.ambiguousId for ids, retention.clockImplausible when unattended
 */
export async function prepareForget(
  repository: Repository,
  request: ForgetRequest,
  signal?: AbortSignal,
): Promise<ForgetPlan> {
  refuseContradictions(request);
  if (request.ids.length > 0) {
    const { snapshots } = await listSnapshots(
      repository,
      { ids: request.ids, filter: request.filter },
      signal,
    );
    const remove = snapshots.filter((stored) => isPlanned(stored, request)).sort(compareAge);
    return { groups: [], remove, damaged: [] };
  }
  const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
  const nowMs = repository.ports.clock.nowMs();
  const points = snapshots.map((stored) => toPoint(stored, request.unattended, nowMs));
  if (request.unattended !== undefined) refuseDoubtfulClock(points, nowMs, request.unattended);
  const groups = judgeGroups(points, request, nowMs);
  const going = new Set(groups.flatMap(({ remove }) => remove));
  return { groups, remove: snapshots.filter((stored) => going.has(stored)), damaged };
}

function refuseContradictions({ ids, filter, policy, allowRemoveAll, unattended }: ForgetRequest): void {
  if (unattended !== undefined && (ids.length > 0 || allowRemoveAll)) {
    throw invalid(
      'a run that nobody watches cannot be told what to remove',
      'name snapshots, or allow removing all, only in a run that you watch',
    );
  }
  if (ids.length > 0 || !isEmptyPolicy(policy)) return;
  if (!allowRemoveAll)
    throw invalid(
      'nothing says what to keep',
      'name snapshots to remove, or what to keep, such as --keep-daily 7; nothing was removed',
    );
  if (!restricts(filter))
    throw invalid(
      'this would remove every snapshot of the repository',
      'say which ones may all go, with --host, --tag or --path; nothing was removed',
    );
}

function restricts({ hosts, tags, paths }: SnapshotFilter): boolean {
  return [hosts, tags, paths].some((list) => list !== undefined && list.length > 0);
}

function toPoint(stored: StoredSnapshot, terms: UnattendedTerms | undefined, nowMs: number): Point {
  const { snapshot } = stored;
  const time = parseZonedTime(snapshot.time);
  const isDoubtful =
    terms !== undefined &&
    (isFutureDated(milliseconds(time), nowMs) || (terms.isDoubtful?.(stored) ?? false));
  return {
    stored,
    time,
    tags: snapshot.tags,
    isComplete: terms?.isComplete?.(stored) ?? true,
    isClean: terms?.isClean?.(stored) ?? true,
    isDoubtful,
  };
}

function refuseDoubtfulClock(points: readonly Point[], nowMs: number, terms: UnattendedTerms): void {
  const { lastSeenMs, isDoubtful } = terms;
  const witnesses = { nowMs, ...(lastSeenMs === undefined ? {} : { lastSeenMs }) };
  const believed = points.filter(({ stored }) => isDoubtful?.(stored) !== true);
  const doubt = doubtClock(
    witnesses,
    believed.map(({ time }) => milliseconds(time)),
  );
  if (doubt === undefined) return;
  throw new TidemarkError(
    'retention.clockImplausible',
    { kind: doubt.kind, now: timeText(nowMs), witness: timeText(doubt.witnessMs) },
    { retry: 'afterUser' },
  );
}

/** Groups as the policy sees them, with the brake applied. */
function judgeGroups(points: readonly Point[], request: ForgetRequest, nowMs: number): ForgetGroup[] {
  const { filter, groupBy, policy, unattended } = request;
  const terms = { now: instantOf(nowMs), zone: localZone() };
  const considered = new Set(
    filterSnapshots(
      points.map(({ stored }) => stored),
      filter,
    ),
  );
  const candidates = points
    .filter(({ stored }) => considered.has(stored))
    .map((point) => ({ point, snapshot: point.stored.snapshot }));
  const judged = groupSnapshots(candidates, groupBy).map(({ key, snapshots }) => {
    const members = snapshots.map(({ point }) => point);
    return judgeGroup(key, members, policy, terms);
  });
  const proposed = new Set(
    judged.flatMap(({ verdict }) => verdict.remove.filter(({ tags }) => !isKeptForEver(tags))),
  );
  const held = unattended === undefined ? undefined : brake(points, proposed, unattended);
  return judged.map((group) => settleGroup(group, request, held));
}

interface JudgedGroup {
  readonly key: GroupKey;
  readonly verdict: RetentionVerdict<Point>;
  /** Left out of the verdict: what cannot be true must not make others look old or surplus. */
  readonly doubtful: readonly Point[];
}

/** @param members oldest first */
function judgeGroup(
  key: GroupKey,
  members: readonly Point[],
  policy: RetentionPolicy,
  terms: RetentionTerms,
): JudgedGroup {
  // Turned round, so that of two of the same time the same one counts as the newer in every run.
  const newestFirst = members.toReversed();
  const verdict = applyRetention(
    newestFirst.filter(({ isDoubtful }) => !isDoubtful),
    policy,
    terms,
  );
  if (verdict.keep.length === 0 && verdict.remove.length > 0 && !isEmptyPolicy(policy)) {
    throw invalid(
      `this policy keeps no snapshot at all of ${describeKey(key)}`,
      'ask to keep at least one, such as --keep-last 1; nothing was removed',
    );
  }
  return { key, verdict, doubtful: newestFirst.filter(({ isDoubtful }) => isDoubtful) };
}

function settleGroup(
  { key, verdict, doubtful }: JudgedGroup,
  request: ForgetRequest,
  held: ReadonlyMap<Point, SpareReason> | undefined,
): ForgetGroup {
  const spared: SparedSnapshot[] = doubtful.map(({ stored }) => ({ stored, reason: 'doubtfulTime' }));
  const remove: StoredSnapshot[] = [];
  for (const point of verdict.remove) {
    const { stored } = point;
    const reason = isKeptForEver(point.tags)
      ? 'keptForEver'
      : (held?.get(point) ?? (isPlanned(stored, request) ? undefined : 'notInPlan'));
    if (reason === undefined) remove.push(stored);
    else spared.push({ stored, reason });
  }
  const keep = verdict.keep.map(({ point, reasons }) => ({ stored: point.stored, reasons }));
  return { key, keep, spared, remove };
}

/** By series, over everything that the repository has of it, also what the filter leaves out. */
function brake(
  points: readonly Point[],
  proposed: ReadonlySet<Point>,
  { limits = BRAKE_LIMITS, seriesOnHold }: UnattendedTerms,
): Map<Point, SpareReason> {
  const bySeries = Map.groupBy(points, ({ stored }) => seriesKey(stored.snapshot));
  const held = new Map<Point, SpareReason>();
  for (const [series, ofSeries] of bySeries) {
    const { spared } = brakeRemoval(ofSeries, proposed, seriesOnHold?.has(series) ?? false, limits);
    for (const [point, reason] of spared) held.set(point, reason);
  }
  return held;
}

function compareAge(a: StoredSnapshot, b: StoredSnapshot): number {
  return compareInstants(parseZonedTime(a.snapshot.time), parseZonedTime(b.snapshot.time));
}

function isPlanned({ id }: StoredSnapshot, { atMost }: ForgetRequest): boolean {
  return atMost === undefined || atMost.has(id);
}

function describeKey({ hostname, paths, tags, series }: GroupKey): string {
  const parts = [
    ...(series === undefined ? [] : [`series ${series}`]),
    ...(hostname === undefined ? [] : [`host ${hostname}`]),
    ...(paths === undefined ? [] : [`paths ${paths.join(', ')}`]),
    ...(tags === undefined ? [] : [`tags ${tags.join(', ')}`]),
  ];
  return parts.length === 0 ? 'the repository' : parts.join(', ');
}

function milliseconds({ sec, nsec }: ZonedTime): number {
  return sec * 1000 + nsec / 1e6;
}

function instantOf(ms: number): { sec: number; nsec: number } {
  const sec = Math.floor(ms / 1000);
  return { sec, nsec: Math.round((ms - sec * 1000) * 1e6) };
}

function timeText(ms: number): string {
  return formatTime(Math.floor(ms / 1000), 0, utcZone);
}

function invalid(what: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what, reason });
}
