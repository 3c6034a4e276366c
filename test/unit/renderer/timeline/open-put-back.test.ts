/** Which putting back the keys are about, while the mirror lags behind. */
import { expect, test } from 'vitest';
import { findOpenPutBack } from '#renderer/features/timeline/put-back/open-put-back.ts';
import type { JobValue } from '#renderer/text/job-titles.ts';

const restore = (id: string, queuedAtMs: number, hasEnded: boolean): JobValue =>
  ({
    id,
    kind: 'restore',
    state: hasEnded ? 'done' : 'running',
    queuedAtMs,
    endedAtMs: hasEnded ? queuedAtMs + 10 : null,
    request: {
      kind: 'restore',
      placeId: 'p',
      snapshotId: id,
      paths: ['/a'],
      target: null,
      rule: 'keep-both',
    },
    result: hasEnded ? { undos: [{ folder: '/', undoId: id }] } : null,
    error: null,
    troubleCount: 0,
  }) as unknown as JobValue;

test('one that the mirror still has under way, and that has ended, is the last one', async () => {
  const before = restore('before', Date.now() - 60_000, true);
  const queuedAtMs = Date.now() - 100;
  const listed = [restore('last', queuedAtMs, true), before];
  const found = await findOpenPutBack({ 'jobs.list': async () => listed } as never, [
    restore('last', queuedAtMs, false),
    before,
  ]);
  expect(found?.undos).toEqual([{ folder: '/', undoId: 'last' }]);
});

test('where nothing can be listed, what the mirror has is looked at', async () => {
  const found = await findOpenPutBack({ 'jobs.list': () => Promise.reject(new Error('lost')) } as never, [
    restore('known', Date.now() - 1_000, true),
  ]);
  expect(found?.undos).toEqual([{ folder: '/', undoId: 'known' }]);
});
