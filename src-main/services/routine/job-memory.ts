/**
 * What later decisions need of jobs that have ended, by plan and place, so that nobody reads the table for it: when each
 * kind was last done, what the last verification and the last backup found. Fed with jobs in the order of their ends.
 */
import type { JobKind } from '#contract/app/job-values.ts';
import type { DataPart } from '#contract/engine/engine-values.ts';
import type { Job } from '#services/state/jobs-table.ts';

interface Damage {
  /** Absent: what a repair could not mend. */
  readonly slice?: DataPart;
  readonly snapshotIds: ReadonlySet<string>;
  readonly packs: readonly string[];
}

/** What a repair could not mend stands beside what slices have found. */
const UNMENDED = 'unmended';

/** What they remove, some places keep. */
const REMOVING: ReadonlySet<string> = new Set<JobKind>(['thinOut', 'cleanUp', 'erase']);

export class JobMemory {
  /** Newest that ended well. */
  readonly #done = new Map<string, Job>();
  /** Newest that ended, however. */
  readonly #ended = new Map<string, Job>();
  readonly #removals = new Map<string, number>();
  readonly #fullWalks = new Map<string, number>();
  /** By place and part. */
  readonly #damage = new Map<string, Map<string, Damage>>();

  /** By place: until when it keeps what was removed or was to be; null: it names no day. */
  readonly #keeps = new Map<string, number | null>();

  note(job: Job): void {
    if (job.endedAtMs === null || job.placeId === null) return;
    const key = keyOf(job.kind as JobKind, job.placeId, job.planId);
    this.#ended.set(key, job);
    if (job.state !== 'done' && job.state !== 'doneExcept') return;
    this.#done.set(key, job);
    if (job.kind === 'thinOut' && numberOf(job, 'removed') > 0)
      this.#removals.set(job.placeId, job.endedAtMs);
    if (job.kind === 'backup' && isFullWalk(job)) this.#fullWalks.set(key, job.startedAtMs ?? job.queuedAtMs);
    if (REMOVING.has(job.kind)) this.#noteKept(job.placeId, job);
    if (job.kind === 'verify') this.#noteVerification(job.placeId, job);
    if (job.kind === 'mend') this.#noteMending(job.placeId, job);
  }

  lastDone(kind: JobKind, placeId: string, planId: string | null = null): Job | undefined {
    return this.#done.get(keyOf(kind, placeId, planId));
  }

  lastEnded(kind: JobKind, placeId: string, planId: string | null = null): Job | undefined {
    return this.#ended.get(keyOf(kind, placeId, planId));
  }

  /** When the last run that looked at everything began. */
  lastFullWalkMs(planId: string, placeId: string): number | undefined {
    return this.#fullWalks.get(keyOf('backup', placeId, planId));
  }

  lastRemovalMs(placeId: string): number | undefined {
    return this.#removals.get(placeId);
  }

  /** Ids of versions that a verification found not whole, and that none has found whole since. */
  damagedVersions(placeId: string): ReadonlySet<string> {
    const found = this.#damage.get(placeId)?.values() ?? [];
    return new Set([...found].flatMap(({ snapshotIds }) => [...snapshotIds]));
  }

  /** What is to be mended there, and read again afterwards. */
  damageIn(placeId: string): { readonly parts: readonly DataPart[]; readonly packs: readonly string[] } {
    const found = [...(this.#damage.get(placeId)?.values() ?? [])];
    return {
      parts: found.flatMap(({ slice }) => slice ?? []),
      packs: [...new Set(found.flatMap(({ packs }) => packs))],
    };
  }

  /** Undefined: what was last removed there is gone, or nothing was. */
  keptUntilMs(placeId: string): number | null | undefined {
    return this.#keeps.get(placeId);
  }

  /** Of what was removed earlier some may be kept longer. */
  #noteKept(placeId: string, job: Job): void {
    const untilMs = numberOf(job, 'keptUntilMs');
    const before = this.#keeps.get(placeId) ?? 0;
    if (untilMs > 0) this.#keeps.set(placeId, Math.max(untilMs, before));
    else if (isHeld(job)) this.#keeps.set(placeId, null);
    else if (before === 0 && (numberOf(job, 'removed') > 0 || numberOf(job, 'removedPacks') > 0))
      this.#keeps.delete(placeId);
  }

  #noteVerification(placeId: string, job: Job): void {
    const ofPlace = this.#damage.get(placeId) ?? new Map<string, Damage>();
    this.#damage.set(placeId, ofPlace);
    const [part, of] = [numberOf(job, 'part'), numberOf(job, 'of')];
    // Everything was read: what slices found before counts no more.
    if (of === 1) ofPlace.clear();
    // What is lost for good is found by every verification, whatever it reads.
    ofPlace.delete(UNMENDED);
    keep(ofPlace, `${part}/${of}`, { slice: { part, of }, ...lostIn(job) });
  }

  /** It has read again what was found damaged. */
  #noteMending(placeId: string, job: Job): void {
    const ofPlace = this.#damage.get(placeId) ?? new Map<string, Damage>();
    this.#damage.set(placeId, ofPlace);
    ofPlace.clear();
    keep(ofPlace, UNMENDED, lostIn(job));
  }
}

function keyOf(kind: JobKind, placeId: string, planId: string | null): string {
  return JSON.stringify([kind, placeId, planId]);
}

/** Of a job's result, which is JSON of its kind's making; 0 where there is none. */
export function numberOf({ result }: Job, name: string): number {
  const value = isRecord(result) ? result[name] : undefined;
  return typeof value === 'number' ? value : 0;
}

function isFullWalk({ result }: Job): boolean {
  return isRecord(result) && result['wasHinted'] === false;
}

function isHeld(job: Job): boolean {
  return numberOf(job, 'held') > 0 || (isRecord(job.result) && job.result['removalRefused'] === true);
}

function keep(ofPlace: Map<string, Damage>, key: string, found: Damage): void {
  if (found.snapshotIds.size > 0 || found.packs.length > 0) ofPlace.set(key, found);
  else ofPlace.delete(key);
}

function lostIn(job: Job): Omit<Damage, 'slice'> {
  return {
    snapshotIds: new Set([
      ...affectedOf(job).flatMap((each) => each.snapshotIds),
      ...textsIn(job, 'damagedVersions'),
    ]),
    packs: textsIn(job, 'brokenPacks'),
  };
}

function textsIn({ result }: Job, name: string): string[] {
  const value = isRecord(result) ? result[name] : undefined;
  return Array.isArray(value) ? (value as string[]) : [];
}

function affectedOf({ result }: Job): { snapshotIds: string[] }[] {
  const value = isRecord(result) ? result['affected'] : undefined;
  return Array.isArray(value) ? (value as { snapshotIds: string[] }[]) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
