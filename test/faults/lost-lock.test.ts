/**
 * B1: the machine sleeps in the middle of a backup, for longer than a lock lasts. Without its lock the run stops before the next
 * write; with it, it goes on. And no way of writing goes around the gate.
 */
import fs from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { Repository } from '#repository/repository.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { StorageFileType } from '#storage/port.ts';
import { backupRequest, makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';

const NINE_HOURS = 9 * 3_600_000;

/** Tells what was written, and lets something happen at a moment of choice. */
class WatchedStorage extends ForwardingStorage {
  readonly written: string[] = [];
  onWritten: (type: StorageFileType) => void = () => undefined;

  override async save(type: StorageFileType, name: string, bytes: Uint8Array): Promise<void> {
    this.written.push(type);
    await this.inner.save(type, name, bytes);
    this.onWritten(type);
  }
}

let empty: MemoryRepository;
let source = '';
let memory: MemoryStorage;
let storage: WatchedStorage;
let sleptMs = 0;
let repository: Repository;

const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + sleptMs };

beforeAll(async () => {
  empty = await makeMemoryRepository();
  source = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-lost-lock-'));
  for (let i = 0; i < 40; i++) fs.writeFileSync(path.join(source, String(i)), randomBytes(100_000));
});

afterAll(() => fs.rmSync(source, { recursive: true, force: true }));

beforeEach(() => {
  sleptMs = 0;
  memory = empty.storage.fork();
  storage = new WatchedStorage(memory);
  const { config, keys, keyId } = empty.repository;
  repository = new Repository({ ...createRepositoryPorts(storage), clock }, config, keys, keyId);
});

function backUp(): Promise<unknown> {
  const parts = { repository, files: createSourceFiles(), pipeline: inThreadBackupPipeline };
  return executeBackup(parts, backupRequest([source], { packSizeBytes: 500_000 }));
}

function lockNames(): string[] {
  return [...memory.files.keys()].filter((name) => name.startsWith('locks/'));
}

/** Runs once, after the second pack. */
function afterSecondPack(happens: () => void): void {
  let packs = 0;
  storage.onWritten = (type) => {
    if (type === 'pack' && ++packs === 2) {
      storage.written.length = 0;
      happens();
    }
  };
}

describe('the machine sleeps for nine hours in the middle of a backup', () => {
  it('somebody removed the lock: not one more write, no version', async () => {
    afterSecondPack(() => {
      sleptMs = NINE_HOURS;
      for (const name of lockNames()) memory.files.delete(name);
    });
    await expect(backUp()).rejects.toMatchObject({ code: 'repository.lockLost' });
    expect(storage.written).toEqual([]);
    expect(await memory.list('snapshot')).toEqual([]);
    expect(lockNames()).toEqual([]);
  });

  it('the lock is still there: it is written anew, and the backup goes on to its end', async () => {
    afterSecondPack(() => {
      sleptMs = NINE_HOURS;
    });
    await backUp();
    expect(storage.written[0]).toBe('lock');
    expect(await memory.list('snapshot')).toHaveLength(1);
    expect(lockNames()).toEqual([]);
    const checked = await executeCheck(
      { repository: reopen(empty.repository, memory), pipeline: inThreadBackupPipeline },
      { readData: 'all', noLock: false },
    );
    expect(checked.errors).toEqual([]);
  });
});

describe('the gate of an opened repository', () => {
  it('holds what forgot to ask the lock, until it is confirmed', async () => {
    const lock = await repository.announceLock({ exclusive: false });
    let isConfirmed = false;
    void lock.confirmed().then(() => (isConfirmed = true));
    await repository.storage.save('pack', 'f'.repeat(64), new Uint8Array(1));
    expect(isConfirmed).toBe(true);
    await lock.release();
  });

  it('lets nothing pass when somebody came at the same time, and everything once no lock is meant to be held', async () => {
    const lock = await repository.announceLock({ exclusive: false });
    const other = reopen(empty.repository, memory);
    const { hostname } = other.ports.identity;
    const theirs = await other.lockFiles().save({
      time: new Date().toISOString(),
      exclusive: true,
      hostname,
      username: 'them',
      pid: 1,
      uid: 0,
      gid: 0,
    });
    const save = (): Promise<void> => repository.storage.save('pack', 'f'.repeat(64), new Uint8Array(1));
    await expect(save()).rejects.toMatchObject({ code: 'repository.locked', data: { lockId: theirs } });
    await expect(repository.storage.remove('index', 'f'.repeat(64))).rejects.toMatchObject({
      code: 'repository.locked',
    });
    await lock.release();
    await save();
    expect(lockNames()).toEqual([`locks/${theirs}`]);
  });
});
