/** What is stored of a file, by the index alone: text, random bytes small and large, and where nobody can know. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createEngineParts } from '#core/create-engine-parts.ts';
import {
  backupChoice,
  makePlace,
  startTestEngine,
  temporaryFolder,
  type TestEngine,
} from '#test/support/engine-service.ts';

const TEXT = 'Dear landlord, the rent has been paid. '.repeat(20_000);

async function makeWorld(engine: TestEngine) {
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  const files = { text: TEXT, small: randomBytes(8_000), large: randomBytes(600_000), empty: '' };
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(source, name), content);
  const access = await makePlace(engine, path.join(folder, 'place'));
  const { version } = await engine.calls.backup({ access, choice: backupChoice(source) });
  const ask = (...names: readonly string[]) =>
    engine.calls.storedShares({
      access,
      files: names.map((name) => ({
        snapshotId: version.snapshotId,
        path: textToByteString(path.join(source, name)),
      })),
    });
  return { ask };
}

test('text leaves little, random bytes leave all; what is not there is not known', async () => {
  const { ask } = await makeWorld(startTestEngine());
  const [text, small, large, ...others] = await ask('text', 'small', 'large', 'empty', 'never', '.');
  expect(text).toBeLessThan(0.1);
  expect(small).toBeGreaterThan(0.97);
  expect(large).toBeGreaterThan(0.97);
  expect(others).toEqual([null, null, null]);
});

test('pieces that another program has stored as they are say nothing', async () => {
  const engine = startTestEngine({ programVersion: 'restic 0.18.0' });
  const { ask } = await makeWorld(engine);
  expect(await ask('text', 'large')).toEqual([expect.closeTo(0, 1), null]);
});

test('what takes too long is left out', async () => {
  let atMs = 0;
  const { clock } = createEngineParts();
  const slow = {
    ...clock,
    nowMs: () => clock.nowMs(),
    sleep: clock.sleep.bind(clock),
    monotonicMs: () => (atMs += 1_500),
  };
  const { ask } = await makeWorld(startTestEngine({ clock: slow }));
  const shares = await ask('text', 'text', 'text', 'text');
  expect(shares[0]).not.toBeNull();
  expect(shares.at(-1)).toBeNull();
});
