/** What a job is called while it runs and once it is over: "Backing up Letters to Blue drive". Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { Words } from './language.ts';

export type JobValue = Mirror['jobs'][number];

export interface JobNames {
  readonly plan: string | null;
  readonly place: string | null;
}

export function jobNames(job: JobValue, { plans, places }: Pick<Mirror, 'plans' | 'places'>): JobNames {
  return {
    plan: plans.find(({ id }) => id === job.planId)?.name ?? null,
    place: places.find(({ id }) => id === job.placeId)?.name ?? null,
  };
}

/** While it waits or runs. */
export function runningTitle(job: JobValue, names: JobNames, { jobs }: Words): string {
  return titleOf(job, names, jobs.running, jobs.working);
}

/** Of its kind, whether it went or not. */
export function jobTitle(job: JobValue, names: JobNames, { jobs }: Words): string {
  return titleOf(job, names, jobs.kinds, jobs.otherKind);
}

function titleOf(
  { kind }: JobValue,
  { plan, place }: JobNames,
  titles: Readonly<Record<string, (plan: string, place: string) => string>>,
  other: string,
): string {
  const title = Object.hasOwn(titles, kind) ? titles[kind] : undefined;
  return title === undefined
    ? other
    : title(plan ?? '', place ?? '')
        .replace(/\s+/g, ' ')
        .trim();
}
