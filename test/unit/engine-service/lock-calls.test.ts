/** Locks on versions: only days that the place named, each asked for once, told also when it is away. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createEngineParts } from '#core/create-engine-parts.ts';
import { MemoryCatalogueDisk } from '#test/support/memory-catalogue-disk.ts';
import {
  backupChoice,
  makePlace,
  SERIES,
  startTestEngine,
  temporaryFolder,
} from '#test/support/engine-service.ts';

const DAY_MS = 86_400_000;

test('newest first, until none of many is locked; nothing is asked twice', async () => {
  const asked: string[] = [];
  const untilMs = new Map<string, number>();
  const { createPorts } = createEngineParts();
  const engine = startTestEngine({
    catalogueDisk: new MemoryCatalogueDisk(),
    createPorts(...which) {
      const ports = createPorts(...which);
      ports.storage.keptUntilMs = async (_type, name) => {
        asked.push(name);
        return Promise.resolve(untilMs.get(name));
      };
      return ports;
    },
  });
  const { calls } = engine;
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  const access = await makePlace(engine, path.join(folder, 'place'));
  const ids: string[] = [];
  const backUp = async (): Promise<void> => {
    fs.writeFileSync(path.join(source, 'letter'), `version ${ids.length}`);
    const { version } = await calls.backup({ access, choice: backupChoice(source) });
    ids.push(version.snapshotId);
  };
  for (let made = 0; made < 3; made++) await backUp();
  await calls['history.read']({ access });
  const series = (await calls['browse.points']({ repositoryId: access.repositoryId ?? '' }))[0]!.series;
  expect(SERIES).toContain(series);
  const [first, second, third] = ids as [string, string, string];
  untilMs.set(third, Date.now() + 2 * DAY_MS);
  untilMs.set(second, Date.now() - DAY_MS);
  const locks = async (mayAsk = true): Promise<string[]> =>
    (await calls['versions.locks']({ access, series, mayAsk })).map(({ snapshotId }) => snapshotId);

  expect(await locks(false)).toEqual([]);
  expect(asked).toEqual([]);
  expect(await locks()).toEqual([third]);
  expect(asked).toEqual([third, second, first]);
  expect(await locks()).toEqual([third]);
  expect(asked).toHaveLength(3);

  await backUp();
  await calls['history.read']({ access });
  untilMs.set(ids[3]!, Date.now() + 3 * DAY_MS);
  expect(await locks()).toEqual([third, ids[3]]);
  expect(asked.slice(3)).toEqual([ids[3]]);

  await backUp();
  await calls['history.read']({ access });
  fs.renameSync(access.location, path.join(folder, 'unplugged'));
  expect(await locks()).toEqual([third, ids[3]]);
});
