/** Jobs side by side, cancelled, and bounded in what they tell. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import type { ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { JobTold } from '#contract/engine/engine-calls.ts';
import { JobTeller } from '#engine-service/job-teller.ts';
import { KEEP_INDEX_MS, KeptIndexes } from '#engine-service/kept-indexes.ts';
import { BlobIndex } from '#repository/blob-index.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { backupChoice, makePlace, startTestEngine, temporaryFolder } from '#test/support/engine-service.ts';

test('two places are written side by side; a second writer of one place is refused', async () => {
  const engine = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  fs.writeFileSync(path.join(source, 'large'), Buffer.alloc(8 << 20, 'x'));
  const one = await makePlace(engine, path.join(folder, 'one'), 'one');
  const two = await makePlace(engine, path.join(folder, 'two'), 'two');
  const choice = backupChoice(source);
  const { backup } = engine.calls;
  const outcomes = await Promise.allSettled([
    backup({ access: one, choice }),
    backup({ access: two, choice }),
    backup({ access: one, choice }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(
    expect.arrayContaining(['fulfilled', 'fulfilled', 'rejected']),
  );
  expect(outcomes[1].status).toBe('fulfilled');
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(refused?.reason).toMatchObject({ code: 'job.alreadyRunning', data: { jobId: 'backup' } });
});

test('a cancel ends a job within two seconds, lets go of its lock, and the next run goes on', async () => {
  const { calls, ...engine } = startTestEngine();
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.mkdirSync(source);
  const bytes = Buffer.alloc(24 << 20);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  for (let n = 0; n < 4; n++)
    fs.writeFileSync(
      path.join(source, `large-${n}`),
      bytes.map((byte) => byte ^ n),
    );
  const access = await makePlace({ calls, ...engine }, path.join(folder, 'place'));
  const control = new AbortController();
  const running = calls.backup(
    { access, choice: backupChoice(source) },
    // In the middle of reading.
    { signal: control.signal, onProgress: () => control.abort() },
  );
  let cancelledAtMs = 0;
  control.signal.addEventListener('abort', () => (cancelledAtMs = systemClock.monotonicMs()));
  await expect(running).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(systemClock.monotonicMs() - cancelledAtMs).toBeLessThan(2_000);
  expect(fs.readdirSync(path.join(access.location, 'locks'))).toEqual([]);
  const outcome = await calls.backup({ access, choice: backupChoice(source) });
  expect(outcome.filesNew).toBe(4);
});

test('progress is told at most ten times a second, and of a flood of troubles a part', async () => {
  const told: JobTold[] = [];
  const clock = new FakeClock();
  const teller = new JobTeller((each) => told.push(each), clock);
  for (let n = 0; n < 50; n++) teller.progress({ filesDone: n });
  expect(told).toHaveLength(1);
  await clock.advance(100);
  const error = new TidemarkError('files.unreadable', { path: '/x', reason: 'gone' });
  for (let n = 0; n < 20_000; n++) teller.trouble('/x' as ByteString, error);
  teller.progress({ filesDone: 51 });
  expect(told.at(-1)).toMatchObject({ progress: { filesDone: 51, troubles: 20_000 } });
  expect(told).toHaveLength(10_002);
});

test('an index that nobody uses is given back after some minutes, and lent to one at a time', async () => {
  const clock = new FakeClock();
  const indexes = new KeptIndexes(clock);
  const kept = { index: new BlobIndex(), indexIds: [] };
  indexes.keep('one', kept);
  expect(indexes.take('one')).toBe(kept);
  expect(indexes.take('one')).toBeUndefined();
  indexes.keep('one', kept);
  await clock.advance(KEEP_INDEX_MS - 1);
  expect(indexes.take('one')).toBe(kept);
  indexes.keep('one', kept);
  await clock.advance(KEEP_INDEX_MS);
  expect(indexes.take('one')).toBeUndefined();
  indexes.close();
});
