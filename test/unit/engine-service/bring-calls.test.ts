/** A version that comes from another place, or does not. What the application makes of it is shown with the core. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';

test('from a place that cuts files in another way nothing is brought', async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  fs.writeFileSync(path.join(source, 'letter'), 'first');
  const from = await makePlace(engine, path.join(folder, 'one'), 'one');
  const access = await makePlace(engine, path.join(folder, 'two'), 'two');
  const { version } = await engine.calls.backup({ access: from, choice: backupChoice(source) });
  expect(await engine.calls.bring({ access, from, snapshotId: version.snapshotId })).toBeNull();
  expect((await engine.calls['versions.list']({ access })).versions).toEqual([]);
  expect(fs.readdirSync(path.join(access.location, 'snapshots'))).toEqual([]);
});
