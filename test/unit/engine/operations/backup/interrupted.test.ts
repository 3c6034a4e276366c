/** What a later backup does about packs that a killed one has left without an index. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeLock } from '#format/lock.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';

/** Beyond what any system hands out. */
const DEAD_PID = 2 ** 30;

let source = '';
let repository: Repository;
let storage: MemoryStorage;

beforeEach(async () => {
  source = fs.mkdtempSync(join(tmpdir(), 'tidemark-interrupted-'));
  ({ repository, storage } = await makeMemoryRepository());
  fs.writeFileSync(join(source, 'old.txt'), 'stored by the first backup');
  await backUp(repository, source);
});

afterEach(() => fs.rmSync(source, { recursive: true, force: true }));

/** Leaves what a kill between the last pack and its index file leaves. */
async function interruptedBackup(): Promise<void> {
  const before = new Set(storage.files.keys());
  fs.writeFileSync(join(source, 'new.txt'), 'sent before the kill');
  await backUp(repository, source);
  for (const path of storage.files.keys()) {
    if (!before.has(path) && !path.startsWith('data/')) storage.files.delete(path);
  }
}

function plantLock(hostname: string): Promise<string> {
  const { username } = repository.ports.identity;
  const lock = {
    time: '2026-01-02T03:04:05Z',
    exclusive: false,
    hostname,
    username,
    pid: DEAD_PID,
    uid: 0,
    gid: 0,
  };
  return repository.files.save('lock', encodeLock(lock));
}

it('knows what was sent when the killed backup has left its lock', async () => {
  await interruptedBackup();
  await plantLock(repository.ports.identity.hostname);
  const { summary } = await backUp(repository, source);
  expect(summary).toMatchObject({ filesNew: 1, dataBlobs: 0 });
  // The list above the source may have changed meanwhile: others work beside it.
  expect(summary.treeBlobs).toBeLessThanOrEqual(1);
});

it('does not look for such packs after the crash of another machine', async () => {
  await interruptedBackup();
  await plantLock('elsewhere');
  expect((await backUp(repository, source)).summary).toMatchObject({ filesNew: 1, dataBlobs: 1 });
});

it('sends nothing anew when the index was lost, and makes it right again', async () => {
  fs.writeFileSync(join(source, 'new.txt'), 'written after the loss');
  for (const path of storage.files.keys()) if (path.startsWith('index/')) storage.files.delete(path);
  const { summary } = await backUp(repository, source);
  expect(summary).toMatchObject({ filesNew: 1, filesUnmodified: 1, dataBlobs: 1 });
  expect((await backUp(repository, source)).summary).toMatchObject({ filesUnmodified: 2, dataBlobs: 0 });
});
