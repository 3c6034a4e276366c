/** An index that is handed from one opening of a repository to the next. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { prune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST } from '#operations/prune/types.ts';
import type { KeptIndex } from '#repository/index-image.ts';
import type { Repository } from '#repository/repository.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { ByteRange, StorageFileType } from '#storage/port.ts';
import { backupRequest, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { troublesOf } from '#test/support/prune.ts';

class IndexReads extends ForwardingStorage {
  count = 0;

  override load(type: StorageFileType, name: string, range?: ByteRange, signal?: AbortSignal) {
    if (type === 'index') this.count++;
    return this.inner.load(type, name, range, signal);
  }
}

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-kept-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const backUpInto = async (repository: Repository, signal?: AbortSignal): Promise<KeptIndex | undefined> => {
  const parts = { repository, files: createSourceFiles(), pipeline: inThreadBackupPipeline };
  await executeBackup(parts, backupRequest([folder]), {}, signal);
  return repository.releaseIndex();
};

test('only what is new is read, and what the run itself has written is known', async () => {
  const { repository: made, storage } = await makeMemoryRepository();
  fs.writeFileSync(path.join(folder, 'one'), 'first');
  const kept = await backUpInto(reopen(made));
  expect(kept?.indexIds).toHaveLength((await storage.list('index')).length);
  // Somebody else saves something.
  fs.writeFileSync(path.join(folder, 'two'), 'second');
  await backUpInto(reopen(made));
  const reads = new IndexReads(storage);
  const next = reopen(made, reads);
  next.offerIndex(kept!);
  await next.loadIndex();
  expect(reads.count).toBe(1);
  const fresh = reopen(made);
  await fresh.loadIndex();
  expect(next.index.entryCount).toBe(fresh.index.entryCount);
});

test('after a prune by somebody else nothing is taken for stored that is gone', async () => {
  const { repository: made, storage } = await makeMemoryRepository();
  fs.writeFileSync(path.join(folder, 'one'), 'first');
  const kept = await backUpInto(reopen(made));
  for (const { name } of await storage.list('snapshot')) await storage.remove('snapshot', name);
  const request = { ...DEFAULT_PRUNE_REQUEST, maxUnused: { kind: 'percent', percent: 0 } as const };
  await prune({ repository: reopen(made), pipeline: inThreadPipeline }, request);
  const next = reopen(made);
  next.offerIndex(kept!);
  await backUpInto(next);
  expect(await troublesOf(reopen(made), storage)).toEqual([]);
});

test('nothing is handed on with a blob that was claimed and not stored', async () => {
  const { repository: made } = await makeMemoryRepository();
  const repository = reopen(made);
  await repository.loadIndex();
  expect(repository.index.claim('data', new Uint8Array(32))).toBe(true);
  expect(repository.index.claimCount).toBe(1);
  expect(repository.releaseIndex()).toBeUndefined();
});
