/**
 * How things stand, in one sentence: the same words at the top of the window, on the tray and in notices. Judged by
 * health alone, never by the last run; says what is not known.
 */
import { fromWireError, type WireError } from '#base/errors.ts';
import { errorText, WINDOW_WORDS, type ErrorText } from '#contract/error-texts.ts';
import { LOCALES, type Language } from '#contract/language.ts';
import { problemText, stateText, waitText } from '#contract/protection-texts.ts';
import type { Problem, ProblemCode, ProtectionState } from '#contract/protection-codes.ts';
import { overview as de } from '#contract/texts/de/overview.ts';
import { overview as en } from '#contract/texts/en/overview.ts';
import { moment } from '#contract/texts/text-parts.ts';
import type { OverviewTable } from '#contract/texts/text-tables.ts';
import { futureWords, pastWords } from '#contract/time-words.ts';

const TEXTS: Readonly<Record<Language, OverviewTable>> = { en, de };
const LISTS: Readonly<Record<Language, Intl.ListFormat>> = {
  en: new Intl.ListFormat(LOCALES.en, { type: 'conjunction' }),
  de: new Intl.ListFormat(LOCALES.de, { type: 'conjunction' }),
};

/** What is read of the mirror; both of its forms, in the core and on the wire, fit. */
export interface OverviewFacts {
  readonly plans: readonly { readonly id: string; readonly name: string; readonly isOn: boolean }[];
  readonly places: readonly { readonly id: string; readonly name: string }[];
  readonly health: {
    readonly state: ProtectionState;
    readonly plans?: readonly { readonly planId: string; readonly state: ProtectionState }[];
    readonly copies: readonly {
      readonly planId?: string;
      readonly placeId: string;
      readonly state?: ProtectionState;
      readonly newestAtMs?: number | undefined;
    }[];
    readonly problems: readonly NamedProblem[];
  };
  readonly next: readonly { readonly atMs: number | null; readonly wait: string | null }[];
  /** Newest first; the one that failed says why a problem is there. */
  readonly jobs?: readonly TellingJob[];
}

interface TellingJob {
  readonly kind: string;
  readonly state: string;
  readonly planId: string | null;
  readonly error: object | null;
}

/** A problem as the mirror or the health judge has it. */
interface NamedProblem {
  readonly code: string;
  readonly state?: ProtectionState;
  readonly planIds: readonly string[];
  readonly placeIds: readonly string[];
  readonly newestAtMs?: number | undefined;
  readonly fileCount?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly versionCount?: number | undefined;
  readonly errorCode?: string | undefined;
}

export function overviewSentence(facts: OverviewFacts, nowMs: number, language: Language = 'en'): string {
  const texts = TEXTS[language];
  if (facts.plans.length === 0) return texts.noFolder;
  const { state, problems } = facts.health;
  const [first] = problems;
  const why =
    state === 'protected'
      ? newestCopy(facts, nowMs, language)
      : first && describeProblem(first, facts, nowMs, language).title;
  const verdict = isOnlyElsewhere(facts) ? texts.notEverywhere : texts.verdicts[state];
  return why ? `${verdict} ${why}` : verdict;
}

/** What is first told is wrong with one place, and whatever is not well has another place that is. */
function isOnlyElsewhere({ health: { state, problems, plans = [], copies } }: OverviewFacts): boolean {
  const [first] = problems;
  if (state !== 'late' || (first?.code !== 'damaged' && first?.code !== 'keysLost')) return false;
  return plans.every(
    (plan) =>
      isWell(plan.state) ||
      copies.some((copy) => copy.planId === plan.planId && copy.state !== undefined && isWell(copy.state)),
  );
}

/** How a plan stands, in two or three words. */
export function planStateWords(
  planId: string,
  health: OverviewFacts['health'],
  language: Language = 'en',
): string {
  const state = health.plans?.find((plan) => plan.planId === planId)?.state ?? 'cannotTell';
  return state === 'late' && isLostOnlyElsewhere(planId, health)
    ? TEXTS[language].notEveryPlace
    : stateText(state, language);
}

/** One place has all of it, and no other one is behind: they have lost something. */
function isLostOnlyElsewhere(planId: string, { copies, problems }: OverviewFacts['health']): boolean {
  const lost = problems.filter(({ code }) => code === 'damaged' || code === 'keysLost');
  const ofPlan = copies.filter((copy) => copy.planId === planId && copy.state !== undefined);
  const unwell = ofPlan.filter(({ state = 'cannotTell' }) => !isWell(state));
  return (
    unwell.length < ofPlan.length &&
    unwell.every(({ placeId, state }) =>
      lost.some(
        (problem) =>
          problem.state === state && problem.planIds.includes(planId) && problem.placeIds.includes(placeId),
      ),
    )
  );
}

function isWell(state: ProtectionState): boolean {
  return state === 'protected' || state === 'protectedExcept';
}

/** Of all versions anywhere; undefined where there is none. */
export function newestVersionMs({ health }: OverviewFacts): number | undefined {
  const moments = health.copies.flatMap(({ newestAtMs }) => (newestAtMs === undefined ? [] : [newestAtMs]));
  return moments.length === 0 ? undefined : Math.max(...moments);
}

export function lastBackupWords(facts: OverviewFacts, nowMs: number, language: Language = 'en'): string {
  const { noBackup, lastBackup } = TEXTS[language];
  const newestMs = newestVersionMs(facts);
  return newestMs === undefined ? noBackup : lastBackup(pastWords(newestMs, nowMs, language));
}

export function nextBackupWords({ next }: OverviewFacts, nowMs: number, language: Language = 'en'): string {
  const { nothingPlanned, nextBackup } = TEXTS[language];
  const moments = next.flatMap(({ atMs }) => (atMs === null ? [] : [atMs]));
  if (moments.length > 0) return nextBackup(futureWords(Math.min(...moments), nowMs, language));
  const wait = next.find((run) => run.wait !== null)?.wait;
  return wait === undefined || wait === null ? nothingPlanned : nextBackup(waitText(wait, language));
}

/** What a problem is, what is safe and what to do, with the names of what it touches. */
export function describeProblem(
  problem: NamedProblem | Problem,
  facts: Pick<OverviewFacts, 'plans' | 'places' | 'jobs'>,
  nowMs: number,
  language: Language = 'en',
): ErrorText {
  const { newestAtMs, fileCount, untilMs, versionCount } = problem;
  const { allPlans, allPlaces } = TEXTS[language];
  const error = errorOf(problem, facts.jobs ?? []);
  const names = {
    plans: namesOf(problem.planIds, facts.plans, language) ?? allPlans,
    places: namesOf(problem.placeIds, facts.places, language) ?? allPlaces,
    ...(newestAtMs === undefined ? {} : { newest: pastWords(newestAtMs, nowMs, language) }),
    ...(fileCount === undefined ? {} : { fileCount }),
    ...(versionCount === undefined ? {} : { versionCount }),
    ...(untilMs === undefined ? {} : { until: moment(new Date(untilMs).toISOString(), language) }),
    ...(error === undefined ? {} : { error: errorText(fromWireError(error), WINDOW_WORDS, language) }),
  };
  return problemText(problem.code as ProblemCode, names, language);
}

/** Of the newest backup that failed in this way. */
function errorOf(
  { errorCode, planIds }: NamedProblem | Problem,
  jobs: readonly TellingJob[],
): WireError | undefined {
  if (errorCode === undefined) return undefined;
  return jobs
    .filter(
      ({ kind, state, planId }) =>
        kind === 'backup' && state === 'failed' && planIds.some((id) => id === planId),
    )
    .map(({ error }) => error as WireError | null)
    .find((error): error is WireError => error?.code === errorCode);
}

/** How old the newest version is, and at how many places of its plan one that new lies. */
function newestCopy(facts: OverviewFacts, nowMs: number, language: Language): string | undefined {
  const newestMs = newestVersionMs(facts);
  if (newestMs === undefined) return undefined;
  const past = pastWords(newestMs, nowMs, language);
  const { copies } = facts.health;
  const newest = copies.find(({ newestAtMs }) => newestAtMs === newestMs);
  const ofItsPlan = copies.filter(({ planId }) => planId === newest?.planId);
  const asNew = ofItsPlan.filter(
    ({ newestAtMs }) => newestAtMs !== undefined && pastWords(newestAtMs, nowMs, language) === past,
  );
  return TEXTS[language].newest(past, asNew.length, ofItsPlan.length);
}

/** Undefined: none is named that is still there. */
function namesOf(
  ids: readonly string[],
  all: readonly { readonly id: string; readonly name: string }[],
  language: Language,
): string | undefined {
  const names = ids.flatMap((id) => all.find((one) => one.id === id)?.name ?? []);
  return names.length === 0 ? undefined : LISTS[language].format(names.map(TEXTS[language].quoted));
}
