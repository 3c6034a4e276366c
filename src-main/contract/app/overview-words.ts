/**
 * How things stand, in one sentence: the same words at the top of the window, on the tray and in notices. Judged by
 * health alone, never by the last run; says what is not known.
 */
import type { ErrorText } from '#contract/error-texts.ts';
import { problemText, WAIT_TEXTS } from '#contract/protection-texts.ts';
import type { Problem, ProblemCode } from '#contract/protection-codes.ts';
import { countWords, futureWords, pastWords } from '#contract/time-words.ts';

/** What is read of the mirror; both of its forms, in the core and on the wire, fit. */
export interface OverviewFacts {
  readonly plans: readonly { readonly id: string; readonly name: string; readonly isOn: boolean }[];
  readonly places: readonly { readonly id: string; readonly name: string }[];
  readonly health: {
    readonly state: 'protected' | 'protectedExcept' | 'cannotTell' | 'late' | 'inDanger';
    readonly copies: readonly { readonly placeId: string; readonly newestAtMs?: number | undefined }[];
    readonly problems: readonly NamedProblem[];
  };
  readonly next: readonly { readonly atMs: number | null; readonly wait: string | null }[];
}

/** A problem as the mirror or the health judge has it. */
interface NamedProblem {
  readonly code: string;
  readonly planIds: readonly string[];
  readonly placeIds: readonly string[];
  readonly newestAtMs?: number | undefined;
  readonly fileCount?: number | undefined;
}

export function overviewSentence(facts: OverviewFacts, nowMs: number): string {
  if (facts.plans.length === 0) return 'No folder is protected yet.';
  const { state, problems } = facts.health;
  const [first] = problems;
  const why = first === undefined ? '' : ` ${describeProblem(first, facts, nowMs).title}`;
  switch (state) {
    case 'protected':
      return `Everything is safe.${newestCopy(facts, nowMs)}`;
    case 'protectedExcept':
      return `Everything is safe, with exceptions.${why}`;
    case 'cannotTell':
      return `Tidemark cannot tell whether everything is safe.${why}`;
    case 'late':
      return `Backups are late.${why}`;
    case 'inDanger':
      return `Something is in danger.${why}`;
  }
}

/** Of all versions anywhere; undefined where there is none. */
export function newestVersionMs({ health }: OverviewFacts): number | undefined {
  const moments = health.copies.flatMap(({ newestAtMs }) => (newestAtMs === undefined ? [] : [newestAtMs]));
  return moments.length === 0 ? undefined : Math.max(...moments);
}

export function lastBackupWords(facts: OverviewFacts, nowMs: number): string {
  const newestMs = newestVersionMs(facts);
  return newestMs === undefined ? 'No backup yet' : `Last backup: ${pastWords(newestMs, nowMs)}`;
}

export function nextBackupWords({ next }: OverviewFacts, nowMs: number): string {
  const moments = next.flatMap(({ atMs }) => (atMs === null ? [] : [atMs]));
  if (moments.length > 0) return `Next backup: ${futureWords(Math.min(...moments), nowMs)}`;
  const wait = next.find((run) => run.wait !== null)?.wait;
  return wait === undefined || wait === null ? 'No backup is planned' : `Next backup: ${waitWords(wait)}`;
}

/** What a problem is, what is safe and what to do, with the names of what it touches. */
export function describeProblem(
  problem: NamedProblem | Problem,
  facts: Pick<OverviewFacts, 'plans' | 'places'>,
  nowMs: number,
): ErrorText {
  const { newestAtMs, fileCount } = problem;
  return problemText(problem.code as ProblemCode, {
    plans: namesOf(problem.planIds, facts.plans, 'Your folders'),
    places: namesOf(problem.placeIds, facts.places, 'your backup places'),
    ...(newestAtMs === undefined ? {} : { newest: pastWords(newestAtMs, nowMs) }),
    ...(fileCount === undefined ? {} : { fileCount }),
  });
}

/** Why a run waits; a reason of another release is said as it is. */
export function waitWords(wait: string): string {
  return Object.hasOwn(WAIT_TEXTS, wait) ? WAIT_TEXTS[wait as keyof typeof WAIT_TEXTS] : wait;
}

function newestCopy(facts: OverviewFacts, nowMs: number): string {
  const newestMs = newestVersionMs(facts);
  if (newestMs === undefined) return '';
  const places = new Set(
    facts.health.copies.filter((copy) => copy.newestAtMs !== undefined).map(({ placeId }) => placeId),
  );
  return ` The newest version is from ${pastWords(newestMs, nowMs)}, in ${countWords(places.size, 'place')}.`;
}

function namesOf(
  ids: readonly string[],
  all: readonly { readonly id: string; readonly name: string }[],
  everything: string,
): string {
  const names = ids.flatMap((id) => all.find((one) => one.id === id)?.name ?? []);
  return names.length === 0 ? everything : LIST.format(names);
}

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });
