import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { openStorage } from '#storage/registry.ts';

test.each([
  ['/backups/photos', '/backups/photos'],
  ['local:/backups/photos', '/backups/photos'],
  ['Local:/a/../b/', '/b'],
  ['backups', join(process.cwd(), 'backups')],
  ['./sftp:odd', join(process.cwd(), 'sftp:odd')],
  ['local:sftp:odd', join(process.cwd(), 'sftp:odd')],
  ['a folder: mine', join(process.cwd(), 'a folder: mine')],
])('%s is a folder', (address, location) => {
  const storage = openStorage(address);
  expect(storage).toBeInstanceOf(LocalStorage);
  expect(storage.location).toBe(location);
});

test('a relative path stays where it was when the working folder changes', () => {
  const before = process.cwd();
  const storage = openStorage('backups');
  process.chdir('/');
  try {
    expect(storage.location).toBe(join(before, 'backups'));
  } finally {
    process.chdir(before);
  }
});

test.each([
  ['sftp:user@host:/path', 'not supported yet'],
  ['s3:https://example.org/bucket', 'not supported yet'],
  ['rest:http://example.org/', 'not supported yet'],
  ['rclone:remote:path', 'not supported yet'],
  ['ftp://example.org/', 'no known kind of place'],
  ['', 'empty'],
  ['local:', 'empty'],
  ['/a\0b', 'NUL'],
])('%j is refused in plain words', (address, words) => {
  try {
    openStorage(address);
    expect.unreachable();
  } catch (error) {
    if (!isTidemarkError(error, 'request.invalidInput')) throw error;
    expect(error.data.reason).toContain(words);
  }
});
