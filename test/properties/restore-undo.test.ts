/**
 * Random trees saved, random trees there today, every rule: the restore gives what a simple model says, and its undo gives
 * back exactly what was there.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { RestoreRule } from '#operations/restore/rules.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, restore, undo } from '#test/support/restore.ts';
import { changesSince } from '#test/support/undo-world.ts';

const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-undo-random-'));
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** By path: a file's text, or a folder. */
type Tree = Readonly<Record<string, string>>;

const NAMES = ['a', 'b.txt', 'c'];
const paths = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'));
const files = fc.dictionary(paths, fc.constantFrom('', 'one', 'two', 'three'), { maxKeys: 7 });
/** Without files that others lie below. */
const trees: fc.Arbitrary<Tree> = files.map((all) =>
  Object.fromEntries(
    Object.entries(all).filter(([path]) => !Object.keys(all).some((other) => other.startsWith(`${path}/`))),
  ),
);

const OLD = 1_400_000_000;

/** Each file older or younger than that of the same name in the other tree, by its text. */
function make(folder: string, tree: Tree): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(tree)) {
    const at = join(folder, path);
    fs.mkdirSync(dirname(at), { recursive: true });
    fs.writeFileSync(at, text);
    fs.utimesSync(at, OLD + ageOf(text), OLD + ageOf(text));
  }
}

function ageOf(text: string): number {
  return ['', 'one', 'two', 'three'].indexOf(text);
}

/** What is there after a restore, files only. */
function expected(saved: Tree, today: Tree, rule: RestoreRule): Tree {
  const result: Record<string, string> = rule === 'exact' ? {} : { ...today };
  for (const [path, text] of Object.entries(saved)) {
    const isUnderFile = Object.keys(today).some((other) => path.startsWith(`${other}/`));
    const below = Object.keys(today).filter((other) => other.startsWith(`${path}/`));
    const there = today[path];
    switch (rule) {
      case 'replace-keep-current':
      case 'exact':
        for (const other of Object.keys(result))
          if (path.startsWith(`${other}/`) || below.includes(other)) delete result[other];
        result[path] = text;
        break;
      case 'only-missing':
        if (there === undefined && !isUnderFile && below.length === 0) result[path] = text;
        break;
      case 'keep-both':
        if (isUnderFile) break;
        if (there !== undefined || below.length > 0) {
          if (there !== text) result[`${path} beside`] = text;
        } else result[path] = text;
        break;
      default:
        throw new Error(rule);
    }
  }
  return result;
}

function filesIn(folder: string): Tree {
  const found: Record<string, string> = {};
  for (const [path, text] of Object.entries(contentsOf(folder))) {
    if (text === 'dir' || path.startsWith('.tidemark-undo')) continue;
    found[path.replace(/^(.*) \(from [-0-9 .]+\)(\.txt)?$/, '$1$2 beside')] = text;
  }
  return found;
}

const RULES = ['replace-keep-current', 'keep-both', 'only-missing', 'exact'] as const;

test('every rule does what it says, and its undo brings back what was there', async () => {
  const { repository } = await makeMemoryRepository();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(trees, trees, fc.constantFrom(...RULES), async (saved, today, rule) => {
      const place = join(base, String(round++));
      const [source, target, before] = ['source', 'target', 'before'].map((name) => join(place, name)) as [
        string,
        string,
        string,
      ];
      make(source, { ...saved, always: 'one' });
      make(target, today);
      // Whole seconds: the comparison puts the time back after it has had a look.
      fs.utimesSync(target, OLD, OLD);
      execFileSync('cp', ['-a', target, before]);
      const { snapshotId } = await backUp(repository, source, {}, {}, undefined, inThreadBackupPipeline);
      await restore(repository, target, {
        snapshot: `${snapshotId}:${source}`,
        overwrite: rule,
        pipeline: inThreadPipeline,
      });
      expect(filesIn(target)).toEqual(expected({ ...saved, always: 'one' }, today, rule));
      expect((await undo(target)).result.isComplete).toBe(true);
      expect(changesSince(before, target)).toEqual([]);
      fs.rmSync(place, { recursive: true });
    }),
    { numRuns: Number(process.env['TIDEMARK_RUNS'] ?? '25') },
  );
});
