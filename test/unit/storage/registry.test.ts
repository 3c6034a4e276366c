import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage } from '#storage/port.ts';
import { openStorage } from '#storage/registry.ts';

function open(text: string): Storage {
  return openStorage(parseLocation(text), { clock: systemClock, env: {} });
}

test.each([
  ['/backups/photos', '/backups/photos'],
  ['Local:/a/../b/', '/b'],
  ['backups', join(process.cwd(), 'backups')],
  ['local:sftp:odd', join(process.cwd(), 'sftp:odd')],
])('%s is a folder', (address, location) => {
  const storage = open(address);
  expect(storage).toBeInstanceOf(LocalStorage);
  expect(storage.location).toBe(location);
});

test('a relative path stays where it was when the working folder changes', () => {
  const before = process.cwd();
  const storage = open('backups');
  process.chdir('/');
  try {
    expect(storage.location).toBe(join(before, 'backups'));
  } finally {
    process.chdir(before);
  }
});
