/** The limit reaches what is under way in the engine: nothing but packs waits for it, and it can be lifted in the middle. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  backupChoice,
  makePlace,
  PLACE_PASSWORD,
  startTestEngine,
  temporaryFolder,
} from '#test/support/engine-service.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

test('a byte a second: the second pack waits until the limit is lifted, on its way there and back', async () => {
  const folder = temporaryFolder();
  fs.mkdirSync(path.join(folder, 'source'));
  for (const name of ['a', 'b', 'c'])
    fs.writeFileSync(path.join(folder, 'source', name), randomBytes(12 << 20));
  // Time never passes by itself: only the limit's own end lets anything go on.
  const engine = startTestEngine({ clock: new FakeClock() });
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { placeId } = access;
  await engine.calls['place.unlock']({ access, password: PLACE_PASSWORD });
  await engine.calls['place.limit']({ placeId, holder: 'job', up: 1, down: null });
  let isDone = false;
  const backup = engine.calls
    .backup({ access, choice: backupChoice(path.join(folder, 'source')) })
    .then(() => (isDone = true));
  while (packsIn(access.location) === 0) await sleep(20);
  await sleep(500);
  expect([packsIn(access.location), isDone]).toEqual([1, false]);
  await engine.calls['place.limit']({ placeId, holder: 'job', up: null, down: null });
  await backup;
  expect(packsIn(access.location)).toBeGreaterThan(2);

  await engine.calls['place.limit']({ placeId, holder: 'job', up: null, down: 1 });
  let isChecked = false;
  const checking = engine.calls.check({ access, part: 1, of: 1 }).then(() => (isChecked = true));
  await sleep(1_000);
  expect(isChecked).toBe(false);
  await engine.calls['place.limit']({ placeId, holder: 'job', up: null, down: null });
  await checking;
});

function packsIn(place: string): number {
  return fs
    .readdirSync(path.join(place, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name)).length;
}
