/**
 * Which jobs may run at the same time, and which goes first. One writer per repository (I7); what removes or proves needs
 * the place for itself, as its exclusive lock does. Pure.
 */
import type { JobKind, JobRequest, Starter } from '#contract/app/job-values.ts';

export interface Contender {
  readonly request: JobRequest;
  readonly startedBy: Starter;
  readonly queuedAtMs: number;
}

/** Each job keeps all cores busy; more of them at once only wait for one another. */
export const MOST_RUNNING = 3;

const USES: Readonly<Record<JobKind, 'reads' | 'writes' | 'owns' | 'none'>> = {
  backup: 'writes',
  saveSettings: 'writes',
  restore: 'reads',
  export: 'reads',
  handOut: 'reads',
  readHistory: 'reads',
  verify: 'owns',
  mend: 'owns',
  thinOut: 'owns',
  cleanUp: 'owns',
  label: 'owns',
  erase: 'owns',
  undo: 'none',
};

const GETS_BACK: ReadonlySet<JobKind> = new Set(['restore', 'undo', 'handOut']);

export function placeOf(request: JobRequest): string | undefined {
  return 'placeId' in request ? request.placeId : undefined;
}

export function mayRunBeside(request: JobRequest, running: JobRequest): boolean {
  const place = placeOf(request);
  if (place === undefined || place !== placeOf(running)) return true;
  const uses = [USES[request.kind], USES[running.kind]];
  if (uses.includes('owns')) return false;
  return uses.includes('reads');
}

/** Negative: `a` goes first. What a person waits for comes first, getting things back before all. */
export function compareUrgency(a: Contender, b: Contender): number {
  return rankOf(a) - rankOf(b) || a.queuedAtMs - b.queuedAtMs;
}

function rankOf({ request, startedBy }: Contender): number {
  if (GETS_BACK.has(request.kind)) return 0;
  if (startedBy === 'person') return 1;
  if (request.kind === 'backup') return 2;
  return request.kind === 'saveSettings' ? 3 : 4;
}

/** What a person chooses each time anew: two of a kind are never the same. */
const CHOSEN: ReadonlySet<JobKind> = new Set(['restore', 'undo', 'export', 'handOut', 'label', 'erase']);

/** The same work asked for twice. */
export function isSameWork(a: JobRequest, b: JobRequest): boolean {
  if (a.kind !== b.kind || CHOSEN.has(a.kind)) return false;
  if (placeOf(a) !== placeOf(b)) return false;
  return ('planId' in a ? a.planId : undefined) === ('planId' in b ? b.planId : undefined);
}
