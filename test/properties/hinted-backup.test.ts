/**
 * A backup that is told what was touched stores the very trees that one looking at everything stores, with the same counts:
 * after random changes to a random tree, for exactly the touched paths and for more than these. Paths that nobody told of
 * stay as the parent has them, and nothing else is wrong.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { encodeNode } from '#format/tree.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupResult } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import { parseFolderTag } from '#rules/tagged-exclude.ts';
import { backupRequest, makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';

/** Few names, so that changes meet: `.nobackup` leaves a folder's other entries out, `*.tmp` is excluded. */
const NAMES = ['a', 'a-b', 'b', 'b.tmp', 'c', '.nobackup'];
const SCAN = {
  ...backupRequest([]).scan,
  exclude: { patterns: [textToByteString('*.tmp')] },
  folderTags: [parseFolderTag(textToByteString('.nobackup'))],
};

const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));
const change = fc.record({
  kind: fc.constantFrom('write', 'append', 'chmod', 'remove', 'move', 'makeFolder', 'makeAnew', 'link'),
  path,
  other: path,
  content: fc.nat(3),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const files = createSourceFiles();
let folder = '';
let source = '';
let empty: MemoryRepository;
let round = 0;

beforeAll(async () => {
  // Not a memory disk: here a new folder may get the inode of one that was removed.
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-hints-'));
  empty = await makeMemoryRepository();
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function look(at: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(at);
  } catch {
    return undefined;
  }
}

/** The first entries come back, as new ones. */
function makeAnew(at: string, keep: number): void {
  const names = fs.readdirSync(at).sort().slice(0, keep);
  execFileSync('cp', ['-a', at, `${at}.old`]);
  fs.rmSync(at, { recursive: true });
  fs.mkdirSync(at);
  for (const name of names) {
    execFileSync('cp', ['-dR', join(`${at}.old`, name), join(at, name)]);
    if (look(join(at, name))?.isFile() === true) fs.appendFileSync(join(at, name), 'anew');
  }
  fs.rmSync(`${at}.old`, { recursive: true });
}

/** Where an entry really lies: whoever writes through a link to a folder touches that folder, and that is told. */
function realPlace(at: string): string {
  const full = join(source, at);
  return join(relative(source, fs.realpathSync(dirname(full))), basename(full));
}

/** @returns the paths that a watcher would tell of; none when the change cannot be made here */
function apply({ kind, path: at, other, content }: Change): string[] {
  const full = join(source, at);
  const there = look(full);
  if (!fs.existsSync(dirname(full))) return [];
  const told = realPlace(at);
  const isFree = there === undefined && look(dirname(full))?.isDirectory();
  switch (kind) {
    case 'write':
      if (isFree !== true && there?.isFile() !== true) return [];
      fs.writeFileSync(full, 'content '.repeat(content));
      return [told];
    case 'append':
      if (there?.isFile() !== true) return [];
      fs.appendFileSync(full, 'more');
      return [told];
    case 'chmod':
      if (there === undefined || there.isSymbolicLink()) return [];
      fs.chmodSync(full, there.isDirectory() ? 0o700 + content : 0o600 + content);
      return [told];
    case 'remove':
      if (there === undefined) return [];
      fs.rmSync(full, { recursive: true });
      return [told];
    case 'move': {
      const target = join(source, other);
      if (there === undefined || look(dirname(target))?.isDirectory() !== true) return [];
      const toldOther = realPlace(other);
      if (`${toldOther}/`.startsWith(`${told}/`) || `${told}/`.startsWith(`${toldOther}/`)) return [];
      fs.rmSync(target, { recursive: true, force: true });
      fs.renameSync(full, target);
      return [told, toldOther];
    }
    case 'makeFolder':
      if (isFree !== true) return [];
      fs.mkdirSync(full);
      for (let i = 0; i < content; i++) fs.writeFileSync(join(full, NAMES[i]!), at);
      return [told];
    case 'makeAnew':
      // All in it is new, but only the folder is told of, and it may have the inode of the one before.
      if (there?.isDirectory() !== true) return [];
      makeAnew(full, content);
      return [told];
    case 'link':
      if (isFree !== true) return [];
      fs.symlinkSync(other, full);
      return [told];
  }
}

function save(
  repository: Repository,
  hints?: readonly string[],
  whole: readonly string[] = [],
): Promise<BackupResult> {
  const inSource = (hint: string): ByteString => textToByteString(join(source, hint));
  const request = backupRequest([source.slice(folder.length + 1)], {
    workingFolder: textToByteString(folder),
    scan: SCAN,
    allowEmptySource: true,
    ...(hints === undefined
      ? {}
      : { changeHints: { paths: hints.map(inSource), wholeFolders: whole.map(inSource) } }),
  });
  const parts = { repository: reopenEagerly(repository), files, pipeline: inThreadBackupPipeline };
  return executeBackup(parts, request);
}

async function treeOf(repository: Repository, { snapshotId }: BackupResult): Promise<string> {
  return (await reopen(repository).snapshots.load(snapshotId!)).snapshot.tree!;
}

/** Path to node text; of folders only that they are there. */
async function entriesOf(repository: Repository, result: BackupResult): Promise<Map<string, string>> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const { tree } = (await opened.snapshots.load(result.snapshotId!)).snapshot;
  const entries = new Map<string, string>();
  for await (const { path: at, node } of walkTree(opened, tree!, '/' as ByteString)) {
    const below = toDisplay(at).slice(1).split('/').slice(1).join('/');
    entries.set(below, node.type === 'dir' ? 'dir' : encodeNode(node));
  }
  return entries;
}

function countsOf({ summary }: BackupResult): object {
  const { totalFilesProcessed, totalBytesProcessed, filesNew, filesChanged, filesUnmodified } = summary;
  const folders = summary.dirsNew + summary.dirsChanged + summary.dirsUnmodified;
  return { totalFilesProcessed, totalBytesProcessed, filesNew, filesChanged, filesUnmodified, folders };
}

interface Round {
  readonly walked: Repository;
  readonly full: BackupResult;
  readonly touched: readonly string[];
  /** A repository as it was before the changes. */
  before(): Repository;
  readonly parent: BackupResult;
}

async function playRound(first: readonly Change[], then: readonly Change[]): Promise<Round> {
  source = join(folder, `source-${String(++round)}`);
  fs.mkdirSync(source);
  for (const each of first) apply(each);
  const storage = empty.storage.fork();
  const parent = await save(reopen(empty.repository, storage));
  const touched = [...new Set(then.flatMap(apply))];
  const before = (): Repository => reopen(empty.repository, storage.fork());
  const walked = before();
  return { walked, full: await save(walked), touched, before, parent };
}

const RUNS = Number(process.env['TIDEMARK_HINTS'] ?? 30);
const changes = (maxLength: number): fc.Arbitrary<Change[]> => fc.array(change, { maxLength, size: 'max' });

it('gives the trees and counts of a full walk', async () => {
  await fc.assert(
    fc.asyncProperty(changes(60), changes(8), fc.array(path, { maxLength: 4 }), async (first, then, more) => {
      const { walked, full, touched, before } = await playRound(first, then);
      for (const hints of [touched, [...touched, ...more, '', '..', '../elsewhere']]) {
        const repository = before();
        const hinted = await save(repository, hints);
        expect(hinted.hints?.kind).toBe('followed');
        expect(await treeOf(repository, hinted)).toBe(await treeOf(walked, full));
        expect(countsOf(hinted)).toEqual(countsOf(full));
      }
      fs.rmSync(source, { recursive: true });
    }),
    { numRuns: RUNS },
  );
}, 120_000);

it('gives them too when of some folders nothing is told but that all in them is in doubt', async () => {
  await fc.assert(
    fc.asyncProperty(
      changes(60),
      changes(8),
      fc.array(path, { minLength: 1, maxLength: 3 }),
      async (first, then, whole) => {
        const { walked, full, touched, before } = await playRound(first, then);
        const told = touched.filter((at) => !whole.some((folder) => `${at}/`.startsWith(`${folder}/`)));
        const repository = before();
        const hinted = await save(repository, told, whole);
        expect(await treeOf(repository, hinted)).toBe(await treeOf(walked, full));
        expect(countsOf(hinted)).toEqual(countsOf(full));
        fs.rmSync(source, { recursive: true });
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);

it('leaves what nobody told of as the parent has it, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(changes(60), changes(8), fc.nat(), async (first, then, keep) => {
      const { walked, full, touched, before, parent } = await playRound(first, then);
      const told = touched.filter((_, index) => ((keep >> index) & 1) === 1);
      const repository = before();
      const hinted = await entriesOf(repository, await save(repository, told));
      const [now, then_] = [await entriesOf(walked, full), await entriesOf(before(), parent)];
      for (const [at, text] of hinted) expect([now.get(at), then_.get(at)]).toContain(text);
      for (const at of told) expect(hinted.get(at)).toBe(now.get(at));
      // What is the same before and after is there, below folders that are.
      for (const [at, text] of now)
        if (then_.get(at) === text && hinted.get(dirname(at)) === 'dir') expect(hinted.get(at)).toBe(text);
      fs.rmSync(source, { recursive: true });
    }),
    { numRuns: RUNS },
  );
}, 120_000);
