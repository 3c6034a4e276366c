/** What a backup tells of single entries: how much each added, in plain and in the repository, and that it took time. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toDisplay } from '#base/byte-string.ts';
import { idToBytes } from '#base/ids.ts';
import type { EntryCost } from '#operations/backup/entry-cost.ts';
import type { BackupResult } from '#operations/backup/types.ts';
import { findPlace } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-entry-costs-'));
const source = join(base, 'source');
afterAll(() => rmSync(base, { recursive: true, force: true }));

let repository: Repository;
beforeAll(async () => {
  mkdirSync(join(source, 'folder', 'below'), { recursive: true });
  writeFileSync(join(source, 'text'), 'all work and no play '.repeat(500));
  writeFileSync(join(source, 'folder', 'below', 'noise'), randomBytes(3000));
  writeFileSync(join(source, 'empty'), '');
  // Shared among threads.
  writeFileSync(join(source, 'large'), randomBytes(17 << 20));
  ({ repository } = await makeMemoryRepository());
});

async function save(): Promise<{ result: BackupResult; costs: Map<string, EntryCost> }> {
  const costs = new Map<string, EntryCost>();
  const observer = {
    onEntry: (
      ...[path, , , , cost]: [path: never, kind: string, change: string, size: number, cost: EntryCost]
    ) => void costs.set(toDisplay(path), cost),
  };
  const result = await backUp(repository, source, {}, observer, undefined, inThreadBackupPipeline);
  return { result, costs };
}

it('tells of each file and folder what it added, and nothing of what is as it was', async () => {
  const first = await save();
  const opened = reopen(repository);
  const stored = await opened.snapshots.load(first.result.snapshotId!);
  await opened.loadIndex();
  for (const path of ['text', 'folder/below/noise', 'empty', 'large'].map((name) => join(source, name))) {
    const { node } = await findPlace(opened, stored, path as never);
    const packed = node!.content!.map((id) => opened.index.location('data', idToBytes(id))!.length);
    const { data, trees, durationMs } = first.costs.get(path)!;
    expect(data, path).toEqual({
      bytes: Number(node!.size),
      packedBytes: packed.reduce((sum, length) => sum + length, 0),
    });
    expect(trees).toEqual({ bytes: 0, packedBytes: 0 });
    expect(durationMs).toBeGreaterThan(0);
  }
  // A folder counts with those below it; the root has no entry.
  const { treeId } = await findPlace(opened, stored, '/' as never);
  const root = opened.index.location('tree', idToBytes(treeId!))!;
  const [, top] = source.split('/');
  const { trees, durationMs } = first.costs.get(`/${top!}`)!;
  expect(durationMs).toBeGreaterThan(0);
  const files = [...first.costs.values()].map(({ data }) => data);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const { summary } = first.result;
  expect(sum(files.map(({ packedBytes }) => packedBytes)) + trees.packedBytes + root.length).toBe(
    summary.dataAddedPacked,
  );
  expect(sum(files.map(({ bytes }) => bytes)) + trees.bytes + root.uncompressedLength).toBe(
    summary.dataAdded,
  );

  writeFileSync(join(source, 'folder', 'copy'), 'all work and no play '.repeat(500));
  const second = await save();
  const nothing = { bytes: 0, packedBytes: 0 };
  for (const name of ['text', 'large', 'folder/below'])
    expect(second.costs.get(join(source, name))).toEqual({ durationMs: 0, data: nothing, trees: nothing });
  // Its content is there already.
  expect(second.costs.get(join(source, 'folder/copy'))!.data).toEqual(nothing);
  expect(second.costs.get(join(source, 'folder'))!.trees.bytes).toBeGreaterThan(0);
});
