/** Places behind a real rclone, with its `local` remote in a temporary folder, set up by the environment alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import type { RcloneSettings } from '#storage/locations/place-settings.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import { openRcloneStorage } from '#storage/rclone/open-rclone-storage.ts';
import type { RestStorage } from '#storage/rest/rest-storage.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';
import { plantInFolder } from '#test/support/storage-places.ts';

/** An rclone of this program that knows one remote, `disk:`, and nothing of the person's own. */
export function rcloneEnvironment(program: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TIDEMARK_RCLONE: program,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_DISK_TYPE: 'local',
  };
}

export function rcloneStorageAt(
  remote: string,
  env: Readonly<Record<string, string>>,
  rclone?: RcloneSettings,
): RestStorage {
  const location = parseLocation(`rclone:${remote}`);
  if (location.kind !== 'rclone') throw new Error('no rclone address');
  const settings = rclone === undefined ? undefined : { rclone };
  return openRcloneStorage(location, { clock: systemClock, env, settings });
}

export interface RclonePlace extends StoragePlace {
  readonly storage: RestStorage;
  readonly folder: string;
}

export async function makeRclonePlace(program: string): Promise<RclonePlace> {
  const base = await mkdtemp(join(tmpdir(), 'tidemark-rclone-place-'));
  const folder = join(base, 'repository');
  return {
    folder,
    storage: rcloneStorageAt(`disk:${folder}`, rcloneEnvironment(program)),
    plantFile: (path, bytes) => plantInFolder(folder, path, bytes),
    dispose: () => rm(base, { recursive: true, force: true }),
  };
}
