/**
 * Which adapter serves a location. Gives bare adapters; who opens a place wraps them in the decorators it wants.
 */
import { LocalStorage } from '#storage/local/local-storage.ts';
import type { PlaceKind, PlaceLocation } from '#storage/locations/place-location.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import type { Storage } from '#storage/port.ts';
import { openRcloneStorage } from '#storage/rclone/open-rclone-storage.ts';
import { openRestStorage } from '#storage/rest/open-rest-storage.ts';
import { openS3Storage } from '#storage/s3/s3-storage.ts';
import { openSftpStorage } from '#storage/sftp/sftp-storage.ts';

type Openers = {
  readonly [Kind in PlaceKind]: (
    location: Extract<PlaceLocation, { kind: Kind }>,
    options: OpenOptions,
  ) => Storage;
};

const OPENERS: Openers = {
  local: ({ path }, { clock }) => new LocalStorage(path, clock),
  rclone: openRcloneStorage,
  rest: openRestStorage,
  s3: openS3Storage,
  sftp: openSftpStorage,
};

/**
 * The storage at a location, not yet opened; touches nothing. A relative path is taken from the present working folder.
 * @throws request.invalidInput for settings that cannot be used
 */
export function openStorage(location: PlaceLocation, options: OpenOptions): Storage {
  const open = OPENERS[location.kind] as (location: PlaceLocation, options: OpenOptions) => Storage;
  return open(location, options);
}
