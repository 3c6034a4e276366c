/** Damage in the repository (E): what is lost is named, nothing else suffers, and what can come back does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteStringToBytes, textToByteString, type ByteString } from '#base/byte-string.ts';
import type { PackId, SnapshotId } from '#base/ids.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { sealBytes } from '#format/envelope.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import { executeForgetDamaged } from '#operations/forget/forget-damaged.ts';
import { executeRecover } from '#operations/recover/execute.ts';
import type { RecoverResult } from '#operations/recover/types.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import { createBlobCodec } from '#primitives/blob-codec.ts';
import { createZstd, ZSTD_LEVEL_AUTO } from '#primitives/zstd.ts';
import { initRepository } from '#repository/init-repository.ts';
import type { Storage } from '#storage/port.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backupRequest, openTestRepository, reopen, TEST_PASSWORD } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import {
  inThreadBackupPipeline,
  inThreadBackupPipelineSealing,
  inThreadPipeline,
} from '#test/support/in-thread-pipeline.ts';
import { contentsOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { failureOf, makeUpkeepWorks, type UpkeepWorks } from '#test/support/upkeep-works.ts';
import { reopenHastily } from '#test/support/version-files.ts';

let world: UpkeepWorks;
beforeAll(async () => {
  world = await makeUpkeepWorks();
});
afterAll(() => world.dispose());

const keepCopy = async (): Promise<void> => undefined;

function save(at: Storage, pipeline = inThreadBackupPipeline, parent?: 'none'): Promise<unknown> {
  const parts = {
    repository: reopenHastily(world.pristine, at),
    files: createSourceFiles(),
    pipeline,
  };
  const changes = {
    workingFolder: textToByteString(`${world.source}/..`),
    ...(parent === undefined ? {} : { parent }),
  };
  return executeBackup(parts, backupRequest(['source'], changes));
}

function check(at: Storage): Promise<CheckResult> {
  const parts = { repository: reopen(world.pristine, at), pipeline: inThreadPipeline };
  return executeCheck(parts, { readData: 'all', noLock: true });
}

function repairIndex(at: Storage): Promise<unknown> {
  const parts = { repository: reopenHastily(world.pristine, at), pipeline: inThreadPipeline, keepCopy };
  return executeRepairIndex(parts, { readAllPacks: false, dryRun: false });
}

function recover(at: Storage): Promise<RecoverResult> {
  const parts = { repository: reopenHastily(world.pristine, at), pipeline: inThreadBackupPipeline };
  const request = { trees: [], form: 'each', hostname: 'testhost', programVersion: 'tidemark test' } as const;
  return executeRecover(parts, request);
}

function repairPacks(at: Storage, packs: readonly string[]): Promise<unknown> {
  const repository = reopenHastily(world.pristine, at);
  const parts = { repository, pipeline: inThreadPipeline, files: createSourceFiles(), keepCopy };
  return executeRepairPacks(parts, { packs: packs as PackId[], dryRun: false });
}

const pathsIn = (at: MemoryStorage, folder: string): string[] =>
  [...at.files.keys()].filter((path) => path.startsWith(folder));

/** All versions are as they were, however many there are more. */
async function expectAllVersions(at: MemoryStorage): Promise<void> {
  const contents = await contentsOf(world.pristine, at);
  for (const [id, content] of world.contents) expect(contents.get(id)).toBe(content);
}

it('E2 each pack missing in turn: named with its files, and the next backups bring back what is still on the disk', async () => {
  let broughtBack = 0;
  for (const path of pathsIn(world.image, 'data/')) {
    const at = world.image.fork();
    at.files.delete(path);
    const packId = path.slice(path.lastIndexOf('/') + 1);
    const before = await check(at);
    expect(before.brokenPacks).toEqual([packId]);
    expect(before.affectedCount).toBeGreaterThan(0);
    await repairPacks(at, before.brokenPacks);
    await save(at, inThreadBackupPipeline);
    const after = await check(at);
    // What was saved since is whole in any case; an older version is when its file still lies there as it was.
    const newest = (await reopen(world.pristine, at).snapshots.find('latest')).id;
    expect(after.affected.filter(({ snapshotIds }) => snapshotIds.includes(newest))).toEqual([]);
    expect(after.affectedCount).toBeLessThanOrEqual(before.affectedCount);
    if (after.affectedCount < before.affectedCount) broughtBack++;
    if (after.errorCount === 0) await expectAllVersions(at);
  }
  expect(broughtBack).toBeGreaterThan(0);
});

describe('an index file', () => {
  it('E3 missing: nothing is thrown away on account of it, and it is made anew from the packs', async () => {
    for (const path of pathsIn(world.image, 'index/')) {
      const at = world.image.fork();
      at.files.delete(path);
      const packs = pathsIn(at, 'data/');
      expect((await failureOf(runPrune(world.pristine, at)))?.code).toBe('integrity.incomplete');
      expect(pathsIn(at, 'data/')).toEqual(packs);
      await repairIndex(at);
      expect(await troublesOf(world.pristine, at)).toEqual([]);
      await expectAllVersions(at);
    }
  });

  it('E5 all of them missing: a backup goes on without, and a repair brings every version back', async () => {
    const at = world.image.fork();
    for (const path of pathsIn(at, 'index/')) at.files.delete(path);
    await save(at);
    expect(pathsIn(at, 'data/')).toEqual(expect.arrayContaining(pathsIn(world.image, 'data/')));
    await repairIndex(at);
    expect((await check(at)).errors).toEqual([]);
    await expectAllVersions(at);
  });
});

it('E4 each snapshot file damaged in turn: that one is named, all others restore, and nothing it may need is removed', async () => {
  for (const path of pathsIn(world.image, 'snapshots/')) {
    const at = world.image.fork();
    at.files.get(path)![20]! ^= 8;
    const id = path.slice('snapshots/'.length) as SnapshotId;
    const { errors } = await check(at);
    expect(errors).toMatchObject([{ code: 'snapshotDamaged', snapshotId: id }]);
    expect((await failureOf(runPrune(world.pristine, at)))?.code).toBe('integrity.fileCorrupt');
    expect(pathsIn(at, 'data/')).toEqual(pathsIn(world.image, 'data/'));
    const contents = await contentsOf(world.pristine, at);
    expect(contents.size).toBe(world.contents.size - 1);
    for (const [other, content] of contents) expect(content).toBe(world.contents.get(other));
    // The next backup neither stumbles over it nor sends anything twice.
    await save(at);
    expect((await check(at)).errors).toHaveLength(1);
  }
});

it('E4 each snapshot file damaged or missing in turn: its tree is found and gets a snapshot, and nothing goes', async () => {
  for (const [id, content] of world.contents)
    for (const how of ['damaged', 'missing']) {
      const at = world.image.fork();
      if (how === 'missing') at.files.delete(`snapshots/${id}`);
      else at.files.get(`snapshots/${id}`)![20]! ^= 8;
      const before = new Map(at.files);
      const { orphans, damaged, recovered } = await recover(at);
      expect(damaged).toHaveLength(how === 'damaged' ? 1 : 0);
      expect(orphans).toMatchObject([{ topNames: ['source'], lostFiles: 0, lostFolders: 0 }]);
      expect(recovered).toHaveLength(1);
      expect((await contentsOf(world.pristine, at)).get(recovered[0]!.snapshotId)).toBe(content);
      for (const [path, bytes] of before) expect(at.files.get(path), path).toEqual(bytes);
      expect((await recover(at)).orphans).toEqual([]);
      // Once the damaged file is away, a prune keeps what was recovered.
      if (how === 'damaged') {
        expect((await failureOf(runPrune(world.pristine, at)))?.code).toBe('integrity.fileCorrupt');
        const parts = { repository: reopenHastily(world.pristine, at), keepCopy };
        await executeForgetDamaged(parts, { ids: [id], dryRun: false });
      }
      await runPrune(world.pristine, at);
      expect(await troublesOf(world.pristine, at)).toEqual([]);
      expect((await contentsOf(world.pristine, at)).get(recovered[0]!.snapshotId)).toBe(content);
    }
});

describe('what opens everything', () => {
  it.each([
    ['config', 'deleted', 'repository.notFound'],
    ['config', 'flipped', 'repository.configInvalid'],
    ['keys/', 'deleted', 'repository.notFound'],
    ['keys/', 'flipped', 'repository.keyInvalid'],
  ])(
    'E6 %s %s: said so, never made anew over what is there, and put back it is whole',
    async (folder, how, code) => {
      const at = world.image.fork();
      const [path] = pathsIn(at, folder);
      const copy = at.files.get(path!)!.slice();
      if (how === 'deleted') at.files.delete(path!);
      else at.files.get(path!)![copy.length >> 1]! ^= 1;
      const damaged = new Map(at.files);
      expect((await failureOf(openTestRepository(at)))?.code).toBe(code);
      const init = initRepository(createRepositoryPorts(at), Buffer.from(TEST_PASSWORD), { version: 2 });
      expect((await failureOf(init))?.code).toBe('repository.alreadyExists');
      expect(new Map(at.files)).toEqual(damaged);
      at.files.set(path!, copy);
      await openTestRepository(at);
      await expectAllVersions(at);
    },
  );
});

/** Memory that gives back one bit wrong, while the n-th blob lies in it compressed and not yet sealed. */
function badMemory(n: number): { readonly createCodec: typeof createBlobCodec; flips: number } {
  let blobs = 0;
  const memory = {
    flips: 0,
    createCodec: (
      ...[keys, options, kernels, zstd = createZstd(ZSTD_LEVEL_AUTO)]: Parameters<typeof createBlobCodec>
    ) =>
      createBlobCodec(keys, options, kernels, {
        ...zstd,
        decompressInto: (bytes, out) => zstd.decompressInto(bytes, out),
        compressInto: (bytes, out) => {
          const length = zstd.compressInto(bytes, out);
          if (blobs++ === n) {
            out[length - 5]! ^= 16;
            memory.flips++;
          }
          return length;
        },
      }),
  };
  return memory;
}

describe('bad memory', () => {
  it('E8 while a blob is sealed: the backup stops and says so, and nothing bad is stored', async () => {
    for (const n of [0, 2, 5, 9]) {
      const at = world.image.fork();
      const memory = badMemory(n);
      const failure = await failureOf(save(at, inThreadBackupPipelineSealing(memory.createCodec)));
      expect(memory.flips).toBe(1);
      expect(failure?.code).toBe('integrity.memoryFault');
      expect((await check(at)).errors).toEqual([]);
      expect(await at.list('snapshot')).toHaveLength(world.contents.size);
      await save(at);
      expect((await check(at)).errors).toEqual([]);
      await expectAllVersions(at);
    }
  });
});

describe('a place that was set back to an older state', () => {
  it.each([
    ['as a whole', ['']],
    ['but for its packs', ['index/', 'snapshots/', 'locks/']],
    ['in its snapshots alone', ['snapshots/']],
  ])(
    'E9 %s: nothing is removed, the next backup sends what is missing, older versions stay',
    async (_what, folders) => {
      const now = world.image.fork();
      await save(now);
      const at = now.fork();
      for (const path of now.files.keys())
        if (folders.some((folder) => path.startsWith(folder)) && !world.image.files.has(path))
          at.files.delete(path);
      await save(at);
      expect((await check(at)).errors).toEqual([]);
      await expectAllVersions(at);
      const newest = [...(await contentsOf(world.pristine, at)).values()].at(-1);
      expect(newest).toBe([...(await contentsOf(world.pristine, now)).values()].at(-1));
      await runPrune(world.pristine, at);
      expect(await troublesOf(world.pristine, at)).toEqual([]);
      await expectAllVersions(at);
    },
  );
});

it('E11 a repository of a newer version: refused, and not a byte of it is changed', async () => {
  const at = world.image.fork();
  const { config, keys, ports } = world.pristine;
  const newer = {
    version: 3,
    id: config.id,
    chunker_polynomial: config.chunkerPolynomial.toString(16),
    more: 1,
  };
  const sealed = sealBytes(ports.primitives, keys, byteStringToBytes(JSON.stringify(newer) as ByteString));
  at.files.set('config', new Uint8Array(sealed));
  const before = new Map(at.files);
  const watched = new FaultStorage(at);
  const failure = await failureOf(openTestRepository(watched));
  expect(failure).toMatchObject({ code: 'repository.versionUnsupported', data: { version: 3 } });
  const init = initRepository(createRepositoryPorts(watched), Buffer.from(TEST_PASSWORD), { version: 2 });
  expect((await failureOf(init))?.code).toBe('repository.alreadyExists');
  expect(watched.changeCount).toBe(0);
  expect(new Map(at.files)).toEqual(before);
});
