/** A restore reads while its lock is being confirmed, and touches nothing before it is. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Repository } from '#repository/repository.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { StorageFileType } from '#storage/port.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { restore } from '#test/support/restore.ts';
import { RoundStorage } from '#test/support/round-storage.ts';

let base = '';
let repository: Repository;
let memory: MemoryStorage;

beforeEach(async () => {
  base = fs.mkdtempSync(join(tmpdir(), 'tidemark-restore-lock-'));
  fs.mkdirSync(join(base, 'source'));
  fs.writeFileSync(join(base, 'source', 'file'), 'content');
  ({ repository, storage: memory } = await makeMemoryRepository());
  await backUp(repository, join(base, 'source'));
});

afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

const options = { pipeline: inThreadPipeline, noLock: false } as const;

it('snapshots are listed before the locks are looked at once more', async () => {
  const far = new RoundStorage(memory);
  await restore(repository, join(base, 'target'), { ...options, storage: far });
  const asked = far.rounds.flat();
  expect(asked.filter((call) => call === 'list lock')).toHaveLength(2);
  expect(asked.indexOf('list snapshot')).toBeLessThan(asked.lastIndexOf('list lock'));
  expect(asked.at(-1)).toBe('remove lock');
});

/** Somebody takes an exclusive lock in the same moment. */
class Contested extends ForwardingStorage {
  override async save(type: StorageFileType, name: string, bytes: Uint8Array): Promise<void> {
    await super.save(type, name, bytes);
    if (type !== 'lock') return;
    const { hostname, username } = repository.ports.identity;
    const theirs = { hostname, username, pid: process.ppid, uid: 0, gid: 0, exclusive: true };
    await repository.lockFiles().save({ time: '2026-01-02T03:04:05Z', ...theirs });
  }
}

it('who came at the same time goes first, and the target was not made', async () => {
  const restoring = restore(repository, join(base, 'target'), { ...options, storage: new Contested(memory) });
  await expect(restoring).rejects.toMatchObject({ code: 'repository.locked' });
  expect(fs.existsSync(join(base, 'target'))).toBe(false);
  expect(await memory.list('lock')).toHaveLength(1);
});
