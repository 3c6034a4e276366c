/** Following a repository: what is read and what is not, in which order, what stops it and what does not. */
import { describe, expect, test } from 'vitest';
import type { BlobId } from '#base/ids.ts';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { CatalogueWorld, folderOf, type WorldFolder } from '#test/support/catalogue-world.ts';
import { namesIn, openCatalogue, path, ROOT, versionsOf } from '#test/support/catalogue.ts';

const home = (letter: string, more: Record<string, unknown> = {}): WorldFolder =>
  folderOf({ a: { deep: { 'one.txt': letter } }, b: { same: { 'two.txt': 'y' } }, ...more });

describe('what is read', () => {
  test('of a new point only folders that changed, with those above', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    world.take('s', home('x'), 1);
    await catalogue.update(world);
    expect(world.reads).toHaveLength(5);
    world.reads.length = 0;
    const root = home('z');
    world.take('s', root, 2);
    expect(await catalogue.update(world)).toEqual({ pointsRead: 1, pointsRemoved: 0, damagedPoints: 0 });
    const a = root.entries.get(path('a')) as WorldFolder;
    const deep = a.entries.get(path('deep')) as WorldFolder;
    expect(world.reads).toEqual([root, a, deep].map((folder) => world.treeOf(folder)));
    await catalogue.close();
  });

  test('nothing for snapshots that were only written anew, also when the whole series gets another name', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const first = world.take('s', home('x'), 1, { tags: [] });
    const second = world.take('s', home('y'), 2, { tags: [] });
    await catalogue.update(world);
    world.reads.length = 0;
    const labelled = world.rewrite(first, { tags: ['label'] });
    expect(await catalogue.update(world)).toEqual({ pointsRead: 0, pointsRemoved: 0, damagedPoints: 0 });
    expect(catalogue.points().map(({ snapshotId }) => snapshotId)).toEqual([labelled, second]);
    expect(catalogue.points()[0]).toMatchObject({ tags: ['label'], original: first });
    const adopted = [labelled, second].map((id) => world.rewrite(id, { tags: [seriesTag('mine')] }));
    expect(await catalogue.update(world)).toEqual({ pointsRead: 0, pointsRemoved: 0, damagedPoints: 0 });
    expect(catalogue.points('mine').map(({ snapshotId }) => snapshotId)).toEqual(adopted);
    expect(catalogue.points()).toHaveLength(2);
    expect(world.reads).toEqual([]);
    await catalogue.close();
  });

  test('nothing of a point that is forgotten: what its neighbours have alike becomes one', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const ids = ['x', 'z', 'x'].map((letter, i) => world.take('s', home(letter), i));
    await catalogue.update(world);
    const file = '/a/deep/one.txt';
    expect(versionsOf(catalogue, 's', file)).toHaveLength(3);
    world.reads.length = 0;
    world.snapshots.delete(ids[1]!);
    expect(await catalogue.update(world)).toMatchObject({ pointsRead: 0, pointsRemoved: 1 });
    expect(world.reads).toEqual([]);
    expect(versionsOf(catalogue, 's', file)).toMatchObject([
      { from: { snapshotId: ids[0] }, to: { snapshotId: ids[2] } },
    ]);
    for (const id of world.snapshots.keys()) world.snapshots.delete(id);
    const left: unknown[] = [];
    await catalogue.update(world, {
      onProgress: ({ pointsDone, pointsTotal }) =>
        left.push([pointsDone, pointsTotal, catalogue.points().length]),
    });
    // Who shows points learns of each that goes.
    expect(left).toEqual([
      [0, 2, 2],
      [1, 2, 1],
      [2, 2, 0],
    ]);
    await catalogue.close();
  });
});

describe('a repository that is there already', () => {
  test('is read newest first, and what is known answers meanwhile', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const ids = ['x', 'y', 'z'].map((letter, i) =>
      world.take('s', home(letter, { [`only ${i}`]: letter }), i),
    );
    const seen: unknown[] = [];
    let counted = 0;
    await catalogue.update(world, {
      onProgress: ({ pointsDone, pointsTotal, folders }) => {
        counted = Math.max(counted, folders);
        const states = catalogue.points().map(({ state }) => state);
        if (seen.length === pointsDone)
          seen.push([pointsTotal, states, ids.map((id) => namesIn(catalogue, id, '/'))]);
      },
    });
    const waiting = 'waiting';
    expect(seen).toEqual([
      [3, [waiting, waiting, waiting], [waiting, waiting, waiting]],
      [3, [waiting, waiting, 'known'], [waiting, waiting, ['a', 'b', 'only 2']]],
      [3, [waiting, 'known', 'known'], [waiting, ['a', 'b', 'only 1'], ['a', 'b', '(only 1)', 'only 2']]],
      [
        3,
        ['known', 'known', 'known'],
        [
          ['a', 'b', 'only 0'],
          ['a', 'b', '(only 0)', 'only 1'],
          ['a', 'b', '(only 0)', '(only 1)', 'only 2'],
        ],
      ],
    ]);
    expect(counted).toBe(5);
    await catalogue.close();
  });

  test('stopped, it keeps the points that were read, and goes on from there', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    for (const [i, letter] of ['x', 'y', 'z'].entries()) world.take('s', home(letter), i);
    const stop = new AbortController();
    const update = catalogue.update(world, {
      signal: stop.signal,
      onProgress: ({ pointsDone }) => pointsDone === 1 && stop.abort(),
    });
    await expect(update).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(catalogue.points().map(({ state }) => state)).toEqual(['waiting', 'waiting', 'known']);
    const again = await catalogue.update(world);
    expect(again.pointsRead).toBe(2);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toHaveLength(3);
    await catalogue.close();
  });

  test('an error of the place ends the update, and takes back the point that was under way', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    world.take('s', home('x'), 1);
    await catalogue.update(world);
    world.take('s', home('z', { more: { c: 'c' } }), 2);
    let reads = 0;
    const failing = {
      repositoryId: world.repositoryId,
      primitives: world.primitives,
      loadSnapshots: () => world.loadSnapshots(),
      loadTree: (id: BlobId) => (++reads > 2 ? Promise.reject(new Error('gone')) : world.loadTree(id)),
    };
    await expect(catalogue.update(failing)).rejects.toThrow('gone');
    expect(catalogue.points().map(({ state }) => state)).toEqual(['known', 'waiting']);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toHaveLength(1);
    expect(await catalogue.update(world)).toMatchObject({ pointsRead: 1 });
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toHaveLength(2);
    await catalogue.close();
  });

  test('points that come in between until there is no room: the series is read anew', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const times = [0, 100_000];
    for (const second of times) world.take('s', home('x'), second);
    await catalogue.update(world);
    for (let i = 0; i < 14; i++) {
      times.push(100_000 / 2 ** (i + 1));
      world.take('s', home('xyz'[i % 3]!), times.at(-1)!);
      await catalogue.update(world);
    }
    const points = catalogue.points('s');
    expect(points.map(({ timeMs }) => timeMs)).toEqual(
      points.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b),
    );
    expect(points.map(({ state }) => state)).toEqual(Array.from({ length: 16 }, () => 'known'));
    await catalogue.close();
  });
});

describe('damaged', () => {
  test('a folder that cannot be read is told as such, and nothing else suffers; after a repair it is read', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const roots = ['x', 'y', 'z'].map((letter) => home(letter, { [`new ${letter}`]: letter }));
    const deep = (roots[1]!.entries.get(path('a')) as WorldFolder).entries.get(path('deep')) as WorldFolder;
    world.damagedTrees.add(world.treeOf(deep));
    const ids = roots.map((root, i) => world.take('s', root, i));
    for (let i = 0; i < 3; i++) await catalogue.update(world);
    // The same tree once more: still not read, still told.
    ids.push(world.take('s', { ...roots[1]!, second: 5 }, 1.5));
    expect(await catalogue.update(world)).toEqual({ pointsRead: 1, pointsRemoved: 0, damagedPoints: 2 });
    const states = catalogue.points().map(({ state }) => state);
    expect(states).toEqual(['known', 'partly', 'partly', 'known']);
    for (const id of [ids[1]!, ids[3]!]) {
      expect(namesIn(catalogue, id, '/a/deep')).toBe('damaged');
      expect(namesIn(catalogue, id, '/a')).toEqual(['deep']);
      expect(namesIn(catalogue, id, '/')).toEqual(['a', 'b', '(new x)', 'new y']);
    }
    expect(namesIn(catalogue, ids[2]!, '/a/deep')).toEqual(['one.txt']);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt').map(({ kind }) => kind)).toEqual([
      'version',
      'version',
    ]);
    const compared = await catalogue.difference(ids[0]!, ids[1]!, ROOT);
    expect(compared).toMatchObject({ isComplete: false, counts: { added: 1, removed: 1 } });
    world.damagedTrees.clear();
    expect(await catalogue.update(world)).toMatchObject({ pointsRead: 0, damagedPoints: 2 });
    expect(await catalogue.update(world, { readDamagedAgain: true })).toEqual({
      pointsRead: 2,
      pointsRemoved: 0,
      damagedPoints: 0,
    });
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toHaveLength(3);
    await catalogue.close();
  });

  test('a version is to be fetched from a point where its folder can be read', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const first = world.take('s', home('x'), 1);
    await catalogue.update(world);
    const deep = (home('y').entries.get(path('a')) as WorldFolder).entries.get(path('deep')) as WorldFolder;
    world.damagedTrees.add(world.treeOf(deep));
    const second = world.take('s', home('y'), 2);
    await catalogue.update(world);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toMatchObject([
      { to: { snapshotId: second }, fetchFrom: { snapshotId: first } },
    ]);
    world.snapshots.delete(first);
    await catalogue.update(world);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')[0]).not.toHaveProperty('fetchFrom');
    await catalogue.close();
  });

  test('a snapshot without a tree, and one whose root is damaged, are points of which nothing can be told', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    world.take('s', home('x'), 1);
    const without = world.take('s', home('y'), 2, { tree: null });
    const damaged = world.take('s', home('z'), 3);
    world.damagedTrees.add(world.treeOf(home('z')));
    const last = world.take('s', home('x'), 4);
    await catalogue.update(world);
    expect(catalogue.points().map(({ state }) => state)).toEqual(['known', 'partly', 'partly', 'known']);
    expect([without, damaged].map((id) => namesIn(catalogue, id, '/'))).toEqual(['damaged', 'damaged']);
    expect(namesIn(catalogue, last, '/')).toEqual(['a', 'b']);
    expect(versionsOf(catalogue, 's', '/a/deep/one.txt')).toHaveLength(1);
    await catalogue.close();
  });

  test('a snapshot whose file is damaged keeps its point', async () => {
    const world = new CatalogueWorld();
    const catalogue = await openCatalogue();
    const id = world.take('s', home('x'), 1);
    world.take('s', home('y'), 2);
    await catalogue.update(world);
    world.damagedSnapshots.add(id);
    await catalogue.update(world);
    expect(catalogue.points().map(({ isFileDamaged }) => isFileDamaged)).toEqual([true, false]);
    expect(namesIn(catalogue, id, '/')).toEqual(['a', 'b']);
    world.damagedSnapshots.clear();
    await catalogue.update(world);
    expect(catalogue.points().map(({ isFileDamaged }) => isFileDamaged)).toEqual([false, false]);
    await catalogue.close();
  });
});
