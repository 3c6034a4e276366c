/** Check, thinning out, cleaning up, restore, undo and settings over the channel. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { PlaceAccess, RestoreAsk, ThinOutChoice } from '#contract/engine/engine-values.ts';
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
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';
import { runProgram } from '#test/support/product.ts';

interface World extends TestEngine {
  readonly folder: string;
  readonly source: string;
  readonly access: PlaceAccess;
}

async function makeWorld(): Promise<World> {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(path.join(source, 'a[b]*'), { recursive: true });
  fs.writeFileSync(path.join(source, 'a[b]*/one'), 'first of one');
  fs.writeFileSync(path.join(source, 'two'), 'first of two');
  const access = await makePlace(engine, path.join(folder, 'place'));
  return { ...engine, folder, source, access };
}

const KEEP_ONE: ThinOutChoice = {
  seriesTag: SERIES,
  policy: { counts: { last: 1 }, withinUnits: {} },
  lastSeenMs: Date.now(),
  completeIds: [],
};

describe('upkeep', () => {
  test('thinning out keeps to its series and to the brake, and the preview says the same without writing', async () => {
    const { calls, access, source } = await makeWorld();
    const repository = await openTestRepository(access.location, PLACE_PASSWORD);
    const days = [1, 2, 3, 4, 5, 6, 7];
    for (const day of days)
      await backUp(
        repository,
        source,
        {
          tags: [day === 7 ? 'tidemark-series=other' : SERIES],
          time: `2026-01-0${day}T12:00:00Z`,
        },
        {},
        undefined,
        inThreadBackupPipeline,
      );
    const { versions } = await calls['versions.list']({ access });
    const completeIds = versions.map(({ snapshotId }) => snapshotId);
    const choice = { ...KEEP_ONE, completeIds };
    const before = fs.readdirSync(access.location, { recursive: true });
    const preview = await calls['thinOut.preview']({ access, choice });
    // Six of the series: a fifth may go, the oldest.
    expect(preview).toMatchObject({ keeps: 1, spares: 4 });
    expect(preview.removes.map(({ time }) => time)).toEqual(['2026-01-01T12:00:00Z']);
    // Two more follow in later runs; the newest three are never touched.
    expect(preview.later.map(({ time }) => time)).toEqual(['2026-01-02T12:00:00Z', '2026-01-03T12:00:00Z']);
    expect(fs.readdirSync(access.location, { recursive: true })).toEqual(before);
    const outcome = await calls.thinOut({ access, choice });
    expect(outcome.removedIds).toEqual(preview.removes.map(({ snapshotId }) => snapshotId));
    await expect(calls.thinOut({ access, choice: { ...choice, seriesTag: 'photos' } })).rejects.toMatchObject(
      {
        code: 'request.invalidInput',
      },
    );
    await expect(
      calls.thinOut({ access, choice: { ...choice, lastSeenMs: Date.UTC(2100, 0, 1) } }),
    ).rejects.toMatchObject({ code: 'retention.clockImplausible' });
  });

  test('cleaning up gives back room, and a check reads a part or all, and names what is damaged', async () => {
    const { calls, access, source } = await makeWorld();
    const first = await calls.backup({ access, choice: backupChoice(source) });
    fs.writeFileSync(path.join(source, 'two'), Buffer.alloc(300_000, 'x'));
    await calls.backup({ access, choice: backupChoice(source) });
    const repository = await openTestRepository(access.location, PLACE_PASSWORD);
    await repository.files.remove('snapshot', first.version.snapshotId);
    expect((await calls.cleanUp({ access })).removedPacks).toBeGreaterThan(0);
    const whole = await calls.check({ access, part: 1, of: 1 });
    expect(whole).toMatchObject({ errorCount: 0, errors: [], affectedCount: 0 });
    const parts = await Promise.all([1, 2].map((part) => calls.check({ access, part, of: 2 }).catch(String)));
    // One at a time: the second is refused, and nobody waits for ever.
    expect(parts.filter((each) => typeof each === 'string').join()).toContain('job.alreadyRunning');
    await expect(calls.check({ access, part: 3, of: 2 })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
    // The index is kept between calls and is not believed when somebody has pruned.
    const again = await calls.backup({ access, choice: backupChoice(source) });
    expect(again.filesUnmodified).toBe(2);
    const data = path.join(access.location, 'data');
    for (const name of fs.readdirSync(data, { recursive: true, encoding: 'utf8' }))
      if (fs.statSync(path.join(data, name)).isFile()) {
        fs.chmodSync(path.join(data, name), 0o600);
        fs.truncateSync(path.join(data, name), 10);
      }
    const damaged = await calls.check({ access, part: 1, of: 1 });
    expect(damaged.errorCount).toBeGreaterThan(0);
    expect(damaged.errors[0]).toMatch(/^[A-Z].*\.$/);
  });
});

describe('restore', () => {
  test('only what was chosen, whatever its name, previewed, and taken back', async () => {
    const { calls, access, source } = await makeWorld();
    const { version } = await calls.backup({ access, choice: backupChoice(source) });
    fs.writeFileSync(path.join(source, 'a[b]*/one'), 'second of one');
    fs.writeFileSync(path.join(source, 'two'), 'second of two');
    const ask: RestoreAsk = {
      snapshotId: version.snapshotId,
      paths: [textToByteString(path.join(source, 'a[b]*'))],
      target: null,
      rule: 'replace-keep-current',
    };
    expect(await calls['restore.prepare']({ access, ask, withFiles: false })).toMatchObject({
      updated: 1,
      hasRoom: true,
      filesCut: false,
    });
    expect(fs.readFileSync(path.join(source, 'a[b]*/one'), 'utf8')).toBe('second of one');
    const outcome = await calls.restore({ access, ask });
    expect(outcome).toMatchObject({ filesUpdated: 1, problems: 0, verifiedFiles: 1 });
    expect(fs.readFileSync(path.join(source, 'a[b]*/one'), 'utf8')).toBe('first of one');
    expect(fs.readFileSync(path.join(source, 'two'), 'utf8')).toBe('second of two');
    const [entry] = await calls['undo.list']({ folder: outcome.target });
    const [undo] = outcome.undos;
    expect(undo).toEqual({ folder: outcome.target, undoId: expect.any(String) as string });
    expect(entry).toMatchObject({ undoId: undo!.undoId, state: 'ended' });
    const undone = await calls.undo(undo!);
    expect(undone).toMatchObject({ returned: 1, isComplete: true, problems: 0 });
    expect(fs.readFileSync(path.join(source, 'a[b]*/one'), 'utf8')).toBe('second of one');
  });
});

describe('settings in a place', () => {
  const FILES = [
    { name: 'plans.json', text: '{"plans":["Fotos – Ü"]}\n' },
    { name: 'empty.json', text: '' },
  ];

  test('are listed newest first with nothing but a password, and not saved twice', async () => {
    const { calls, access } = await makeWorld();
    const { snapshotId } = await calls['settings.save']({ access, files: FILES });
    expect(await calls['settings.save']({ access, files: FILES })).toEqual({ snapshotId });
    const files = [{ name: 'plans.json', text: 'x'.repeat(1_200_000) }];
    const second = await calls['settings.save']({ access, files });
    const { location } = access;
    const stranger = startTestEngine();
    const listed = await stranger.calls['settings.list']({ location, password: PLACE_PASSWORD });
    expect(listed.map((each) => each.snapshotId)).toEqual([second.snapshotId, snapshotId]);
    expect(listed[0]?.files).toEqual(files);
    expect(listed[1]?.files).toEqual(FILES.toReversed());
    const unknown = { placeId: 'place', location, repositoryId: null };
    expect(await stranger.calls['place.secretState']({ access: unknown })).toBe('missing');
    await expect(
      calls['settings.save']({ access, files: [{ name: '../plans', text: '' }] }),
    ).rejects.toMatchObject({ code: 'request.invalidInput' });
    expect(await calls.check({ access, part: 1, of: 1 })).toMatchObject({ errorCount: 0 });
  });

  const programs = resticPrograms();
  test.skipIf(programs.length === 0)(
    `stock restic lists, checks and restores them${programs.length === 0 ? ` (${NO_RESTIC})` : ''}`,
    async () => {
      const { calls, access, folder } = await makeWorld();
      await calls['settings.save']({ access, files: FILES });
      for (const { path: restic } of programs) {
        const run = async (...args: string[]): Promise<string> => {
          const env = { RESTIC_PASSWORD: PLACE_PASSWORD };
          const result = await runProgram(restic, ['-r', access.location, '--no-cache', ...args], { env });
          expect(result.code, result.stderr).toBe(0);
          return result.stdout;
        };
        expect(await run('ls', 'latest')).toContain('/tidemark-settings/plans.json');
        await run('check', '--read-data');
        const target = fs.mkdtempSync(path.join(folder, 'restored-'));
        await run('restore', 'latest', '--tag', 'tidemark-settings', '--target', target);
        for (const { name, text } of FILES)
          expect(fs.readFileSync(path.join(target, 'tidemark-settings', name), 'utf8')).toBe(text);
      }
    },
  );
});
