import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  backUp,
  makeLocalRepository,
  makeMemoryRepository,
  openTestRepository,
} from '#test/support/engine.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-engine-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('a folder is backed up into a memory and a local repository', async () => {
  const source = join(base, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'a.txt'), 'hello');
  const { repository, storage } = await makeMemoryRepository();
  const result = await backUp(repository, source);
  expect(result.problems).toEqual([]);
  expect(result.summary.filesNew).toBe(1);
  expect((await storage.list('snapshot')).map(({ name }) => name)).toEqual([result.snapshotId]);

  const local = await makeLocalRepository(join(base, 'repository'));
  const stored = await backUp(local, [source]);
  const reopened = await openTestRepository(join(base, 'repository'));
  expect((await reopened.snapshots.find('latest')).id).toBe(stored.snapshotId);
});
