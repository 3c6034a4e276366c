/** What a window asks a core for besides jobs and browsing: settings, space, the kit, the log, with a real place behind it. */
import { readFileSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import { activityText } from '#core/export-activity.ts';
import { resticLines } from '#services/places/restic-lines.ts';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
beforeEach(async () => {
  world = new CoreWorld();
  world.write('home/letter.txt', 'words');
  world.write('home/photos/2024/one', 'x'.repeat(3_000));
  world.write('home/photos/two', 'y'.repeat(2_000));
  world.write('home/notes/one', 'z'.repeat(500));
  await world.start();
});
afterEach(() => world.remove());

test('space, contents, the zip, the kit and the log of a place, also when it is away', async () => {
  const { placeId, recoveryCode } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  const saved = await world.run({ kind: 'backup', planId, placeId });
  const { snapshotId } = saved.result as { snapshotId: string };
  await world.run({ kind: 'readHistory', placeId });

  const space = await world.calls['space.get']({ placeId });
  expect(space.byFolder).toEqual([
    { series: planId, folder: world.at('home/photos'), label: world.at('home/photos'), bytes: 5_000 },
    { series: planId, folder: world.at('home/notes'), label: world.at('home/notes'), bytes: 500 },
    { series: planId, folder: world.at('home'), label: world.at('home'), bytes: 5 },
  ]);
  expect(space.storedBytes).toBeGreaterThan(500);
  expect(space.freeBytes).toBeGreaterThan(0);
  expect(space.points).toMatchObject([{ addedBytes: expect.any(Number) as number }]);

  const ask = { placeId, snapshotId, path: world.at('home/letter.txt'), offset: 1, length: 3 };
  const part = await world.calls['browse.content'](ask);
  expect(part).toEqual({ sizeBytes: 5, offset: 1, base64: Buffer.from('ord').toString('base64') });
  await expect(world.calls['browse.content']({ ...ask, length: 5 << 20 })).rejects.toMatchObject({
    code: 'request.invalidInput',
  });
  const { offset: _offset, length: _length, ...asked } = ask;
  expect(await world.calls['browse.owner'](asked)).toMatchObject({ uid: process.getuid?.() });
  const now = { placeId, snapshotId, folder: world.at('home'), names: ['letter.txt', 'photos'] };
  expect(await world.calls['browse.now'](now)).toMatchObject({
    states: [{ now: 'same' }, { now: 'same' }],
  });
  const zip = { kind: 'export' as const, placeId, from: [{ snapshotId, paths: [world.at('home/photos')] }] };
  const exported = await world.run({ ...zip, target: world.at('photos.zip') });
  expect(exported).toMatchObject({ state: 'done', result: { files: 2, target: world.at('photos.zip') } });
  expect(readFileSync(world.at('photos.zip')).subarray(0, 2).toString()).toBe('PK');

  const kit = await world.calls['kit.get']({ placeId });
  const { repositoryId } = (await world.mirror()).places[0]!;
  expect(kit).toMatchObject({ placeName: 'drive', kind: 'local', location: world.at('drive'), repositoryId });
  expect(kit.keyIds).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(kit.commands[0]).toContain(world.at('drive'));
  expect(JSON.stringify(kit)).not.toContain(recoveryCode.slice(0, 5));

  const csv = await world.calls['activity.export']({ format: 'csv', fromMs: null, toMs: null });
  expect(csv.text.split('\r\n')[0]).toBe('number,time,kind,data');
  expect(csv.text).toContain('placeAdded');
  expect(csv).toMatchObject({ isCut: false, entries: csv.text.split('\r\n').length - 2 });
  const json = await world.calls['activity.export']({ format: 'json', fromMs: null, toMs: null });
  expect(JSON.parse(json.text)).toHaveLength(json.entries);
  const none = await world.calls['activity.export']({ format: 'json', fromMs: 0, toMs: 1 });
  expect(none).toEqual({ text: '[]\n', entries: 0, isCut: false });

  renameSync(world.at('drive'), world.at('unplugged'));
  expect(await world.calls['space.get']({ placeId })).toEqual({
    ...space,
    storedBytes: null,
    freeBytes: null,
  });
  expect(await world.calls['kit.get']({ placeId })).toEqual({
    ...kit,
    keyIds: [],
    dateMs: expect.any(Number) as number,
  });
  expect(await world.calls['browse.now'](now)).toMatchObject({ states: [{ now: 'same' }, { now: 'same' }] });
  await expect(world.calls['browse.content'](ask)).rejects.toMatchObject({
    code: expect.stringMatching(/^(storage.unreachable|repository.notFound)$/) as string,
  });
});

test('how the person wants the window is told to every window, and stays', async () => {
  expect(await world.calls['settings.get']({})).toEqual(DEFAULT_WINDOW_SETTINGS);
  const wanted = { ...DEFAULT_WINDOW_SETTINGS, theme: 'dark', rowHeight: 'compact' } as const;
  expect(await world.calls['settings.put'](wanted)).toEqual(wanted);
  expect((await world.mirror()).settings).toEqual(wanted);
  await world.stop();
  await world.start();
  expect((await world.mirror()).settings).toEqual(wanted);
  const wrong = { ...wanted, theme: 'pink' } as never;
  await expect(world.calls['settings.put'](wrong)).rejects.toMatchObject({ code: 'request.invalidInput' });
});

test('the machine answers through the core', async () => {
  const folders = await world.calls['machine.folders']({});
  expect(folders.map(({ key }) => key)).toContain('documents');
  expect(await world.calls['machine.measure']({ folder: world.at('home') })).toMatchObject({
    files: 4,
    bytes: 5_505,
  });
  expect(Array.isArray(await world.calls['machine.places']({}))).toBe(true);
  const made = await world.calls['host.makeFolder']({ parent: world.at('home'), name: 'new' });
  const listed = await world.calls['host.listFolder']({ folder: world.at('home') });
  expect(listed.folders.map((folder) => folder.path)).toContain(made.folder);
});

test('lines for a terminal, and fields for a spreadsheet, mean what they say', () => {
  expect(resticLines("/media/it's mine")[0]).toBe(`restic -r '/media/it'\\''s mine' snapshots`);
  expect(resticLines('sftp:me@nas:/copies')[0]).toBe('restic -r sftp:me@nas:/copies snapshots');
  const entry = { number: 1, atMs: 0, kind: '=1+1', data: { name: 'a "quoted", name' } };
  expect(activityText([entry], 'csv').split('\r\n')[1]).toBe(
    `1,1970-01-01T00:00:00.000Z,'=1+1,"{""name"":""a \\""quoted\\"", name""}"`,
  );
});
