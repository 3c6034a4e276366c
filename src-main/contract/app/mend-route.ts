/** Which page of the window mends a problem: for the button beside it, and for a click on its notice. Pure. */
import type { ProblemCode } from '../protection-codes.ts';

/** What of a problem decides. */
export interface MendedProblem {
  readonly code: string;
  readonly planIds: readonly string[];
  readonly placeIds: readonly string[];
  readonly errorCode?: string | undefined;
}

/** What of a job tells whether a problem is about it. */
export interface ToldJob {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly planId: string | null;
  readonly placeId: string | null;
}

/** The overview has the button of what is mended by one click, and says what helps where no page does. */
export const OVERVIEW_ROUTE = '/';

const KEY_MISSING = new Set(['repository.secretNeeded', 'repository.wrongPassword', 'repository.noPassword']);
const SOURCE_LOOKS_WRONG = new Set(['files.sourceMissing', 'files.nothingToSave', 'plans.commandFailed']);

/** Why saving fails, as far as it decides what mends it. */
export type FailureKind = 'key' | 'folders' | 'damage' | 'full' | 'place' | 'other';

export function failureKind({ errorCode = '', placeIds }: MendedProblem): FailureKind {
  if (KEY_MISSING.has(errorCode)) return 'key';
  if (SOURCE_LOOKS_WRONG.has(errorCode)) return 'folders';
  // A fault of the memory is no fault of what lies in the place.
  const isDamage = errorCode.startsWith('integrity.') && errorCode !== 'integrity.memoryFault';
  if (isDamage && placeIds.length > 0) return 'damage';
  if (errorCode === 'storage.full') return 'full';
  return errorCode.startsWith('storage.') ? 'place' : 'other';
}

export function mendRoute(problem: MendedProblem, { jobs }: { readonly jobs: readonly ToldJob[] }): string {
  switch (problem.code as ProblemCode) {
    case 'recoveryUnproven':
    case 'kitToFind':
      return placeRoute(problem, '/kit');
    case 'placeAway':
    case 'placeUnseen':
    case 'neverListed':
      return placeRoute(problem);
    case 'filesLeftOut':
      return lastJobRoute(problem, jobs, 'doneExcept');
    case 'failing':
      return failureRoute(problem, jobs);
    case 'noPlans':
      return '/welcome';
    case 'tryRestore':
      return '/try';
    case 'onePlace':
      return '/places/new';
    default:
      return OVERVIEW_ROUTE;
  }
}

function failureRoute(problem: MendedProblem, jobs: readonly ToldJob[]): string {
  switch (failureKind(problem)) {
    case 'key':
      return placeRoute(problem, '?unlock');
    case 'folders':
      return `/folders/${encodeURIComponent(problem.planIds[0] ?? '')}`;
    case 'damage':
      return OVERVIEW_ROUTE;
    case 'full':
    case 'place':
      return placeRoute(problem);
    case 'other':
      return lastJobRoute(problem, jobs, 'failed');
  }
}

function placeRoute({ placeIds: [placeId] }: MendedProblem, more = ''): string {
  return placeId === undefined ? '/places' : `/places/${encodeURIComponent(placeId)}${more}`;
}

/** The newest job that the problem is about, where it is still known, else the list of such. */
export function lastJobRoute(
  problem: MendedProblem,
  jobs: readonly ToldJob[],
  state: 'failed' | 'doneExcept',
  kind: 'backup' | 'verify' = 'backup',
): string {
  const job = jobs.find(
    (each) =>
      each.kind === kind &&
      each.state === state &&
      (each.planId === null || problem.planIds.includes(each.planId)) &&
      (problem.placeIds.length === 0 || problem.placeIds.includes(each.placeId ?? '')),
  );
  return job === undefined ? `/activity?result=${state}` : `/activity/${encodeURIComponent(job.id)}`;
}
