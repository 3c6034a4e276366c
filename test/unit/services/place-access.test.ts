import { expect, test } from 'vitest';
import { kindOf, refuseSecret } from '#services/places/place-access.ts';

test.each([
  ['/backups', 'local'],
  ['local:x', 'local'],
  ['sftp:nas:/x', 'sftp'],
  ['REST:https://nas/', 'rest'],
])('%s is of the kind %s', (location, kind) => {
  expect(kindOf(location)).toBe(kind);
  refuseSecret(location);
});

test.each(['rest:https://me:secret@nas/', 'rclone::ftp,pass=secret:x'])('%s is not kept', (location) => {
  expect(() => refuseSecret(location)).toThrow('holds a password');
  expect(() => refuseSecret(location)).not.toThrow('secret@');
});
