/** E4: snapshot files that are damaged, mended by a job: from what is remembered of them, or from what is left in the place. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MendChoice, PlaceAccess } from '#contract/engine/engine-values.ts';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';
import { MemoryCatalogueDisk } from '#test/support/memory-catalogue-disk.ts';

async function makeWorld() {
  const engine = startTestEngine({ catalogueDisk: new MemoryCatalogueDisk() });
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  const access = await makePlace(engine, path.join(folder, 'place'));
  const ids: string[] = [];
  for (const content of ['first', 'second']) {
    fs.writeFileSync(path.join(source, 'letter'), content);
    const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
    ids.push(version.snapshotId);
  }
  const kept = path.join(folder, 'kept');
  const choice: MendChoice = { parts: [], packs: [], paths: [], keptIn: kept, givesUp: false };
  const mend = (changes: Partial<MendChoice> = {}) =>
    engine.calls.mend({ access, from: [], choice: { ...choice, ...changes } });
  return { ...engine, access, ids, kept, mend };
}

function damage({ location }: PlaceAccess, id: string): void {
  const file = path.join(location, 'snapshots', id);
  const bytes = fs.readFileSync(file);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
}

const told = ({ time, tree, tags, hostname, paths }: Awaited<ReturnType<typeof listed>>[number]) => ({
  time,
  tree,
  tags,
  hostname,
  paths,
});
const listed = async ({ calls, access }: Pick<Awaited<ReturnType<typeof makeWorld>>, 'calls' | 'access'>) =>
  (await calls['versions.list']({ access })).versions;

describe('a damaged snapshot file', () => {
  test('E4 is written anew from what is remembered, and nothing of the version is lost', async () => {
    const world = await makeWorld();
    const { calls, access, ids, kept, mend } = world;
    await calls['history.read']({ access });
    const before = (await listed(world)).map(told);
    damage(access, ids[0]!);
    expect((await calls['versions.list']({ access })).damagedIds).toEqual([ids[0]]);
    expect((await calls.check({ access, part: 1, of: 1 })).damagedVersions).toEqual([ids[0]]);
    const outcome = await mend();
    expect(outcome).toMatchObject({ errorCount: 0, damagedVersions: [], recovered: [] });
    expect(outcome.remade.map(({ oldId }) => oldId)).toEqual([ids[0]]);
    expect((await listed(world)).map(told)).toEqual(before);
    expect((await calls['versions.list']({ access })).damagedIds).toEqual([]);
    expect(fs.readdirSync(kept).filter((name) => name.startsWith('snapshot-'))).toHaveLength(1);
    // The timeline keeps its point.
    await calls['history.read']({ access });
    const repositoryId = access.repositoryId ?? '';
    const points = await calls['browse.points']({ repositoryId });
    expect(points.map(({ isFileDamaged, time }) => [isFileDamaged, time])).toEqual(
      before.map(({ time }) => [false, time]),
    );
  });

  test('E4 of which nothing is known stays until a person gives it up; what is left of it comes back', async () => {
    const world = await makeWorld();
    const { calls, access, ids, mend } = world;
    const before = (await listed(world)).map(told);
    damage(access, ids[0]!);
    expect(await mend()).toMatchObject({ damagedVersions: [ids[0]], remade: [], recovered: [] });
    const outcome = await mend({ givesUp: true });
    expect(outcome).toMatchObject({ errorCount: 0, damagedVersions: [], remade: [], takenOut: 1 });
    expect(outcome.recovered.map(({ tags, tree }) => [tags, tree])).toEqual([
      [['recovered'], before[0]!.tree],
    ]);
    expect((await calls['versions.list']({ access })).damagedIds).toEqual([]);
  });
});
