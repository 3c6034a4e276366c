/**
 * How one plan stands in one place: by the age of its newest complete version that the place has confirmed, never by
 * when something ran. Says less rather than more: what cannot be known is `cannotTell`, what a wrong clock dated into
 * the future does not count. Pure. Source: product notes, section 5, I5; `docs/design/schedule.md`, "Health".
 */
import type { ErrorCode } from '#base/errors.ts';
import type { NoticeLevel, ProblemCode, ProtectionState, WaitReason } from '#contract/protection-codes.ts';
import { isFutureDated } from '#rules/clock-doubt.ts';
import { dangerGraceMs, lateGraceMs, RUNNING_GRACE_MS, WAKE_GRACE_MS } from './health-limits.ts';
import type { CopyFacts, HealthFacts } from './health-types.ts';

export interface CopyProblem {
  readonly code: ProblemCode;
  readonly level: NoticeLevel;
  readonly state: ProtectionState;
  readonly errorCode?: ErrorCode;
  readonly fileCount?: number;
  readonly untilMs?: number;
}

export interface CopyVerdict {
  readonly newestAtMs?: number;
  /** Empty: protected. */
  readonly problems: readonly CopyProblem[];
}

/** Waits that the person chose: no reproach before there is danger. */
const CHOSEN_WAITS: readonly WaitReason[] = ['paused', 'quietHours'];

export function judgeCopy(copy: CopyFacts, facts: HealthFacts): CopyVerdict {
  const damage = damageOf(copy);
  const believed = copy.confirmedAtMs.filter((atMs) => !isFutureDated(atMs, facts.nowMs));
  // Versions that are there are told whatever else cannot be.
  const newest = believed.length === 0 ? {} : { newestAtMs: Math.max(...believed) };
  const areAllAhead = believed.length === 0 && copy.confirmedAtMs.length > 0;
  if (facts.clockDoubt !== undefined || (copy.isListed && areAllAhead))
    return { ...newest, problems: [...damage, cannotTell('clockDoubtful')] };
  if (!copy.isListed) return { ...newest, problems: [...damage, cannotTell('neverListed')] };
  const age = judgeAge(copy, believed, facts);
  const rest = [...needsPerson(copy, age), ...filesLeftOut(copy)];
  return { ...newest, problems: [...damage, ...(age === undefined ? [] : [age]), ...rest] };
}

/** What only older versions have lost is no danger to what is there today, and is told all the same. */
function damageOf({ damage }: CopyFacts): CopyProblem[] {
  if (damage === undefined) return [];
  return damage === 'newest'
    ? [{ code: 'damaged', level: 'alarm', state: 'inDanger' }]
    : [{ code: 'damaged', level: 'notice', state: 'protectedExcept' }];
}

function cannotTell(code: ProblemCode): CopyProblem {
  return { code, level: 'notice', state: 'cannotTell' };
}

function judgeAge(
  copy: CopyFacts,
  believed: readonly number[],
  { nowMs, awakeForMs }: HealthFacts,
): CopyProblem | undefined {
  const isEmpty = believed.length === 0;
  const ageMs = Math.max(0, nowMs - Math.max(isEmpty ? copy.sinceMs : 0, ...believed));
  const { promisedAgeMs } = copy;
  if (promisedAgeMs === undefined)
    return isEmpty ? { code: 'neverSaved', level: 'quiet', state: 'late' } : switchedOff(copy, false);
  const isLate = ageMs > promisedAgeMs + lateGraceMs(promisedAgeMs);
  const isDanger = ageMs > promisedAgeMs + dangerGraceMs(promisedAgeMs);
  if (!copy.isOn) return switchedOff(copy, isDanger);
  if (!isLate) return isEmpty ? { code: 'neverSaved', level: 'quiet', state: 'late' } : undefined;

  const cause = causeOf(copy, isEmpty);
  const isCatchingUp = copy.isRunning && awakeForMs < RUNNING_GRACE_MS;
  const isJustAwake = awakeForMs < WAKE_GRACE_MS;
  if (isDanger && !isCatchingUp && !isJustAwake) return { ...cause, level: 'alarm', state: 'inDanger' };
  if (!isDanger && copy.wait !== undefined && CHOSEN_WAITS.includes(copy.wait))
    return { ...cause, level: 'quiet', state: 'protectedExcept' };
  return { ...cause, level: isCatchingUp || isJustAwake ? 'quiet' : 'notice', state: 'late' };
}

function switchedOff(copy: CopyFacts, isDanger: boolean): CopyProblem | undefined {
  if (copy.isOn) return undefined;
  return isDanger
    ? { code: 'switchedOff', level: 'notice', state: 'late' }
    : { code: 'switchedOff', level: 'quiet', state: 'protectedExcept' };
}

/** The one reason to tell: what the next run waits for, else what the last one failed with. */
function causeOf(copy: CopyFacts, isEmpty: boolean): Pick<CopyProblem, 'code' | 'errorCode'> {
  const { wait, failure } = copy;
  if (copy.isRunning) return { code: 'catchingUp' };
  if (wait !== undefined && wait !== 'backOff') return { code: wait };
  if (failure !== undefined) return { code: 'failing', errorCode: failure.code };
  if (wait !== undefined) return { code: wait };
  return { code: isEmpty ? 'neverSaved' : 'catchingUp' };
}

/** Told before anything is late, because it will not get well by itself. */
function needsPerson({ failure }: CopyFacts, age: CopyProblem | undefined): CopyProblem[] {
  if (failure?.needsPerson !== true || age?.code === 'failing') return [];
  return [{ code: 'failing', level: 'notice', state: 'protectedExcept', errorCode: failure.code }];
}

function filesLeftOut({ filesLeftOut: fileCount }: CopyFacts): CopyProblem[] {
  return fileCount > 0 ? [{ code: 'filesLeftOut', level: 'quiet', state: 'protectedExcept', fileCount }] : [];
}
