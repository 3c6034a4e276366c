/** A folder of a version beside the disk as it is now, by real files. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bytesToByteString, textToByteString, type ByteString } from '#base/byte-string.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import { diskPathOf } from '#engine-service/disk-path.ts';
import { treePathOf } from '#operations/find-in-snapshot.ts';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';
import { MemoryCatalogueDisk } from '#test/support/memory-catalogue-disk.ts';

const ODD = Buffer.from([0x6f, 0xff, 0x64]);

test('every entry is told from what is there now, and nothing is opened', async () => {
  const catalogueDisk = new MemoryCatalogueDisk();
  const { calls } = startTestEngine({ catalogueDisk });
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(path.join(source, 'folder'), { recursive: true });
  const at = (name: string) => path.join(source, name);
  for (const name of ['same', 'changed', 'older now', 'grown', 'gone', 'now a folder'])
    fs.writeFileSync(at(name), 'words');
  fs.writeFileSync(Buffer.concat([Buffer.from(`${source}/`), ODD]), 'odd');
  fs.utimesSync(at('grown'), 1_700_000_000, 1_700_000_000);
  fs.symlinkSync('same', at('link'));
  const access = await makePlace(
    { calls, connection: undefined as never, log: [] },
    path.join(folder, 'place'),
  );
  const { version } = await calls.backup({ access, choice: backupChoice(source) });
  await calls['history.read']({ access });

  fs.writeFileSync(at('changed'), 'other');
  fs.utimesSync(at('older now'), 1, 1);
  fs.appendFileSync(at('grown'), ' and more');
  fs.utimesSync(at('grown'), 1_700_000_000, 1_700_000_000);
  fs.rmSync(at('gone'));
  fs.rmSync(at('now a folder'));
  fs.mkdirSync(at('now a folder'));
  fs.writeFileSync(at('new'), 'new words');
  fs.mkdirSync(at('new folder'));
  // What a restore keeps, and what it has not finished, is nobody's.
  fs.mkdirSync(at('.tidemark-undo'));
  fs.writeFileSync(at('.tidemark-restore-0a0b0c0d-1-0a0b0c0d-1'), '');

  const names = ['same', 'changed', 'older now', 'grown', 'gone', 'now a folder', 'folder', 'link', 'never'];
  const ask = {
    repositoryId: access.repositoryId!,
    snapshotId: version.snapshotId,
    folder: textToByteString(source),
    names: [...names.map(textToByteString), bytesToByteString(ODD)],
    withOnlyNow: true,
  };
  const told = await calls.now(ask);
  expect(Object.fromEntries(told.states.map(({ name, now }) => [name, now]))).toEqual({
    same: 'same',
    changed: 'older',
    'older now': 'newer',
    grown: 'older',
    gone: 'missing',
    'now a folder': 'replaced',
    folder: 'same',
    link: 'same',
    never: 'unknown',
    [bytesToByteString(ODD)]: 'same',
  });
  expect(told.onlyNow?.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
    { name: 'new', label: 'new', kind: 'file', sizeBytes: 9 },
    { name: 'new folder', kind: 'folder', sizeBytes: 0 },
  ]);
  expect(told.isOnlyNowCut).toBe(false);

  // The folder is gone: so is everything in it, and a folder with more than anybody reads is cut.
  fs.rmSync(source, { recursive: true });
  const later = await calls.now({ ...ask, names: [textToByteString('same')] });
  expect(later).toEqual({ states: [{ name: 'same', now: 'missing' }], onlyNow: [], isOnlyNowCut: false });
  fs.mkdirSync(source);
  for (let i = 0; i < 1_001; i++) fs.writeFileSync(at(`new ${i}`), '');
  const many = await calls.now({ ...ask, names: [] });
  expect(many.onlyNow).toHaveLength(1_000);
  expect(many.isOnlyNowCut).toBe(true);

  // A folder that was never saved from here, and the computer of somebody else.
  const elsewhere = await calls.now({ ...ask, folder: '/somewhere' as ByteString });
  expect(elsewhere.states[0]).toEqual({ name: 'same', now: 'unknown' });
  const other = startTestEngine({ catalogueDisk, identity: { ...machineIdentity(), hostname: 'another' } });
  await other.calls['place.unlock']({ access, password: 'typed by somebody' });
  await other.calls['history.read']({ access });
  expect((await other.calls.now(ask)).states.every(({ now }) => now === 'unknown')).toBe(true);
});

test('a folder is older than now where anything below it has changed in a version since, and the same else', async () => {
  const { calls } = startTestEngine({ catalogueDisk: new MemoryCatalogueDisk() });
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  for (const name of ['grows', 'shrinks', 'changes/deep', 'stays']) {
    fs.mkdirSync(path.join(source, name), { recursive: true });
    fs.writeFileSync(path.join(source, name, 'one'), 'first');
  }
  const access = await makePlace(
    { calls, connection: undefined as never, log: [] },
    path.join(folder, 'place'),
  );
  const backUp = async (): Promise<string> => {
    const { version } = await calls.backup({ access, choice: backupChoice(source) });
    await calls['history.read']({ access });
    return version.snapshotId;
  };
  const first = await backUp();
  fs.writeFileSync(path.join(source, 'grows/two'), 'second');
  fs.rmSync(path.join(source, 'shrinks/one'));
  fs.writeFileSync(path.join(source, 'changes/deep/one'), 'second');
  const second = await backUp();
  const names = ['grows', 'shrinks', 'changes', 'stays'];
  const states = async (snapshotId: string): Promise<string[]> => {
    const { states: told } = await calls.now({
      repositoryId: access.repositoryId!,
      snapshotId: snapshotId as never,
      folder: textToByteString(source),
      names: names.map(textToByteString),
      withOnlyNow: false,
    });
    return told.map(({ now }) => now);
  };
  expect(await states(first)).toEqual(['older', 'older', 'older', 'same']);
  expect(await states(second)).toEqual(['same', 'same', 'same', 'same']);
});

test('paths of trees and of Windows', () => {
  expect(diskPathOf('/C/Users/me' as ByteString, 'win32')).toBe('C:\\Users\\me');
  expect(diskPathOf('/C' as ByteString, 'win32')).toBe('C:\\');
  expect(treePathOf('C:\\Users\\me')).toBe('/C/Users/me');
  expect(treePathOf('/home//me/')).toBe('/home/me');
});
