/**
 * What a bar of the heat lane says: five kinds that always look different, and its height on a scale of logarithms that
 * fits what is in sight. Pure.
 */
import { bucketAt } from './buckets.ts';
import { lockedPoints, type Lock, type LockedPoints } from './locks.ts';
import type { HeatBucket, HeldBy, Point } from '../wire-types.ts';

/**
 * changed: something in the folder did. quiet: looked at, nothing changed. waiting: not read yet, height by what the
 * backup itself counted. missed: a backup came to nothing, or was due and could not begin. off: nothing was due or ran, as
 * when the computer was off.
 */
export type BarKind = 'changed' | 'quiet' | 'waiting' | 'missed' | 'off';

export interface HeldSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: HeldBy;
}

export interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: BarKind;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Why a backup that was due could not begin in it. */
  readonly heldBy: HeldBy | undefined;
  /** Points in it. */
  readonly points: number;
  /** Nothing was there before it to compare with. */
  readonly isFirst: boolean;
  /** So many changed at once that it is looked at twice. */
  readonly isSuspicious: boolean;
  /** Those of its points that a place lets nobody remove. */
  readonly locked: LockedPoints | undefined;
}

export interface HeatFacts {
  readonly edges: readonly number[];
  readonly buckets: readonly HeatBucket[];
  readonly points: readonly Point[];
  /** When backups of this series to this place failed or were cut off. */
  readonly missedMs: readonly number[];
  /** When backups of it were due and could not begin. */
  readonly held: readonly HeldSpan[];
  readonly suspiciousIds: ReadonlySet<string>;
  readonly locks: ReadonlyMap<string, Lock>;
}

export function barsOf(facts: HeatFacts): readonly Bar[] {
  const { edges, buckets, points, missedMs, held, suspiciousIds, locks } = facts;
  const missed = new Set(missedMs.map((atMs) => bucketAt(edges, atMs)));
  const rough = new Map<number, { added: number; modified: number }>();
  const suspicious = new Set<number>();
  const locked = new Map<number, Lock[]>();
  const [oldest] = points;
  const first = oldest === undefined ? undefined : bucketAt(edges, oldest.timeMs);
  for (const { timeMs, state, summary, snapshotId } of points) {
    const at = bucketAt(edges, timeMs);
    if (at === undefined) continue;
    if (suspiciousIds.has(snapshotId)) suspicious.add(at);
    const lock = locks.get(snapshotId);
    if (lock !== undefined) locked.set(at, [...(locked.get(at) ?? []), lock]);
    if (state !== 'waiting') continue;
    const before = rough.get(at) ?? { added: 0, modified: 0 };
    rough.set(at, {
      added: before.added + (summary.filesNew ?? 0),
      modified: before.modified + (summary.filesChanged ?? 0),
    });
  }
  return buckets.map((bucket, at) => {
    const fromMs = edges[at] ?? 0;
    const toMs = edges[at + 1] ?? 0;
    // What came last stands for what is so coarse that it holds several.
    const heldBy = held.findLast((span) => span.fromMs < toMs && span.toMs > fromMs)?.reason;
    const kind = kindOf(bucket, missed.has(at) || heldBy !== undefined);
    const { added, modified, removed } =
      kind === 'waiting' ? { added: 0, modified: 0, ...rough.get(at), removed: 0 } : bucket;
    return {
      fromMs,
      toMs,
      kind,
      heldBy,
      added,
      modified,
      removed,
      points: bucket.points + bucket.waitingPoints,
      isFirst: at === first,
      isSuspicious: suspicious.has(at),
      locked: lockedPoints(locked.get(at) ?? []),
    };
  });
}

function kindOf(bucket: HeatBucket, isMissed: boolean): BarKind {
  if (bucket.added + bucket.modified + bucket.removed > 0) return 'changed';
  if (bucket.waitingPoints > 0) return 'waiting';
  if (bucket.points > 0) return 'quiet';
  return isMissed ? 'missed' : 'off';
}

export function totalOf({ added, modified, removed }: Pick<Bar, 'added' | 'modified' | 'removed'>): number {
  return added + modified + removed;
}

/** The most in sight; the scale goes up to it. */
export function mostOf(bars: readonly Bar[], fromMs: number, toMs: number): number {
  let most = 0;
  for (const bar of bars) if (bar.toMs > fromMs && bar.fromMs < toMs) most = Math.max(most, totalOf(bar));
  return most;
}

/** One change can be seen, ten times as many are one step more. */
const LOWEST_PX = 4;
const LOWEST_PART_PX = 2;

export function barHeight(total: number, most: number, lanePx: number): number {
  if (total <= 0) return 0;
  const share = Math.log1p(total) / Math.log1p(Math.max(most, 4));
  return Math.max(LOWEST_PX, share * lanePx);
}

/** How high each part is, from below: added, modified, removed. A part that is there can be seen. */
export function partHeights(
  parts: readonly [number, number, number],
  heightPx: number,
): readonly [number, number, number] {
  const total = parts[0] + parts[1] + parts[2];
  if (total === 0) return [0, 0, 0];
  const raw = parts.map((part) => (part === 0 ? 0 : Math.max(LOWEST_PART_PX, (part / total) * heightPx)));
  const scale = heightPx / raw.reduce((sum, part) => sum + part, 0);
  return [(raw[0] ?? 0) * scale, (raw[1] ?? 0) * scale, (raw[2] ?? 0) * scale];
}
