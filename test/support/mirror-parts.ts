/** Small states of the mirror, as a running application would have them. Times count back from `nowMs`. */
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';

const HOUR_MS = 3_600_000;

export type MirrorValues = Omit<Mirror, 'revision'>;

export function place(id: string, name: string): Mirror['places'][number] {
  return {
    id,
    name,
    kind: 'local',
    location: `/media/${id}`,
    options: {},
    repositoryId: null,
    addedAtMs: 0,
    presence: 'present',
    secret: 'remembered',
    isRecoveryProven: true,
  };
}

export function plan(
  id: string,
  name: string,
  folders: string[],
  placeIds: string[],
): Mirror['plans'][number] {
  return {
    id,
    name,
    isOn: true,
    folders,
    exclusions: { presets: [], patterns: [] },
    placeIds,
    schedule: { maxAgeMs: HOUR_MS, fixedTimes: [], isWatching: true },
    retention: { counts: {}, withinUnits: {}, tagLists: [] },
    conditions: { mainsOnly: false, avoidMetered: false, quietHours: [], bandwidth: [] },
    commands: { before: [], after: [] },
    pause: null,
    createdAtMs: 0,
    changedAtMs: 0,
  };
}

/** Two plans, all well. */
export function wellProtected(nowMs: number): MirrorValues {
  return {
    plans: [
      plan('letters', 'Letters', ['/home/me/Letters'], ['blue', 'server']),
      plan('photos', 'Photos', ['/home/me/Pictures', '/home/me/Scans'], ['blue']),
    ],
    places: [place('blue', 'Blue drive'), place('server', 'Home server')],
    jobs: [],
    health: {
      state: 'protected',
      plans: [
        { planId: 'letters', state: 'protected' },
        { planId: 'photos', state: 'protected' },
      ],
      copies: [
        { planId: 'letters', placeId: 'blue', state: 'protected', newestAtMs: nowMs - 4 * 60_000 },
        { planId: 'letters', placeId: 'server', state: 'protected', newestAtMs: nowMs - 50 * 60_000 },
        { planId: 'photos', placeId: 'blue', state: 'protected', newestAtMs: nowMs - 2 * HOUR_MS },
      ],
      problems: [],
    },
    next: [{ planId: 'letters', placeId: 'blue', atMs: nowMs + 25 * 60_000 + 1000, wait: null }],
    watch: [],
    machine: { power: 'mains', isBatteryLow: false, network: 'unmetered' },
    pause: null,
    settings: DEFAULT_WINDOW_SETTINGS,
  };
}

/** The backup of Letters is under way. */
export function runningJob(
  nowMs: number,
  bytesDone: number,
  totalBytes: number | null,
): Mirror['jobs'][number] {
  return {
    id: 'job-1',
    kind: 'backup',
    planId: 'letters',
    placeId: 'blue',
    startedBy: 'person',
    state: 'running',
    request: null,
    queuedAtMs: nowMs,
    startedAtMs: nowMs,
    endedAtMs: null,
    result: null,
    error: null,
    troubleCount: 0,
    progress: { filesDone: 1204, bytesDone, totalFiles: null, totalBytes, current: null, troubles: 0 },
    wait: null,
  };
}

/** The blue drive has been away for too long. */
export function lateParts(nowMs: number): Pick<MirrorValues, 'health'> {
  const { health } = wellProtected(nowMs);
  const newestAtMs = nowMs - 9 * 24 * HOUR_MS;
  return {
    health: {
      ...health,
      state: 'late',
      plans: [
        { planId: 'letters', state: 'protected' },
        { planId: 'photos', state: 'late' },
      ],
      copies: health.copies.map((copy) =>
        copy.planId === 'photos' ? { ...copy, state: 'late', newestAtMs } : copy,
      ),
      problems: [
        {
          key: 'placeAway blue',
          code: 'placeAway',
          level: 'notice',
          state: 'late',
          planIds: ['photos'],
          placeIds: ['blue'],
          newestAtMs,
        },
      ],
    },
  };
}
