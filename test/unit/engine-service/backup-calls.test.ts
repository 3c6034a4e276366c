/** Backups asked for over the channel: real repositories in folders, real threads. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { JobTold } from '#contract/engine/engine-calls.ts';
import type { SnapshotId } from '#base/ids.ts';
import { PART_TAG } from '#rules/snapshot-marks.ts';
import { backUp, openTestRepository } from '#test/support/engine.ts';
import {
  backupChoice,
  makePlace,
  PLACE_PASSWORD,
  SERIES,
  startTestEngine,
  temporaryFolder,
  type TestEngine,
} from '#test/support/engine-service.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';

interface World extends TestEngine {
  readonly access: PlaceAccess;
  readonly source: string;
  write(name: string, text: string): void;
}

async function makeWorld(): Promise<World> {
  const folder = temporaryFolder();
  const engine = startTestEngine();
  const access = await makePlace(engine, path.join(folder, 'place'));
  const source = path.join(folder, 'source');
  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
    fs.writeFileSync(path.join(source, name), text);
  };
  write('letters/one.txt', 'first');
  write('letters/two.txt', 'second');
  return { ...engine, access, source, write };
}

describe('backup', () => {
  test('a version is there when the call answers, and is listed', async () => {
    const { calls, access, source } = await makeWorld();
    const outcome = await calls.backup({ access, choice: backupChoice(source) });
    expect(outcome).toMatchObject({ filesNew: 2, leftOut: 0, wasHinted: false, walkedBecause: null });
    expect(outcome.version.tags).toEqual([SERIES]);
    expect(outcome.version.paths).toEqual([source]);
    expect((await calls['versions.list']({ access })).versions).toEqual([outcome.version]);
    const repository = await openTestRepository(access.location, PLACE_PASSWORD);
    expect((await repository.snapshots.loadAll()).snapshots.map(({ id }) => id)).toEqual([
      outcome.version.snapshotId,
    ]);
  });

  test('of much, a few files go ahead as a version of a part; the first whole one compares with none', async () => {
    const { calls, access, source, write } = await makeWorld();
    const choice = backupChoice(source);
    expect(await calls.saveFirstFiles({ access, choice })).toBeNull();
    expect((await calls['versions.list']({ access })).versions).toEqual([]);

    write('film.mkv', '');
    fs.truncateSync(path.join(source, 'film.mkv'), 65_000_000);
    const part = (await calls.saveFirstFiles({ access, choice }))!;
    expect(part.tags).toEqual([SERIES, PART_TAG]);
    expect(part.paths).toEqual([source]);
    const repository = await openTestRepository(access.location, PLACE_PASSWORD);
    const { snapshot } = await repository.snapshots.load(part.snapshotId as SnapshotId);
    expect(snapshot.summary).toMatchObject({ totalFilesProcessed: 2, filesNew: 2 });

    const hints = { paths: [], wholeFolders: [], since: part.snapshotId };
    const whole = await calls.backup({ access, choice: { ...choice, hints } });
    expect(whole).toMatchObject({ filesNew: 3, filesUnmodified: 0, wasHinted: false });
    expect(whole.walkedBecause).toBe('noParent');
    expect(whole.version.tags).toEqual([SERIES]);
    // Nobody may have told this computer of what lies there: a rule that keeps one version a day must not keep the part for it.
    expect(await calls.saveFirstFiles({ access, choice })).toBeNull();
    expect((await calls['versions.list']({ access })).versions).toHaveLength(2);
    // What cannot be read may be one.
    const folder = path.join(access.location, 'snapshots');
    for (const name of fs.readdirSync(folder)) {
      fs.chmodSync(path.join(folder, name), 0o600);
      fs.writeFileSync(path.join(folder, name), 'no snapshot');
    }
    expect(await calls.saveFirstFiles({ access, choice })).toBeNull();
  });

  test('hints are followed from the version they were gathered since, and doubted from another', async () => {
    const { calls, access, source, write } = await makeWorld();
    const first = await calls.backup({ access, choice: backupChoice(source) });
    write('letters/one.txt', 'changed');
    // Nobody has told of it: hints are believed.
    write('letters/two.txt', 'changed behind their back');
    const paths = [textToByteString(path.join(source, 'letters/one.txt'))];
    const hints = { paths, wholeFolders: [], since: first.version.snapshotId };
    const second = await calls.backup({ access, choice: backupChoice(source, { hints }) });
    expect(second).toMatchObject({
      wasHinted: true,
      walkedBecause: null,
      filesChanged: 1,
      filesUnmodified: 1,
    });
    const third = await calls.backup({ access, choice: backupChoice(source, { hints }) });
    expect(third).toMatchObject({ wasHinted: false, walkedBecause: 'otherParent', filesChanged: 1 });
  });

  test('hints are not followed over a change of the rule about cache folders, which adds nothing to the patterns', async () => {
    const { calls, access, source, write } = await makeWorld();
    write('made/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55');
    write('made/result', 'left out as long as the rule holds');
    const first = await calls.backup({ access, choice: backupChoice(source) });
    expect(first.filesNew).toBe(3);
    const hints = { paths: [], wholeFolders: [], since: first.version.snapshotId };
    const second = await calls.backup({
      access,
      choice: backupChoice(source, { hints, excludesCaches: false }),
    });
    expect(second).toMatchObject({ wasHinted: false, walkedBecause: 'otherExcludes', filesNew: 1 });
  });

  test('the parent is of the series, whatever others save of the same folder', async () => {
    const { calls, access, source, write } = await makeWorld();
    const first = await calls.backup({ access, choice: backupChoice(source) });
    write('letters/three.txt', 'third');
    const repository = await openTestRepository(access.location, PLACE_PASSWORD);
    const { hostname } = first.version;
    await backUp(repository, source, { hostname });
    const second = await calls.backup({ access, choice: backupChoice(source) });
    expect(second).toMatchObject({ filesNew: 1, filesUnmodified: 2 });
    // A folder more is the same series still.
    const more = path.join(path.dirname(source), 'more');
    fs.mkdirSync(more);
    fs.writeFileSync(path.join(more, 'file'), 'of another folder');
    const sources = [source, more].map(textToByteString);
    expect(await calls.backup({ access, choice: backupChoice(source, { sources }) })).toMatchObject({
      filesNew: 1,
      filesUnmodified: 3,
    });
  });

  test('patterns and marked cache folders are left out; a bad pattern is refused', async () => {
    const { calls, access, source, write } = await makeWorld();
    write('cache/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55\n');
    write('cache/page', 'fetched');
    write('letters/draft.tmp', 'rubbish');
    const excludePatterns = [textToByteString('*.tmp')];
    const outcome = await calls.backup({ access, choice: backupChoice(source, { excludePatterns }) });
    expect(outcome.filesNew).toBe(3);
    const bad = backupChoice(source, { excludePatterns: [textToByteString('[')] });
    await expect(calls.backup({ access, choice: bad })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
  });

  test('an emptied source is refused unless it is meant', async () => {
    const { calls, access, source } = await makeWorld();
    await calls.backup({ access, choice: backupChoice(source) });
    fs.rmSync(path.join(source, 'letters'), { recursive: true });
    await expect(calls.backup({ access, choice: backupChoice(source) })).rejects.toMatchObject({
      code: 'files.sourceEmpty',
    });
    const meant = backupChoice(source, { allowEmptySource: true });
    expect((await calls.backup({ access, choice: meant })).filesUnmodified).toBe(0);
  });

  test.skipIf(process.getuid?.() === 0 && process.platform === 'win32')(
    'what cannot be read is told as it comes, and left out',
    async () => {
      const { calls, access, source } = await makeWorld();
      fs.symlinkSync('/proc/self/mem', path.join(source, 'link'));
      const told: JobTold[] = [];
      const choice = backupChoice(source, {
        sources: [textToByteString('/proc/self/mem'), textToByteString(source)],
      });
      const outcome = await calls.backup({ access, choice }, { onProgress: (each) => told.push(each) });
      expect(outcome.leftOut).toBe(1);
      expect(told.filter(({ kind }) => kind === 'trouble')).toEqual([
        {
          kind: 'trouble',
          path: '/proc/self/mem',
          error: expect.objectContaining({ code: 'files.unreadable' }) as unknown,
        },
      ]);
    },
  );
});
