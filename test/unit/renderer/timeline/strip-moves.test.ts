/** Stepping along the strip: to the neighbour of the version in view, and nowhere by a strip that is of something else. */
import { beforeEach, expect, test } from 'vitest';
import { stepVersion } from '#renderer/features/timeline/inspector/strip-moves.ts';
import type { PlacedItem, Version } from '#renderer/features/timeline/inspector/strip-view.ts';
import { useHistoryView } from '#renderer/features/timeline/view-store.ts';

const PATH = '/home/me/letter.txt';

function placed(id: string, isNewest = false, path = PATH): PlacedItem & { readonly item: Version } {
  const ref = { snapshotId: id, time: '2026-11-22T12:00:00.000Z', timeMs: 0 };
  const { from, to } = { from: ref, to: ref };
  const file = { entryKind: 'file', sizeBytes: 1, modifiedMs: 0, content: id } as const;
  return { path, item: { kind: 'version', from, to, ...file, isOldestKnown: false, isNewest } };
}

const [newest, middle, oldest] = [placed('new', true), placed('middle'), placed('old')];
const strip = [newest, middle, oldest];
const pointInView = (): string | null => useHistoryView.getState().pointId;

beforeEach(() => {
  useHistoryView.getState().goTo(null);
  useHistoryView.setState({ selection: [{ path: PATH }] as never });
});

test('a step goes to the older or the newer neighbour', () => {
  expect(stepVersion(strip, { path: PATH, version: newest.item }, -1)).toBe(true);
  expect(pointInView()).toBe('middle');
  expect(stepVersion(strip, { path: PATH, version: oldest.item }, 1)).toBe(true);
  expect(pointInView()).toBe('middle');
  expect(stepVersion(strip, { path: PATH, version: middle.item }, 1)).toBe(true);
  expect(pointInView()).toBeNull();
});

test('at the end of the strip, and in the strip of another file, there is no step', () => {
  expect(stepVersion(strip, { path: PATH, version: oldest.item }, -1)).toBe(false);
  const ofAnother = strip.map(({ item }) => ({ item, path: '/home/me/other.txt' }));
  expect(stepVersion(ofAnother, { path: PATH, version: newest.item }, -1)).toBe(false);
  expect(pointInView()).toBeNull();
});
