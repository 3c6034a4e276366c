/** Tags of snapshots in small real repositories: restic's rules, and nothing lost when it stops in the middle. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { executeTag, type TagChange, type TagResult } from '#operations/tag.ts';
import type { SnapshotsRequest } from '#operations/snapshots.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { reopenHastily, versionsOf } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-tag-'));
let pristine: Repository;
let image: MemoryStorage;
let storage: MemoryStorage;
let first: SnapshotId;

beforeAll(async () => {
  writeFileSync(join(base, 'file'), 'content');
  ({ repository: pristine, storage: image } = await makeMemoryRepository());
  const made = await backUp(pristine, base, { tags: ['a', 'b'], time: '2026-01-01T00:00:00Z' });
  first = made.snapshotId!;
  await backUp(pristine, base, { hostname: 'other', time: '2026-01-02T00:00:00Z' });
});
beforeEach(() => (storage = image.fork()));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const change = (add: readonly string[], remove: readonly string[] = []): TagChange => ({
  kind: 'change',
  add,
  remove,
});

function tag(wish: TagChange, snapshots: SnapshotsRequest = {}, at: Storage = storage): Promise<TagResult> {
  return executeTag(reopenHastily(pristine, at), { change: wish, snapshots });
}

const tags = async (): Promise<(readonly string[])[]> =>
  (await versionsOf(pristine, storage)).map(({ snapshot }) => snapshot.tags);

describe('the tags', () => {
  test.each<[string, TagChange, string[][]]>([
    [
      'added, none twice',
      change(['b', 'c', 'c']),
      [
        ['a', 'b', 'c'],
        ['b', 'c'],
      ],
    ],
    ['removed', change([], ['b', 'x']), [['a'], []]],
    ['first added, then removed', change(['c'], ['a', 'c']), [['b'], []]],
    [
      'set',
      { kind: 'set', tags: ['z', 'z', 'y'] },
      [
        ['z', 'y'],
        ['z', 'y'],
      ],
    ],
    ['set to none', { kind: 'set', tags: [''] }, [[], []]],
  ])('are %s', async (_how, wish, expected) => {
    await tag(wish);
    expect(await tags()).toEqual(expected);
  });

  test('change only where they are asked for', async () => {
    await tag(change(['x']), { filter: { hosts: ['other'] } });
    expect(await tags()).toEqual([['a', 'b'], ['x']]);
    await tag(change(['y']), { ids: [first.slice(0, 10)] });
    expect(await tags()).toEqual([['a', 'b', 'y'], ['x']]);
  });

  test('are told by both ids, and the rest of the snapshot stays', async () => {
    const before = (await versionsOf(pristine, storage))[0]!.snapshot;
    const { changed } = await tag(change(['x']), { ids: [first] });
    const [after] = await versionsOf(pristine, storage);
    expect(changed).toEqual([{ oldId: first, newId: after!.id }]);
    expect(after!.snapshot).toEqual({ ...before, tags: ['a', 'b', 'x'], original: first });
  });

  test('keep the first of all ids as the original', async () => {
    await tag(change(['x']), { ids: [first] });
    await tag(change(['y']), { filter: { tags: [['x']] } });
    const [after] = await versionsOf(pristine, storage);
    expect(after!.snapshot.original).toBe(first);
  });
});

test('what is so already is not written again', async () => {
  const watching = new FaultStorage(storage);
  const { changed } = await tag(change(['a'], ['x']), { ids: [first] }, watching);
  expect(changed).toEqual([]);
  // The lock comes and goes.
  expect(watching.changeCount).toBe(2);
});

test('a call that names no tag, or an unknown snapshot, changes nothing', async () => {
  for (const run of [() => tag(change([])), () => tag(change(['x']), { ids: ['ffff'] })]) {
    const before = [...storage.files.keys()];
    await expect(run()).rejects.toSatisfy((error) => isTidemarkError(error));
    expect([...storage.files.keys()]).toEqual(before);
  }
});

test('a damaged snapshot is told and left alone, the others are tagged', async () => {
  const path = `snapshots/${first}`;
  storage.files.get(path)![50]! ^= 1;
  const { changed, damaged } = await tag(change(['x']));
  expect(changed).toHaveLength(1);
  expect(damaged.map(({ data }) => data.id)).toEqual([first]);
  expect(storage.files.has(path)).toBe(true);
});

test('somebody else’s lock is respected', async () => {
  const lock = await reopen(pristine, storage).lock({ exclusive: false });
  await expect(tag(change(['x']))).rejects.toSatisfy((error) => isTidemarkError(error, 'repository.locked'));
  await lock.release();
});

test('a cancel stops it between two snapshots', async () => {
  const stop = new AbortController();
  const wish = { change: change(['x']), snapshots: {} };
  const observer = { onChanged: () => stop.abort() };
  const run = executeTag(reopenHastily(pristine, storage), wish, observer, stop.signal);
  await expect(run).rejects.toSatisfy((error) => isTidemarkError(error, 'job.cancelled'));
  expect(await tags()).toEqual([['a', 'b', 'x'], []]);
  expect([...storage.files.keys()].filter((path) => path.startsWith('locks/'))).toEqual([]);
});
