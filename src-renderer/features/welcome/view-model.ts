/** What the screens of the first run show, from what the core has said and the person has chosen. Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../text/show-name.ts';
import { isAwayFromHere } from './away-from-here.ts';
import type { FolderChoice, FolderSize, PlaceChoice } from './view-store.ts';

const GIGABYTE = 1e9;

export interface Chosen {
  readonly folders: readonly WirePath[];
  readonly files: number;
  readonly bytes: number;
  /** Some are still being counted. */
  readonly isCounting: boolean;
}

export function chosenOf(
  folders: readonly FolderChoice[],
  sizes: Readonly<Record<string, FolderSize>>,
): Chosen {
  const ticked = folders.filter(({ isTicked }) => isTicked);
  const counted = ticked.map(({ folder }) => sizes[nameKey(folder)]);
  return {
    folders: ticked.map(({ folder }) => folder),
    files: counted.reduce((sum, size) => sum + (size?.files ?? 0), 0),
    bytes: counted.reduce((sum, size) => sum + (size?.bytes ?? 0), 0),
    isCounting: counted.some((size) => size?.isDone !== true),
  };
}

export interface Surprise {
  readonly choice: FolderChoice;
  readonly bytes: number;
}

/**
 * The one folder whose size a person would not expect: left out though it is the largest of all, or taken and larger
 * than all the others together. Only from a gigabyte on: below that nobody minds.
 */
export function surpriseOf(
  folders: readonly FolderChoice[],
  sizes: Readonly<Record<string, FolderSize>>,
): Surprise | null {
  const sized = folders
    .filter(({ reason }) => reason !== 'missing' && reason !== 'insideAnother')
    .map((choice) => ({ choice, bytes: sizes[nameKey(choice.folder)]?.bytes ?? 0 }))
    .sort((a, b) => b.bytes - a.bytes);
  const [largest, ...others] = sized;
  if (largest === undefined || largest.bytes < GIGABYTE) return null;
  const rest = others.reduce((sum, { choice, bytes }) => sum + (choice.isTicked ? bytes : 0), 0);
  const isSurprising = largest.choice.isTicked ? largest.bytes > 2 * rest && others.length > 0 : true;
  // What can be fetched again has said its reason in its row.
  return isSurprising && largest.choice.reason !== 'canBeFetchedAgain' ? largest : null;
}

export type Fit =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'times'; readonly times: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'plenty' }
  | { readonly kind: 'not'; readonly missingBytes: number };

/** Above this the number says nothing to anybody. */
const MOST_TIMES = 20;

/** Compression is not counted on. */
export function fitOf(freeBytes: number | null, neededBytes: number): Fit {
  if (freeBytes === null) return { kind: 'unknown' };
  if (freeBytes < neededBytes) return { kind: 'not', missingBytes: neededBytes - freeBytes };
  if (neededBytes === 0) return { kind: 'unknown' };
  const times = Math.floor(freeBytes / neededBytes);
  if (times > MOST_TIMES) return { kind: 'plenty' };
  return times < 2 ? { kind: 'once' } : { kind: 'times', times };
}

/** Three copies, on two disks, one of them away: what there is of each. */
export interface Meter {
  readonly copies: number;
  readonly disks: number;
  readonly away: number;
  readonly says: 'saysNothing' | 'saysSameDisk' | 'saysDrive' | 'saysNetwork' | 'saysAway';
}

export function meterOf(place: PlaceChoice | undefined): Meter {
  if (place === undefined) return { copies: 1, disks: 1, away: 0, says: 'saysNothing' };
  if (place.sameDiskAsHome) return { copies: 2, disks: 1, away: 0, says: 'saysSameDisk' };
  if (isAwayFromHere(place.location)) return { copies: 2, disks: 2, away: 1, says: 'saysAway' };
  return { copies: 2, disks: 2, away: 0, says: place.kind === 'network' ? 'saysNetwork' : 'saysDrive' };
}

/** The one to be chosen before anybody has: where nothing lies yet, it fits, and not the disk that may break. */
export function bestPlace(places: readonly PlaceChoice[], neededBytes: number): PlaceChoice | undefined {
  const usable = places.filter(
    ({ kind, freeBytes }) => kind !== 'existing' && fitOf(freeBytes, neededBytes).kind !== 'not',
  );
  return usable.find(({ sameDiskAsHome }) => !sameDiskAsHome) ?? usable[0];
}

/** The chosen folder in which the place itself would lie: then copies would hold copies. */
export function folderAround(location: string, folders: readonly WirePath[]): WirePath | undefined {
  return folders.find(
    (folder) =>
      typeof folder === 'string' &&
      (location === folder || location.startsWith(folder.endsWith('/') ? folder : `${folder}/`)),
  );
}

type Job = Mirror['jobs'][number];

export type FirstCopy =
  | { readonly kind: 'preparing' }
  | { readonly kind: 'waits' }
  | { readonly kind: 'running'; readonly job: Job; readonly progress: NonNullable<Job['progress']> }
  | { readonly kind: 'safe'; readonly jobId: string; readonly files: number; readonly troubles: number }
  | { readonly kind: 'failed'; readonly job: Job };

/** How the first copy of a plan stands, by its newest backup job. */
export function firstCopyOf(mirror: Mirror, planId: string): FirstCopy {
  const jobs = mirror.jobs.filter((job) => job.kind === 'backup' && job.planId === planId);
  const done = jobs.find(({ state }) => state === 'done' || state === 'doneExcept');
  if (done !== undefined)
    return { kind: 'safe', jobId: done.id, files: filesOf(done.result), troubles: done.troubleCount };
  const [job] = jobs.sort((a, b) => b.queuedAtMs - a.queuedAtMs);
  switch (job?.state) {
    case undefined:
      return { kind: 'preparing' };
    case 'queued':
      return job.wait === null ? { kind: 'preparing' } : { kind: 'waits' };
    case 'paused':
      return { kind: 'waits' };
    case 'failed':
    case 'cancelled':
    case 'interrupted':
      return { kind: 'failed', job };
    case 'running':
    case 'done':
    case 'doneExcept':
      return job.progress === null || job.progress.filesDone === 0
        ? { kind: 'preparing' }
        : { kind: 'running', job, progress: job.progress };
  }
}

function filesOf(result: unknown): number {
  if (typeof result !== 'object' || result === null) return 0;
  const counts = result as Readonly<Record<string, unknown>>;
  return ['filesNew', 'filesChanged', 'filesUnmodified'].reduce(
    (sum, name) => sum + (typeof counts[name] === 'number' ? counts[name] : 0),
    0,
  );
}
