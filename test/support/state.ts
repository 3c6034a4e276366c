/** A profile's state for tests: opened in a folder of its own, and one sample of each kind of entry. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { sealDatabase } from '#database/database-image.ts';
import { systemClock } from '#base/system-clock.ts';
import { jobId, placeId, planId } from '#contract/app/values.ts';
import type { Job } from '#services/state/jobs-table.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { StateFile, type StateFileOptions } from '#services/state/state-file.ts';
import type { KnownVersion } from '#services/state/versions-table.ts';

export const toPlanId = (text: string) => planId.parse(text);
export const toPlaceId = (text: string) => placeId.parse(text);
export const toJobId = (text: string) => jobId.parse(text);

export function makeProfileFolder(): string {
  return fs.mkdtempSync(join(tmpdir(), 'tidemark-state-'));
}

/** What lies on the disk after a save. */
export function encodeStateImage(database: Uint8Array, savedAtMs: number): Buffer {
  return Buffer.concat(sealDatabase(database, savedAtMs));
}

export function openState(folder: string, options: Partial<StateFileOptions> = {}): Promise<StateFile> {
  return StateFile.open({ folder, clock: systemClock, ...options });
}

/** Opens, hands over, closes. */
export async function withState<T>(folder: string, use: (state: StateFile) => T | Promise<T>): Promise<T> {
  const state = await openState(folder);
  try {
    return await use(state);
  } finally {
    await state.close();
  }
}

/** A name that is not UTF-8, beside ones that are. */
export const ODD_NAME = '/home/me/\xff\xfe \x01"' as ByteString;

export function samplePlan(id = 'plan-1', more: Partial<Plan> = {}): Plan {
  return {
    id: toPlanId(id),
    name: 'Documents ☂',
    isOn: true,
    folders: [textToByteString('/home/me/Documents'), textToByteString('/home/me/Bücher'), ODD_NAME],
    exclusions: { presets: ['caches', 'downloads'], patterns: [textToByteString('*.tmp')] },
    placeIds: [toPlaceId('place-1')],
    schedule: {
      maxAgeMs: 3_600_000,
      fixedTimes: [{ minuteOfDay: 720, weekdays: [1, 5] }, { minuteOfDay: 0 }],
      isWatching: true,
    },
    retention: {
      counts: { hourly: 48, daily: Infinity },
      within: { years: 0, months: 1, days: 2, hours: 0 },
      withinUnits: { weekly: { years: 2, months: 0, days: 0, hours: 0 } },
      tagLists: [['keep'], ['a', 'b']],
    },
    conditions: {
      mainsOnly: true,
      avoidMetered: false,
      quietHours: [{ fromMinute: 1320, toMinute: 360 }],
      bandwidth: [{ fromMinute: 480, toMinute: 1080, weekdays: [6], bytesPerSecond: 500_000 }],
    },
    commands: {
      before: [
        {
          program: textToByteString('/usr/bin/pg_dump'),
          arguments: [textToByteString('-f'), ODD_NAME],
          timeoutMs: 60_000,
          onFailure: 'stop',
        },
      ],
      after: [],
    },
    pause: { sinceMs: 1, untilMs: 2 },
    createdAtMs: 1_795_000_000_000,
    changedAtMs: 1_795_000_000_001,
    ...more,
  };
}

export function samplePlace(id = 'place-1', more: Partial<Place> = {}): Place {
  return {
    id: toPlaceId(id),
    name: 'USB drive',
    kind: 'local',
    address: { path: '/media/usb', options: [1, null, { deep: true }] },
    repositoryId: 'a'.repeat(64),
    machineKeyId: null,
    addedAtMs: 1_795_000_000_000,
    isRecoveryProven: true,
    ...more,
  };
}

export function sampleJob(id = 'job-1', more: Partial<Job> = {}): Job {
  return {
    id: toJobId(id),
    kind: 'backup',
    planId: toPlanId('plan-1'),
    placeId: toPlaceId('place-1'),
    startedBy: 'schedule',
    state: 'failed',
    request: { folders: ['/home/me'] },
    queuedAtMs: 1_795_000_000_000,
    startedAtMs: 1_795_000_000_500,
    startOffsetSec: 3_600,
    endedAtMs: 1_795_000_009_000,
    result: { filesNew: 3 },
    error: { code: 'storage.driveGone', data: { location: '/media/usb' }, retry: 'afterUser' },
    troubleCount: 0,
    isAhead: true,
    wait: null,
    ...more,
  };
}

export function sampleVersion(snapshotId = 'snapshot-1', more: Partial<KnownVersion> = {}): KnownVersion {
  return {
    placeId: toPlaceId('place-1'),
    snapshotId,
    planId: toPlanId('plan-1'),
    time: '2026-11-22T10:00:00.123456789+01:00',
    timeMs: 1_795_000_000_123,
    tree: 'b'.repeat(64),
    hostname: 'laptop',
    username: 'me',
    paths: [textToByteString('/home/me'), ODD_NAME],
    tags: ['series:1'],
    isComplete: true,
    confirmedAtMs: 1_795_000_001_000,
    ...more,
  };
}
