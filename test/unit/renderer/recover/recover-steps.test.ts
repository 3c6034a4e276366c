/** What lies in a place, by computer, and what a place is called by its address. */
import { expect, test } from 'vitest';
import { byComputer, nameOfLocation, type SavedState } from '#renderer/features/recover/recover-steps.ts';

const state = (hostname: string, savedAtMs: number): SavedState => ({
  snapshotId: `${hostname}${savedAtMs}`,
  savedAtMs,
  hostname,
  planNames: [],
  placeNames: [],
});

test('the computer that saved last is on top, its older states below it', () => {
  const found = byComputer([state('old', 1), state('new', 5), state('old', 3)]);
  expect(found.map(({ hostname, newest, older }) => [hostname, newest.savedAtMs, older.length])).toEqual([
    ['new', 5, 0],
    ['old', 3, 1],
  ]);
  expect(byComputer([])).toEqual([]);
});

test.each([
  ['/media/me/usb/Tidemark/', 'Tidemark'],
  ['sftp:me@nas:/backup', 'backup'],
  ['E:\\', 'E'],
  ['/', '/'],
])('%s is called %s', (location, name) => {
  expect(nameOfLocation(location)).toBe(name);
});
