/**
 * One bit flips in a small repository, in every file of it, byte after byte: it is harmless or reported; a restore never writes
 * wrong bytes; what is lost is named by file and version; and the three repairs make the repository clean again with everything
 * that is not lost. Every `TIDEMARK_FLIP_STEP`-th byte (1 for all of them, by hand).
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toDisplay } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { restore } from '#test/support/restore.ts';
import { reopenHastily, versionFiles, without, type VersionFiles } from '#test/support/version-files.ts';

const STEP = Number(process.env['TIDEMARK_FLIP_STEP'] ?? 127);

let folder = '';
let pristine: Repository;
let image: MemoryStorage;
/** Every version: its files' bytes by name, and its entries as the repository has them. */
const versions = new Map<SnapshotId, { files: ReadonlyMap<string, Buffer>; entries: VersionFiles }>();

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-flips-'));
  const made = await makeMemoryRepository();
  pristine = made.repository;
  image = made.storage;
  plant('letters/first', randomBytes(150));
  plant('letters/old/text', Buffer.from('dear reader, '.repeat(30)));
  plant('notes', randomBytes(90));
  await save();
  plant('letters/second', randomBytes(120));
  plant('notes', randomBytes(100));
  await save();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function plant(name: string, bytes: Uint8Array): void {
  fs.mkdirSync(join(folder, 'source', name, '..'), { recursive: true });
  fs.writeFileSync(join(folder, 'source', name), bytes);
}

async function save(): Promise<void> {
  const id = (await backUp(pristine, join(folder, 'source'))).snapshotId!;
  versions.set(id, {
    files: filesIn(join(folder, 'source')),
    entries: await versionFiles(pristine, image, id),
  });
}

function filesIn(at: string): Map<string, Buffer> {
  const names = fs.existsSync(at) ? fs.readdirSync(at, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.filter((name) => fs.lstatSync(join(at, name)).isFile());
  return new Map(files.map((name) => [name, fs.readFileSync(join(at, name))]));
}

function check(storage: MemoryStorage): Promise<CheckResult> {
  const parts = { repository: reopen(pristine, storage), pipeline: inThreadPipeline };
  return executeCheck(parts, { readData: 'all', noLock: true });
}

/** What came out wrong, with what the restore and the check have said. */
async function restoreFaults(storage: MemoryStorage, checked: CheckResult): Promise<string[]> {
  const faults: string[] = [];
  for (const [id, { files }] of versions) {
    const target = join(folder, 'target');
    fs.rmSync(target, { recursive: true, force: true });
    let told: string[] = [];
    try {
      const snapshot = `${id}:${join(folder, 'source')}`;
      const { problems } = await restore(pristine, target, { storage, snapshot, pipeline: inThreadPipeline });
      told = problems.map(({ path }) => toDisplay(path).slice(1));
    } catch (error) {
      // Refused as a whole, and said so.
      if (!isTidemarkError(error)) throw error;
      told = [''];
    }
    const restored = filesIn(target);
    for (const [name, bytes] of restored)
      if (files.get(name)?.equals(bytes) !== true) faults.push(`wrong bytes in ${name}`);
    const lost = lostIn(checked, id);
    for (const name of files.keys()) {
      if (restored.has(name)) continue;
      if (!isBelow(name, told)) faults.push(`${name} was left out without a word`);
      const snapshotIsNamed = checked.errors.some(
        (error) => error.code === 'snapshotDamaged' && error.snapshotId === id,
      );
      const indexIsNamed = checked.errors.some(({ code }) => code === 'indexDamaged');
      const path = join(folder, 'source', name);
      if (!snapshotIsNamed && !indexIsNamed && !isBelow(path, lost))
        faults.push(`${name} is lost, and the check does not say so`);
    }
  }
  return faults;
}

function lostIn(checked: CheckResult, id: SnapshotId): string[] {
  return checked.affected.filter(({ snapshotIds }) => snapshotIds.includes(id)).map(({ path }) => path);
}

/** '' stands for everything. */
function isBelow(name: string, tops: readonly string[]): boolean {
  return tops.some((top) => top === '' || top === '/' || name === top || name.startsWith(`${top}/`));
}

async function repairAll(storage: MemoryStorage, checked: CheckResult): Promise<void> {
  const parts = {
    pipeline: inThreadPipeline,
    files: createSourceFiles(),
    keepCopy: async (): Promise<void> => undefined,
  };
  const fresh = (): Repository => reopenHastily(pristine, storage);
  const { unreadablePacks } = await executeRepairIndex(
    { ...parts, repository: fresh() },
    { readAllPacks: false, dryRun: false },
  );
  const packs = [...new Set([...checked.brokenPacks, ...unreadablePacks])];
  if (packs.length > 0) await executeRepairPacks({ ...parts, repository: fresh() }, { packs, dryRun: false });
  await executeRepairSnapshots({ ...parts, repository: fresh() }, { snapshots: {}, forget: true });
}

/** What is wrong with the repository after the repairs. */
async function repairFaults(
  storage: MemoryStorage,
  path: string,
  lostBefore: CheckResult,
): Promise<string[]> {
  const after = await check(storage);
  const isBeyondRepair = /^(config|keys|snapshots)/.test(path);
  const faults = isBeyondRepair ? [] : after.errors.map((error) => JSON.stringify(error));
  faults.push(...after.hints.map((hint) => JSON.stringify(hint)));
  const { snapshots } = await reopen(pristine, storage).snapshots.loadAll();
  for (const [id, { entries }] of versions) {
    if (path.endsWith(id)) continue;
    const now = snapshots.find((stored) => stored.id === id || stored.snapshot.original === id);
    const lost = lostIn(lostBefore, id).map((top) => (top === '/' ? '' : top));
    if (now === undefined) {
      if (!lost.includes('')) faults.push(`version ${id} is gone`);
      continue;
    }
    const left = without(await versionFiles(pristine, storage, now.id), ...lost);
    if (JSON.stringify(left) !== JSON.stringify(without(entries, ...lost)))
      faults.push(`version ${id} is not as it was`);
  }
  return faults;
}

test(`E1 a bit in every ${STEP}. byte`, { timeout: 3_600_000 }, async () => {
  const faults: string[] = [];
  let flips = 0;
  let losses = 0;
  for (const [number, [path, bytes]] of [...image.files].entries()) {
    // The last bytes are a pack's length of header.
    const positions = new Set([bytes.length - 1]);
    for (let at = (number * 31) % STEP; at < bytes.length; at += STEP) positions.add(at);
    for (const at of positions) {
      const storage = image.fork();
      storage.files.get(path)![at]! ^= 1 << (at % 8);
      const checked = await check(storage);
      const found = await restoreFaults(storage, checked);
      if (checked.errorCount === 0) found.push('not reported');
      // An index that cannot be read hides what is in it; what is lost for good shows once it is there again.
      await repairAll(storage, checked);
      const isIndex = path.startsWith('index/');
      if (isIndex && checked.affectedCount === 0) found.push('losses are not named');
      const lost = isIndex ? { ...checked, affected: [] } : checked;
      found.push(...(await repairFaults(storage, path, lost)));
      flips++;
      losses += lost.affectedCount > 0 ? 1 : 0;
      faults.push(...found.map((fault) => `${path} at ${at}: ${fault}`));
    }
  }
  expect(faults).toEqual([]);
  expect(flips).toBeGreaterThan(40);
  expect(losses).toBeGreaterThan(5);
});
