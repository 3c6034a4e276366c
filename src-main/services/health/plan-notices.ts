/**
 * Which problems are told now: each once, again when it gets worse, and by a list of reminders while nobody acts; taken
 * back when it is gone. One that comes and goes is not told anew each time. Shows nothing itself; the caller keeps
 * `told` durably, else a restart would tell everything again. Pure. Source: product notes, section 1, 13.
 */
import type { NoticeLevel, Problem } from '#contract/protection-codes.ts';
import { REMIND_AFTER_MS } from './health-limits.ts';

export interface ToldNotice {
  readonly key: string;
  /** The loudest at which it was told. */
  readonly level: Exclude<NoticeLevel, 'quiet'>;
  /** At this level. */
  readonly times: number;
  readonly lastAtMs: number;
  /** Since when the problem is gone; it may come back. */
  readonly goneAtMs?: number;
}

export interface NoticePlan {
  readonly show: readonly Problem[];
  /** Keys of notices to take off the screen. */
  readonly withdraw: readonly string[];
  /** To be kept for the next look. */
  readonly told: readonly ToldNotice[];
}

/** A problem that is back within it is the same problem. */
const SAME_PROBLEM_MS = 86_400_000;

export function planNotices(
  problems: readonly Problem[],
  told: readonly ToldNotice[],
  nowMs: number,
): NoticePlan {
  const before = new Map(told.map((notice) => [notice.key, mendTimes(notice, nowMs)]));
  const show: Problem[] = [];
  const after: ToldNotice[] = [];
  for (const problem of problems) {
    const last = before.get(problem.key);
    before.delete(problem.key);
    const next = tellAgain(problem, last, nowMs);
    if (next !== undefined) {
      show.push(problem);
      after.push(next);
    } else if (last !== undefined) {
      const { goneAtMs: _, ...present } = last;
      after.push(present);
    }
  }
  const withdraw: string[] = [];
  for (const gone of before.values()) {
    if (gone.goneAtMs === undefined) withdraw.push(gone.key);
    const goneAtMs = gone.goneAtMs ?? nowMs;
    if (nowMs - goneAtMs < SAME_PROBLEM_MS) after.push({ ...gone, goneAtMs });
  }
  return { show, withdraw, told: after };
}

/** What to note if the problem is to be told now. */
function tellAgain(
  { key, code, level }: Problem,
  last: ToldNotice | undefined,
  nowMs: number,
): ToldNotice | undefined {
  if (level === 'quiet') return undefined;
  const isWorse = last?.level === 'notice' && level === 'alarm';
  if (last === undefined || isWorse) return { key, level, times: 1, lastAtMs: nowMs };
  const reminders: readonly number[] =
    code === 'recoveryUnproven' ? REMIND_AFTER_MS.recoveryUnproven : REMIND_AFTER_MS[level];
  const afterMs = reminders[Math.min(last.times, reminders.length) - 1];
  if (afterMs === undefined || nowMs - last.lastAtMs < afterMs) return undefined;
  return { key, level: last.level, times: last.times + 1, lastAtMs: nowMs };
}

/** The clock was set back: count from now, or the next reminder would be years away. */
function mendTimes(notice: ToldNotice, nowMs: number): ToldNotice {
  const { goneAtMs } = notice;
  return {
    ...notice,
    lastAtMs: Math.min(notice.lastAtMs, nowMs),
    ...(goneAtMs === undefined ? {} : { goneAtMs: Math.min(goneAtMs, nowMs) }),
  };
}
