/**
 * What the watcher tells is enough: after random changes to a real, watched tree a backup that follows the hints stores the
 * very tree that a backup stores which reads everything. By hand: `WATCHED_SECONDS=600 WATCHED_SEED=1000 vitest run
 * test/model/watched-backups.test.ts`; a failure prints its seed and the changes since the last backup.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { systemClock } from '#base/system-clock.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupRequest, BackupResult } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { encodeNode } from '#format/tree.ts';
import type { Repository } from '#repository/repository.ts';
import { ChokidarWatching } from '#services/watcher/chokidar-watching.ts';
import { Watcher } from '#services/watcher/watcher.ts';
import type { FolderWatching, WatchNews } from '#services/watcher/folder-watching.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { backupRequest, makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { EXCLUDED, makeWorldFolder, TreeChanges } from '#test/support/watch-world/tree-changes.ts';

const FIRST_SEED = Number(process.env['WATCHED_SEED'] ?? 1);
const SECONDS = Number(process.env['WATCHED_SECONDS'] ?? 0);
/** Without a time given. */
const TREES = 3;
const ROUNDS_PER_TREE = 4;
/** No news for so long: all that happened is told. */
const SETTLED_MS = 350;

let base = '';
let empty: MemoryRepository;

beforeAll(async () => {
  // Not a memory disk: on a real one a new folder may get the inode of one that was removed.
  base = fs.mkdtempSync(join(tmpdir(), 'tidemark-watched-'));
  empty = await makeMemoryRepository();
});

afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** Chokidar, and when it last said something. */
class HeardWatching implements FolderWatching {
  lastNewsMs = 0;
  isReady = false;
  readonly #inner = new ChokidarWatching(systemClock);

  watch(...[request, listener]: Parameters<FolderWatching['watch']>): ReturnType<FolderWatching['watch']> {
    return this.#inner.watch(request, (news: WatchNews) => {
      this.lastNewsMs = performance.now();
      this.isReady ||= news.isReady === true;
      listener(news);
    });
  }

  async settled(): Promise<void> {
    const beganMs = performance.now();
    while (!this.isReady || performance.now() - Math.max(beganMs, this.lastNewsMs) < SETTLED_MS)
      await systemClock.sleep(20);
  }
}

function save(repository: Repository, root: string, changes: Partial<BackupRequest>): Promise<BackupResult> {
  const defaults = backupRequest([]);
  // From its own folder: the folders above are others' and change while this test runs.
  const request = backupRequest([basename(root)], {
    workingFolder: textToByteString(dirname(root)),
    scan: { ...defaults.scan, exclude: { patterns: EXCLUDED } },
    allowEmptySource: true,
    ...changes,
  });
  const parts = {
    repository: reopenEagerly(repository),
    files: createSourceFiles(),
    pipeline: inThreadBackupPipeline,
  };
  return executeBackup(parts, request);
}

async function treeOf(repository: Repository, { snapshotId }: BackupResult): Promise<string> {
  return (await reopen(repository).snapshots.load(snapshotId!)).snapshot.tree!;
}

/** Path to node text, without the ids of folders' trees. */
async function entriesOf(repository: Repository, result: BackupResult): Promise<Map<string, string>> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const entries = new Map<string, string>();
  for await (const { path, node } of walkTree(
    opened,
    (await treeOf(repository, result)) as BlobId,
    '/' as ByteString,
  ))
    entries.set(path, encodeNode(node).replace(/"subtree":"[0-9a-f]+"/, ''));
  return entries;
}

async function differences(
  [hinted, hintedResult]: [Repository, BackupResult],
  [walked, walkedResult]: [Repository, BackupResult],
): Promise<string> {
  const [told, found] = [await entriesOf(hinted, hintedResult), await entriesOf(walked, walkedResult)];
  return [...new Set([...told.keys(), ...found.keys()])]
    .filter((path) => told.get(path) !== found.get(path))
    .map(
      (path) =>
        `${path}\n  by hints ${told.get(path) ?? 'nothing'}\n  on disk  ${found.get(path) ?? 'nothing'}`,
    )
    .join('\n');
}

async function expectEnough(seed: number): Promise<number> {
  const random = new SeededRandom(seed * 7919);
  const { root, outside } = makeWorldFolder(base, `tree-${String(seed)}`);
  const tree = new TreeChanges(root, outside, random);
  for (let i = 0; i < 60; i++) tree.make();
  const storage = empty.storage.fork();
  const repository = reopen(empty.repository, storage);
  const watching = new HeardWatching();
  const watcher = new Watcher(watching, systemClock, { onWanted: () => undefined });
  const exclude = { patterns: EXCLUDED };
  watcher.start([
    { id: 'plan', folders: [textToByteString(root)], exclude, placeIds: ['place'], isWatching: true },
  ]);
  let followed = 0;
  try {
    for (let round = 0; round <= ROUNDS_PER_TREE; round++) {
      await watching.settled();
      const made: string[] = [];
      const count = round === 0 ? 0 : 1 + random.below(25);
      for (let i = 0; i < count; i++) {
        made.push(tree.make());
        if (random.below(8) === 0) await systemClock.sleep(random.below(60));
      }
      await watching.settled();
      const taken = watcher.takeHints('plan', 'place');
      const changeHints = {
        paths: taken.paths,
        wholeFolders: taken.wholeFolders,
        doubt: taken.doubts.length > 0,
      };
      const walked = reopen(empty.repository, storage.fork());
      const hinted = await save(repository, root, { changeHints });
      const full = await save(walked, root, { parent: 'none' });
      if (hinted.hints?.kind === 'followed') followed++;
      if ((await treeOf(repository, hinted)) !== (await treeOf(walked, full))) {
        const found = await differences([repository, hinted], [walked, full]);
        expect.fail(`seed ${String(seed)}\n${made.join('\n')}\n${found}\n${taken.paths.join('\n')}`);
      }
      watcher.confirm(taken, { snapshotId: hinted.snapshotId!, unread: [] });
    }
  } finally {
    await watcher.stop();
  }
  for (const folder of [root, outside]) fs.rmSync(folder, { recursive: true, force: true });
  return followed;
}

test(
  'what the watcher tells is enough for the tree of a full walk',
  async () => {
    const endMs = performance.now() + SECONDS * 1000;
    let followed = 0;
    let trees = 0;
    for (; SECONDS > 0 ? performance.now() < endMs : trees < TREES; trees++)
      followed += await expectEnough(FIRST_SEED + trees);
    if (SECONDS > 0) console.log(`${trees} trees, ${followed} backups by hints, seeds from ${FIRST_SEED}`);
    // Otherwise nothing was shown.
    expect(followed).toBeGreaterThan(trees * (ROUNDS_PER_TREE - 1));
  },
  120_000 + 2000 * SECONDS,
);
