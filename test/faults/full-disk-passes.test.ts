/**
 * A real small disk that runs full again and again: random passes of backup, forget and prune. After each one everything
 * listed is whole and restores as it was saved; in the end all but one version go, and the room is there again. Nobody lends
 * a hand in between. By hand with more: `FULL_DISK_SEED=7 FULL_DISK_PASSES=100 vitest run test/faults/full-disk-passes.test.ts`.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { systemClock } from '#base/system-clock.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { executeForget } from '#operations/forget/execute.ts';
import type { PruneResult } from '#operations/prune/types.ts';
import type { Repository } from '#repository/repository.ts';
import { EMPTY_POLICY } from '#rules/retention-policy.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { backupRequest, makeLocalRepository } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, orphansOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { smallDiskObstacle, withSmallDisk, type SmallDiskOptions } from '#test/support/small-disk.ts';
import { reopenHastily } from '#test/support/version-files.ts';

/** Several files to a pack, so that packs are used in part when some of the files have changed. */
const PACK_SIZE_BYTES = 128 << 10;
const FILES = 24;
const PASSES = Number(process.env['FULL_DISK_PASSES'] ?? 10);
const SEED = Number(process.env['FULL_DISK_SEED'] ?? 1);
/** For locks and the folders of the repository: a disk keeps that much back for nobody. */
const LOCK_ROOM_BYTES = 16 << 10;

const obstacle = await smallDiskObstacle();
const disks: SmallDiskOptions[] = [
  { kind: 'ext4', mib: 8 },
  { kind: 'tmpfs', mib: 4 },
];

test.skipIf(obstacle !== undefined).each(disks)(
  `C5 $kind: ${String(PASSES)} random passes on a disk that runs full, seed ${String(SEED)}${obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`}`,
  (disk) =>
    withSmallDisk(disk, async (folder) => {
      const source = fs.mkdtempSync(join(tmpdir(), 'tidemark-passes-'));
      const passes = new Passes(folder, source, await makeLocalRepository(join(folder, 'repository')));
      try {
        await passes.begin();
        const journal: string[] = [];
        for (let pass = 0; pass < PASSES; pass++) {
          journal.push(await passes.next());
          await passes.assertWhole(`seed ${String(SEED)}: ${journal.join(', ')}`);
        }
        await passes.assertRoomComesBack(journal.join(', '));
        expect(passes.timesFull, journal.join(', ')).toBeGreaterThan(PASSES / 20);
      } finally {
        await passes.end();
        fs.rmSync(source, { recursive: true, force: true });
      }
    }),
  60_000 + 5_000 * PASSES,
);

class Passes {
  timesFull = 0;
  readonly #folder: string;
  readonly #source: string;
  readonly #repository: Repository;
  readonly #storage: LocalStorage;
  /** What each version held when it was saved. */
  readonly #saved = new Map<SnapshotId, string>();
  readonly #numbers = new SeededRandom(SEED);
  #oneVersionBytes = 0;
  #deck: ('backup' | 'others' | 'forget' | 'prune')[] = [];

  constructor(folder: string, source: string, repository: Repository) {
    this.#folder = folder;
    this.#source = source;
    this.#repository = repository;
    this.#storage = new LocalStorage(join(folder, 'repository'), systemClock);
  }

  async begin(): Promise<void> {
    await this.#storage.open();
    const emptyBytes = await this.#freeBytes();
    for (let file = 0; file < FILES; file++) this.#change(file);
    await this.#backup();
    this.#oneVersionBytes = emptyBytes - (await this.#freeBytes());
  }

  async end(): Promise<void> {
    await this.#storage.close();
  }

  /** One step that anybody could take at any time; what it was, and what came of it. Each comes up as often as it is in the deck. */
  next(): Promise<string> {
    if (this.#deck.length === 0) this.#deck = ['backup', 'backup', 'others', 'forget', 'prune'];
    const [step] = this.#deck.splice(this.#numbers.below(this.#deck.length), 1);
    switch (step!) {
      case 'backup':
        return this.#attempt('backup', () => this.#backupOften());
      case 'others':
        return this.#attempt('others', async () => this.#letOthersIn());
      case 'forget':
        return this.#attempt('forget', () => this.#forget(1 + this.#numbers.below(3)));
      case 'prune':
        return this.#attempt('prune', async () => void (await this.#prune()));
    }
  }

  async assertWhole(when: string): Promise<void> {
    const troubles = await troublesOf(this.#repository, this.#storage);
    // Left by runs that were stopped; the next prune takes it.
    const hints = ['packNotIndexed', 'packInSeveralIndexes'];
    expect(
      troubles.filter((trouble) => !hints.some((hint) => trouble.includes(`"${hint}"`))),
      when,
    ).toEqual([]);
    const contents = await contentsOf(this.#repository, this.#storage);
    expect(contents, when).toEqual(this.#saved);
    expect(await this.#storage.list('lock'), when).toEqual([]);
  }

  /** The disk is still full of what others put there: removing needs no room. */
  async assertRoomComesBack(when: string): Promise<void> {
    this.#emptyDisk();
    await this.#backupUntilFull();
    this.#fillDisk();
    await this.#forget(1);
    const before = await this.#freeBytes();
    const { removedPacks } = await this.#prune();
    expect(removedPacks, when).toBeGreaterThan(0);
    const freed = (await this.#freeBytes()) - before;
    // Repacking may have had to leave something for want of room; what went makes enough for the rest.
    await this.#prune();
    this.#emptyDisk();
    await this.assertWhole(when);
    expect(await orphansOf(this.#repository, this.#storage), when).toEqual([]);
    expect(freed, when).toBeGreaterThanOrEqual(0);
    const { blocks, bsize } = fs.statfsSync(this.#folder);
    const used = blocks * bsize - (await this.#freeBytes());
    expect(used, when).toBeLessThan(1.5 * this.#oneVersionBytes + (1 << 20));
    // And it can be used again.
    for (let file = 0; file < FILES; file++) this.#change(file);
    await this.#backup();
    await this.assertWhole(when);
  }

  async #attempt(what: string, step: () => Promise<void>): Promise<string> {
    try {
      await step();
      return what;
    } catch (error) {
      if (!isTidemarkError(error, 'storage.full')) throw error;
      this.timesFull++;
      return `${what}: full`;
    }
  }

  /** Until it does not fit, or so often. */
  async #backupOften(): Promise<void> {
    const rounds = 1 + this.#numbers.below(12);
    for (let round = 0; round < rounds; round++) await this.#backupHalf();
  }

  async #backupUntilFull(): Promise<void> {
    while (!(await this.#attempt('backup', () => this.#backupHalf())).endsWith('full'));
  }

  async #backupHalf(): Promise<void> {
    for (let file = 0; file < FILES; file++) if (this.#share() < 0.5) this.#change(file);
    await this.#backup();
  }

  async #backup(): Promise<void> {
    const parts = {
      repository: reopenHastily(this.#repository, this.#storage),
      files: createSourceFiles(),
      pipeline: inThreadBackupPipeline,
    };
    const request = backupRequest([this.#source], { packSizeBytes: PACK_SIZE_BYTES });
    const { snapshotId } = await executeBackup(parts, request);
    const contents = await contentsOf(this.#repository, this.#storage);
    this.#saved.set(snapshotId!, contents.get(snapshotId!)!);
    expect(this.#sourceHash()).toBe(await this.#storedHash(snapshotId!));
  }

  async #forget(last: number): Promise<void> {
    const request = {
      ids: [],
      filter: {},
      policy: { ...EMPTY_POLICY, counts: { last } },
      groupBy: ['host', 'paths'] as const,
      allowRemoveAll: false,
    };
    await executeForget(reopenHastily(this.#repository, this.#storage), request, {
      onRemoved: ({ id }) => this.#saved.delete(id),
    });
  }

  #prune(): Promise<PruneResult> {
    return runPrune(this.#repository, this.#storage, {
      maxUnused: { kind: 'bytes', bytes: 0 },
      packSizeBytes: PACK_SIZE_BYTES,
    });
  }

  /** Each file has contents of its own that are never repeated. */
  #change(file: number): void {
    const bytes = Buffer.alloc(10_000 + Math.floor(50_000 * this.#share()));
    for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(this.#numbers.next(), at);
    fs.writeFileSync(join(this.#source, String(file)), bytes);
  }

  #sourceHash(): string {
    const hash = createHash('sha256');
    for (const name of fs.readdirSync(this.#source).toSorted())
      hash.update(fs.readFileSync(join(this.#source, name)));
    return hash.digest('hex');
  }

  async #storedHash(id: SnapshotId): Promise<string> {
    const repository = reopenHastily(this.#repository, this.#storage);
    const { snapshot } = await repository.snapshots.load(id);
    await repository.loadIndex();
    const hash = createHash('sha256');
    for await (const { node } of walkTree(repository, snapshot.tree!, '/' as ByteString))
      for (const blobId of node.content ?? []) hash.update(await repository.loadBlob('data', blobId));
    return hash.digest('hex');
  }

  /** They take nearly all the room, or leave. */
  #letOthersIn(): void {
    if (fs.existsSync(join(this.#folder, 'ballast'))) this.#emptyDisk();
    else this.#fillDisk(this.#numbers.below(300_000));
  }

  /** Takes all room but that for a lock and a little more. */
  #fillDisk(spareBytes = 0): void {
    this.#emptyDisk();
    const { bavail, bsize } = fs.statfsSync(this.#folder);
    const bytes = Math.max(0, bavail * bsize - LOCK_ROOM_BYTES - spareBytes);
    const descriptor = fs.openSync(join(this.#folder, 'ballast'), 'w');
    try {
      const chunk = Buffer.alloc(16 << 10, 7);
      for (let written = 0; written < bytes; written += chunk.length)
        fs.writeSync(descriptor, chunk, 0, Math.min(chunk.length, bytes - written));
    } catch (error) {
      // The file system needs some of it to remember where the rest lies.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      fs.closeSync(descriptor);
    }
  }

  #emptyDisk(): void {
    fs.rmSync(join(this.#folder, 'ballast'), { force: true });
  }

  /** Evenly spread in [0, 1). */
  #share(): number {
    return this.#numbers.next() / 2 ** 32;
  }

  async #freeBytes(): Promise<number> {
    return (await this.#storage.freeSpaceBytes())!;
  }
}
