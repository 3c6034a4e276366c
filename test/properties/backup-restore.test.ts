/** Any small tree, saved and restored, is the same tree. Random names (bytes), kinds, contents, modes and times. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import {
  backUp,
  makeMemoryRepository,
  reopen,
  testPipeline,
  type MemoryRepository,
} from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { setTimesNs } from '#test/support/raw-posix.ts';

type Tree = Readonly<Record<string, Entry>>;
type Entry =
  | {
      readonly kind: 'file';
      readonly content: Uint8Array;
      readonly repeat: number;
      readonly mode: number;
      readonly timeNs: bigint;
    }
  | { readonly kind: 'dir'; readonly mode: number; readonly timeNs: bigint; readonly entries: Tree }
  | { readonly kind: 'symlink'; readonly target: string; readonly timeNs: bigint }
  | { readonly kind: 'fifo'; readonly timeNs: bigint };

/** Bytes as Latin-1 text: anything but NUL and slash. */
const name = fc
  .array(
    fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x2f),
    { minLength: 1, maxLength: 12 },
  )
  .map((bytes) => Buffer.from(bytes).toString('latin1'))
  .filter((text) => text !== '.' && text !== '..');
const timeNs = fc.bigInt({ min: -2_000_000_000_000_000_000n, max: 9_000_000_000_000_000_000n });
const { tree } = fc.letrec<{ tree: Tree; entry: Entry }>((tie) => ({
  tree: fc.dictionary(name, tie('entry'), { maxKeys: 5, depthIdentifier: 'tree', noNullPrototype: true }),
  entry: fc.oneof(
    { depthIdentifier: 'tree', maxDepth: 3 },
    fc.record({
      kind: fc.constant('file' as const),
      content: fc.uint8Array({ maxLength: 300 }),
      repeat: fc.oneof(
        { weight: 9, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 6000 }) },
      ),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      timeNs,
    }),
    fc.record({ kind: fc.constant('symlink' as const), target: name, timeNs }),
    fc.record({ kind: fc.constant('fifo' as const), timeNs }),
    fc.record({
      kind: fc.constant('dir' as const),
      mode: fc.integer({ min: 0o700, max: 0o777 }),
      timeNs,
      entries: tie('tree'),
    }),
  ),
}));

let folder = '';
let empty: MemoryRepository;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-any-tree-'));
  empty = await makeMemoryRepository();
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function build(at: Buffer, entries: Tree): void {
  fs.mkdirSync(at);
  for (const [key, entry] of Object.entries(entries)) {
    const path = Buffer.concat([at, Buffer.from('/'), Buffer.from(key, 'latin1')]);
    switch (entry.kind) {
      case 'file':
        fs.writeFileSync(path, Buffer.alloc(entry.content.length * entry.repeat, entry.content));
        break;
      case 'dir':
        build(path, entry.entries);
        break;
      case 'symlink':
        fs.symlinkSync(Buffer.from(entry.target, 'latin1'), path);
        break;
      case 'fifo':
        // A name on the command line must be UTF-8.
        execFileSync('mkfifo', [join(folder, 'pipe')]);
        fs.renameSync(join(folder, 'pipe'), path);
    }
    if (entry.kind === 'file' || entry.kind === 'dir') fs.chmodSync(path, entry.mode);
    setTimesNs(path, entry.timeNs);
  }
}

it('comes back as it was', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(tree, async (entries) => {
      round++;
      const source = join(folder, `source-${String(round)}`);
      const target = join(folder, `target-${String(round)}`);
      build(Buffer.from(source), entries);
      const repository = reopen(empty.repository, empty.storage.fork());
      const changes = { workingFolder: textToByteString(folder) };
      const saved = await backUp(
        repository,
        [`source-${String(round)}`],
        changes,
        {},
        undefined,
        inThreadBackupPipeline,
      );
      expect(saved.problems).toEqual([]);
      const parts = { repository: reopen(repository), files: createTargetFiles(), pipeline: testPipeline };
      await executeRestore(parts, {
        snapshot: saved.snapshotId!,
        filter: {},
        target: textToByteString(target),
        overwrite: 'refuse',
        sparse: true,
        verify: true,
        noLock: true,
        dryRun: false,
      });
      expect(
        compareTrees(source, join(target, `source-${String(round)}`), { ignore: ['sparseness'] }),
      ).toEqual([]);
      fs.rmSync(source, { recursive: true });
      fs.rmSync(target, { recursive: true });
    }),
    { numRuns: Number(process.env['TIDEMARK_TREES'] ?? 12) },
  );
}, 120_000);
