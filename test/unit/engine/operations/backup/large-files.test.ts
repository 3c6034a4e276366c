/**
 * Large files are shared among threads: the chunks must be those of one thread reading from end to end, and a file that
 * changes under way must come out whole. Real threads, real files, a repository in memory.
 */
import { createCipheriv } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { BackupObserver, BackupResult } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { readContent } from '#operations/read-content.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { bundledThreads } from '#test/support/bundled-threads.ts';
import { backUp, makeMemoryRepository, reopen, testPipeline } from '#test/support/engine.ts';

/** More than one window of the cutting thread, and no multiple of anything. */
const FILE_BYTES = (70 << 20) + 12_345;

const oneThread = bundledThreads(1);

let folder = '';
let file = '';
let repository: Repository;
let storage: MemoryStorage;

beforeEach(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-large-'));
  fs.mkdirSync(join(folder, 'source'));
  file = join(folder, 'source', 'large');
  ({ repository, storage } = await makeMemoryRepository());
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Chunks of every length, with a stretch of zeros, whose chunks are the longest there are. */
function mixedBytes(length: number): Buffer {
  const bytes = createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16)).update(
    Buffer.alloc(length),
  );
  return bytes.fill(0, 20 << 20, 50 << 20);
}

function save(observer: BackupObserver = {}, pipeline = testPipeline): Promise<BackupResult> {
  return backUp(repository, join(folder, 'source'), {}, observer, undefined, pipeline);
}

async function nodeIn(result: BackupResult): Promise<TreeNode> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const { snapshot } = await opened.snapshots.find(result.snapshotId!);
  for await (const { path, node } of walkTree(opened, snapshot.tree!, textToByteString('/'))) {
    if (path === textToByteString(file)) return node;
  }
  throw new Error('the file is not in the snapshot');
}

async function contentOf(node: TreeNode): Promise<Buffer> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const parts: Uint8Array[] = [];
  for await (const part of readContent(opened, node)) parts.push(part);
  return Buffer.concat(parts);
}

it('two threads cut a file as one does', async () => {
  fs.writeFileSync(file, mixedBytes(FILE_BYTES));
  const empty = storage.fork();
  const shared = await save();
  expect(shared.summary.dataBlobs).toBeGreaterThan(20);
  expect(shared.summary.totalBytesProcessed).toBe(FILE_BYTES);
  const node = await nodeIn(shared);
  expect((await contentOf(node)).equals(fs.readFileSync(file))).toBe(true);
  repository = reopen(repository, empty);
  const alone = await save({}, oneThread);
  expect(await nodeIn(alone)).toEqual(node);
  expect(alone.summary.dataBlobs).toBe(shared.summary.dataBlobs);
  // The folders above may have got another time meanwhile, whose text is longer or shorter.
  expect(Math.abs(alone.summary.dataAdded - shared.summary.dataAdded)).toBeLessThan(100);
});

it('a file that changes while it is shared out is read again, from end to end', async () => {
  fs.writeFileSync(file, mixedBytes(FILE_BYTES));
  let hasChanged = false;
  const result = await save({
    onProgress: ({ bytesDone }) => {
      if (hasChanged || bytesDone === 0) return;
      hasChanged = true;
      // In a chunk that is stored already.
      const handle = fs.openSync(file, 'r+');
      fs.writeSync(handle, 'changed', 1000);
      fs.closeSync(handle);
    },
  });
  expect(hasChanged).toBe(true);
  expect(result.problems).toEqual([]);
  expect(result.changedWhileReading.map(toDisplay)).toEqual([]);
  const node = await nodeIn(result);
  expect((await contentOf(node)).equals(fs.readFileSync(file))).toBe(true);
});
