/** Places that fail (C): taken away, out of reach for a while, not mounted, full, not allowing to remove. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';
import { backUp, makeLocalRepository, openTestRepository, reopen } from '#test/support/engine.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { smallDiskObstacle, unmountLazily, withSmallDisk } from '#test/support/small-disk.ts';
import {
  failureOf,
  makeUpkeepWorks,
  unlock,
  WORK_NAMES,
  type UpkeepWorks,
  type WorkName,
} from '#test/support/upkeep-works.ts';

let world: UpkeepWorks;
beforeAll(async () => {
  world = await makeUpkeepWorks();
});
afterAll(() => world.dispose());

const obstacle = await smallDiskObstacle();
const unlessDisk = obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`;

it.skipIf(obstacle !== undefined)(
  `C1 a drive pulled out in the middle of a backup: told once, nothing lands below, goes on when it is back${unlessDisk}`,
  async () => {
    await withSmallDisk({ kind: 'ext4', mib: 24 }, async (disk) => {
      const source = fs.mkdtempSync(join(tmpdir(), 'tidemark-pulled-'));
      try {
        const repository = await makeLocalRepository(join(disk, 'repository'));
        fs.writeFileSync(join(source, 'old'), randomBytes(300_000));
        const before = await open(disk);
        await save(before);
        const contents = await contentsOf(repository, before);
        for (let i = 0; i < 12; i++) fs.writeFileSync(join(source, String(i)), randomBytes(600_000));
        let saves = 0;
        const pulling = new (class extends ForwardingStorage {
          override async save(type: StorageFileType, name: string, bytes: Uint8Array): Promise<void> {
            if (type === 'pack' && ++saves === 4) await unmountLazily(disk);
            await this.inner.save(type, name, bytes);
          }
        })(before);
        const failure = await failureOf(save(pulling));
        expect(failure?.code).toBe('storage.driveGone');
        expect(fs.readdirSync(disk)).toEqual([]);
        await before.close();
        execFileSync('mount', ['-o', 'loop', join(disk, '..', 'image'), disk]);
        const back = await open(disk);
        expect(await harmful(await troublesOf(repository, back))).toEqual([]);
        expect(await contentsOf(repository, back)).toEqual(contents);
        await save(back);
        expect(await harmful(await troublesOf(repository, back))).toEqual([]);
        expect((await contentsOf(repository, back)).size).toBe(2);
        await back.close();

        function save(place: Storage): Promise<unknown> {
          const changes = { packSizeBytes: 512 << 10 };
          return backUp(reopen(repository, place), source, changes, {}, undefined, inThreadBackupPipeline);
        }
      } finally {
        fs.rmSync(source, { recursive: true, force: true });
      }
    });
  },
);

async function open(disk: string): Promise<LocalStorage> {
  const storage = new LocalStorage(join(disk, 'repository'), systemClock);
  await storage.open();
  return storage;
}

async function harmful(troubles: readonly string[]): Promise<string[]> {
  return troubles.filter((trouble) => !trouble.includes('packNotIndexed'));
}

/** Every `every`-th call times out, before or after it took effect. */
class ShakyStorage extends ForwardingStorage {
  timeouts = 0;
  readonly #every: number;
  readonly #isAnswerLost: boolean;
  #calls: number;

  constructor(inner: Storage, every: number, offset: number, isAnswerLost: boolean) {
    super(inner);
    this.#every = every;
    this.#calls = offset;
    this.#isAnswerLost = isAnswerLost;
  }

  override save(type: StorageFileType, name: string, bytes: Uint8Array): Promise<void> {
    return this.#shake(() => this.inner.save(type, name, bytes));
  }

  override load(type: StorageFileType, name: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
    return this.#shake(() => this.inner.load(type, name, range));
  }

  override list(type: StorageFileType): Promise<readonly StorageEntry[]> {
    return this.#shake(() => this.inner.list(type));
  }

  override stat(type: StorageFileType, name: string): Promise<StorageEntry> {
    return this.#shake(() => this.inner.stat(type, name));
  }

  override remove(type: StorageFileType, name: string): Promise<void> {
    return this.#shake(() => this.inner.remove(type, name));
  }

  async #shake<T>(call: () => Promise<T>): Promise<T> {
    if (++this.#calls % this.#every !== 0) return call();
    this.timeouts++;
    if (this.#isAnswerLost) await call();
    throw new TidemarkError('storage.timeout', { location: 'NAS', operation: 'x' }, { retry: 'later' });
  }
}

describe.each(WORK_NAMES)('%s', (name) => {
  it.each([
    [0, false],
    [1, true],
    [2, false],
    [2, true],
  ])(
    'C2 ends well although every third call times out (from %i on, answer lost: %s)',
    async (offset, lost) => {
      const work = world.works[name];
      const at = work.start.fork();
      const shaky = new ShakyStorage(at, 3, offset, lost);
      await work.run(
        new RetryStorage(shaky, {
          clock: new FakeClock({ autoAdvance: true }),
          random: () => 0.5,
          budget: RETRY_BUDGETS.network,
        }),
      );
      expect(shaky.timeouts).toBeGreaterThan(3);
      await work.assertDone(at, name);
      // Its own lock goes in any case, also when the answer to removing it was lost.
      expect(await at.list('lock')).toEqual([]);
    },
  );

  it('C6, C12 wherever the room ends nothing is lost, and with room it goes on', async () => {
    const work = world.works[name];
    const used = [...work.start.files.values()].reduce((sum, { length }) => sum + length, 0);
    let full = 0;
    for (const spare of [0, 150, 300, 700, 1_500, 4_000, 9_000, 20_000, 45_000]) {
      const at = work.start.fork();
      const tight = new FaultStorage(at).quota(used + spare);
      const failure = await failureOf(work.run(tight));
      const when = `${String(spare)} bytes of room`;
      if (failure !== undefined) expect(failure.code, when).toBe('storage.full');
      if (tight.isAllReached) full++;
      else expect(failure, when).toBeUndefined();
      await work.assertKept(at, when);
      unlock(at);
      await work.run(at);
      await work.assertDone(at, when);
    }
    expect(full, 'quotas reached').toBeGreaterThan(0);
  });
});

describe('a mount point without its disk', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-unmounted-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('C3 is no repository, and nothing is made there', async () => {
    expect((await failureOf(openTestRepository(folder)))?.code).toBe('repository.notFound');
    expect((await failureOf(openTestRepository(join(folder, 'repository'))))?.code).toBe(
      'storage.unreachable',
    );
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

/** Taken from the files that a place guards: who removes has to live with it. */
const REMOVES: Partial<Record<WorkName, StorageFileType>> = {
  forget: 'snapshot',
  prune: 'index',
  tag: 'snapshot',
  'rewrite --forget': 'snapshot',
  'repair index': 'index',
};

describe('a place that only takes', () => {
  it.each(Object.entries(REMOVES) as [WorkName, StorageFileType][])(
    'C10 %s: what may not go stays, nothing is lost, and it goes later',
    async (name, type) => {
      const work = world.works[name];
      const at = work.start.fork();
      for (let attempt = 0; attempt < 2; attempt++) {
        const denied = new TidemarkError('storage.accessDenied', { location: 'x', operation: 'remove' });
        const guarded = new FaultStorage(at).plan(
          'remove',
          { kind: 'fail', error: denied },
          { type, times: Infinity },
        );
        const failure = await failureOf(work.run(guarded));
        guarded.assertAllReached();
        if (failure !== undefined) expect(failure.code).toBe('storage.accessDenied');
        await work.assertKept(at, name);
        expect(namesOf(at, type)).toEqual(expect.arrayContaining(namesOf(work.start, type)));
        expect(await at.list('lock')).toEqual([]);
      }
      await work.run(at);
      await work.assertDone(at, name);
    },
  );

  it('C10 backup and copy remove nothing but their lock', async () => {
    for (const name of ['backup', 'copy'] as const) {
      const work = world.works[name];
      const at = work.start.fork();
      const denied = new TidemarkError('storage.accessDenied', { location: 'x', operation: 'remove' });
      const guarded = new FaultStorage(at);
      for (const type of ['snapshot', 'index', 'pack', 'key', 'config'] as const)
        guarded.plan('remove', { kind: 'fail', error: denied }, { type });
      await work.run(guarded);
      expect(guarded.isUntouched, name).toBe(true);
      await work.assertDone(at, name);
    }
  });
});

function namesOf(at: MemoryStorage, type: StorageFileType): string[] {
  const folder = type === 'index' ? 'index/' : 'snapshots/';
  return [...at.files.keys()].filter((path) => path.startsWith(folder));
}

it('C12 a quota is reached in the middle: what is gone for good makes room for what is new', async () => {
  const { start } = world.works.prune;
  const at = start.fork();
  const used = [...at.files.values()].reduce((sum, { length }) => sum + length, 0);
  const backup = world.works.backup;
  const tight = (): FaultStorage => new FaultStorage(at).quota(used + 30_000);
  expect((await failureOf(backup.run(tight())))?.code).toBe('storage.full');
  await runPrune(world.pristine, tight(), { maxUnused: { kind: 'bytes', bytes: 0 } });
  const kept = await contentsOf(world.pristine, at);
  for (const [id, content] of kept) expect(content).toBe(world.contents.get(id));
  expect(await troublesOf(world.pristine, at)).toEqual([]);
});
