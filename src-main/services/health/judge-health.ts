/**
 * The health of all plans in all places, and one problem per cause however many copies it touches. Judges, tells
 * nobody; who is told what and when is `plan-notices.ts`. Pure.
 */
import {
  PROTECTION_STATES,
  type NoticeLevel,
  type Problem,
  type ProblemCode,
  type ProtectionState,
} from '#contract/protection-codes.ts';
import { HEARTBEAT_LIMIT_MS } from './health-limits.ts';
import type { CopyFacts, CopyHealth, Health, HealthFacts } from './health-types.ts';
import { judgeCopy, type CopyProblem } from './judge-copy.ts';

const LEVELS: readonly NoticeLevel[] = ['quiet', 'notice', 'alarm'];

export function judgeHealth(facts: HealthFacts): Health {
  const found: { copy: CopyFacts; newestAtMs: number | undefined; problem: CopyProblem }[] = [];
  const copies = facts.copies.map((copy): CopyHealth => {
    const { newestAtMs, problems } = judgeCopy(copy, facts);
    const lost = keysLost(copy, facts);
    // Whatever else is wrong there comes from it.
    const own =
      lost.length > 0
        ? lost
        : [...problems, ...recoveryUnproven(copy, newestAtMs, facts), ...placeKeeps(copy, facts)];
    const all = [...own, ...notNoted(facts), ...notRunning(facts)];
    for (const problem of all) found.push({ copy, newestAtMs, problem });
    const state = worst(all.map((problem) => problem.state));
    const { planId, placeId } = copy;
    return { planId, placeId, state, ...(newestAtMs === undefined ? {} : { newestAtMs }) };
  });
  const problems = new Map<string, Problem>();
  for (const { copy, newestAtMs, problem } of found) {
    const key = causeKey(copy, problem);
    problems.set(key, merge(problems.get(key), key, copy, problem, newestAtMs));
  }
  if (copies.length === 0) problems.set('noPlans', NO_PLANS);
  const plans = [...Map.groupBy(copies, (copy) => copy.planId)].map(([planId, ofPlan]) => ({
    planId,
    state: planState(ofPlan),
  }));
  return {
    state: copies.length === 0 ? NO_PLANS.state : worst(plans.map((plan) => plan.state)),
    plans,
    copies,
    problems: [...problems.values()].sort(byWeight),
  };
}

/** An empty list must not look like "all is well". Source: product notes, section 5, F7. */
const NO_PLANS: Problem = {
  key: 'noPlans',
  code: 'noPlans',
  level: 'notice',
  state: 'cannotTell',
  planIds: [],
  placeIds: [],
};

function worst(states: readonly ProtectionState[]): ProtectionState {
  return PROTECTION_STATES[Math.max(0, ...states.map((state) => PROTECTION_STATES.indexOf(state)))]!;
}

function planState(copies: readonly CopyHealth[]): ProtectionState {
  const state = worst(copies.map((copy) => copy.state));
  const hasGoodCopy = copies.some((copy) => copy.state === 'protected' || copy.state === 'protectedExcept');
  return state === 'inDanger' && hasGoodCopy ? 'late' : state;
}

function recoveryUnproven(
  { placeId }: CopyFacts,
  newestAtMs: number | undefined,
  facts: HealthFacts,
): CopyProblem[] {
  const place = facts.places.find((each) => each.placeId === placeId);
  return newestAtMs !== undefined && place?.isRecoveryProven === false
    ? [{ code: 'recoveryUnproven', level: 'notice', state: 'protectedExcept' }]
    : [];
}

/** Told, and takes nothing from how well everything is protected. */
function placeKeeps({ placeId }: CopyFacts, { places, nowMs }: HealthFacts): CopyProblem[] {
  const untilMs = places.find((each) => each.placeId === placeId)?.keeps?.untilMs;
  if (untilMs === undefined || (untilMs !== null && untilMs <= nowMs)) return [];
  const day = untilMs === null ? {} : { untilMs };
  return [{ code: 'placeKeeps', level: 'quiet', state: 'protected', ...day }];
}

/** Nothing can be saved or got back until it is mended, and that is one click. */
function keysLost({ placeId }: CopyFacts, facts: HealthFacts): CopyProblem[] {
  return facts.places.some((place) => place.placeId === placeId && place.lacksKeys === true)
    ? [{ code: 'keysLost', level: 'alarm', state: 'inDanger' }]
    : [];
}

/** Versions are made all the same. */
function notNoted({ isUnsaved }: HealthFacts): CopyProblem[] {
  return isUnsaved === true ? [{ code: 'notNoted', level: 'notice', state: 'protectedExcept' }] : [];
}

/** A heartbeat ahead of now was noted by another clock; the next one comes within a minute. */
function notRunning({ heartbeatAtMs, nowMs, awakeForMs }: HealthFacts): CopyProblem[] {
  if (heartbeatAtMs === undefined || awakeForMs <= HEARTBEAT_LIMIT_MS) return [];
  return Math.abs(nowMs - heartbeatAtMs) > HEARTBEAT_LIMIT_MS
    ? [{ code: 'notRunning', level: 'alarm', state: 'cannotTell' }]
    : [];
}

/** Where a cause sits: in the machine, in a place, or in a plan. */
function causeKey({ planId, placeId }: CopyFacts, problem: CopyProblem): string {
  switch (scopeOf(problem)) {
    case 'machine':
      return problem.code;
    case 'place':
      return `${problem.code}:place:${placeId}`;
    case 'plan':
      return `${problem.code}:plan:${planId}`;
  }
}

const PLACE_CODES: readonly ProblemCode[] = [
  'placeKeeps',
  'placeAway',
  'placeUnseen',
  'damaged',
  'neverListed',
  'recoveryUnproven',
  'keysLost',
  'backOff',
];
const PLAN_CODES: readonly ProblemCode[] = ['neverSaved', 'switchedOff', 'filesLeftOut'];
const PLACE_ERRORS = /^(?:storage|repository|integrity)\./;

function scopeOf({ code, errorCode }: CopyProblem): 'machine' | 'place' | 'plan' {
  if (code === 'failing') return PLACE_ERRORS.test(errorCode ?? '') ? 'place' : 'plan';
  if (PLACE_CODES.includes(code)) return 'place';
  return PLAN_CODES.includes(code) ? 'plan' : 'machine';
}

function merge(
  before: Problem | undefined,
  key: string,
  copy: CopyFacts,
  problem: CopyProblem,
  newestAtMs: number | undefined,
): Problem {
  const oldest = Math.min(
    before?.newestAtMs ?? Number.POSITIVE_INFINITY,
    newestAtMs ?? Number.POSITIVE_INFINITY,
  );
  const fileCount = Math.max(before?.fileCount ?? 0, problem.fileCount ?? 0);
  const untilMs = problem.untilMs ?? before?.untilMs;
  const errorCode = before?.errorCode ?? problem.errorCode;
  return {
    key,
    code: problem.code,
    level:
      LEVELS[
        Math.max(LEVELS.indexOf(problem.level), before === undefined ? 0 : LEVELS.indexOf(before.level))
      ]!,
    state: worst([problem.state, before?.state ?? 'protected']),
    planIds: withId(before?.planIds ?? [], copy.planId),
    placeIds: withId(before?.placeIds ?? [], copy.placeId),
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(Number.isFinite(oldest) ? { newestAtMs: oldest } : {}),
    ...(fileCount > 0 ? { fileCount } : {}),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}

function withId(ids: readonly string[], id: string): string[] {
  return [...new Set([...ids, id])].sort();
}

function byWeight(a: Problem, b: Problem): number {
  const byState = PROTECTION_STATES.indexOf(b.state) - PROTECTION_STATES.indexOf(a.state);
  return byState || LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || (a.key < b.key ? -1 : 1);
}
