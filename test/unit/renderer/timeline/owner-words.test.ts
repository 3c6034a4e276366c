/** Permissions as `ls` writes them, and in words; an owner by name, or by number. */
import { expect, test } from 'vitest';
import {
  ownerWords,
  permissionSigns,
  permissionWords,
} from '#renderer/features/timeline/inspector/owner-words.ts';
import { inspector as de } from '#renderer/text/de/inspector.ts';
import { inspector as en } from '#renderer/text/en/inspector.ts';

test.each([
  [0o750, 'rwxr-x---'],
  [0o644, 'rw-r--r--'],
  [0o4755, 'rwsr-xr-x'],
  [0o2640, 'rw-r-S---'],
  [0o1777, 'rwxrwxrwt'],
  [0o1770, 'rwxrwx--T'],
  [0, '---------'],
])('%o is written %s', (permissions, signs) => {
  expect(permissionSigns(permissions)).toBe(signs);
});

test('in words, of a file and of a folder', () => {
  expect(permissionWords(0o750, false, en)).toBe(
    'owner: read, change, run · group: read, run · others: nothing',
  );
  expect(permissionWords(0o751, true, de)).toBe(
    'Eigentümer: lesen, ändern, betreten · Gruppe: lesen, betreten · andere: betreten',
  );
});

test('a name where there is one, else the number; nothing in a name turns the writing', () => {
  const owner = { user: 'anna', group: 'staff', uid: 1000, gid: 50, permissions: 0 };
  expect(ownerWords(owner, en)).toBe('anna, group staff');
  expect(ownerWords({ ...owner, user: '', group: '' }, en)).toBe('user 1000, group 50');
  expect(ownerWords({ ...owner, user: 'an\u202ena' }, en)).toBe('an⟨202E⟩na, group staff');
});
