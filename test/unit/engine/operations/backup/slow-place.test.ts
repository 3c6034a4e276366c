/** A place that takes nothing for a while: reading stops, and so memory does not depend on how slow a place is. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HeldStorage } from '#test/support/held-storage.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';

const PACK_BYTES = 1 << 20;
/** In folders, so that all threads have something to do. */
const FOLDERS = 100;
const FILE_BYTES = 500_000;
/** What a thread may have sealed before it waits: packs under way, and one that is full. */
const WORKERS = 2;
const STILL_MS = 400;

test.each([
  { kind: 'near', isFar: false, underWay: 1 },
  { kind: 'far', isFar: true, underWay: 2 },
])(
  'of a $kind place that stands still, $underWay packs of a thread wait, and no more is read',
  async (one) => {
    const source = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-slow-'));
    onTestFinished(() => fs.rmSync(source, { recursive: true, force: true }));
    for (let i = 0; i < FOLDERS; i++) {
      fs.mkdirSync(path.join(source, String(i)));
      fs.writeFileSync(path.join(source, String(i), 'file'), randomBytes(FILE_BYTES));
    }
    const { repository, storage } = await makeMemoryRepository();
    const gate = Promise.withResolvers<void>();
    let waiting = 0;
    let mostWaiting = 0;
    const slow = new HeldStorage(storage, (method, type) => {
      if (method !== 'save' || type !== 'pack') return undefined;
      mostWaiting = Math.max(mostWaiting, ++waiting);
      return gate.promise.then(() => waiting--);
    });
    Object.defineProperty(slow, 'capabilities', { value: { ...storage.capabilities, isFar: one.isFar } });
    let readBytes = 0;
    let changedMs = performance.now();
    const running = backUp(
      reopen(repository, slow),
      source,
      { packSizeBytes: PACK_BYTES },
      {
        onProgress: ({ bytesDone }) => {
          readBytes = bytesDone;
          changedMs = performance.now();
        },
      },
    );
    await expect
      .poll(() => waiting === WORKERS * one.underWay && performance.now() - changedMs > STILL_MS, {
        timeout: 20_000,
      })
      .toBe(true);
    const stoppedAt = readBytes;
    gate.resolve();
    const { summary } = await running;
    expect(stoppedAt).toBeLessThan((FOLDERS * FILE_BYTES) / 2);
    expect(mostWaiting).toBe(WORKERS * one.underWay);
    expect(summary.totalBytesProcessed).toBe(FOLDERS * FILE_BYTES);
  },
);
