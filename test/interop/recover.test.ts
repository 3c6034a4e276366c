/**
 * Lost snapshots found again, beside the real restic: both find the same trees, restic restores from what we saved, and has then
 * nothing more to find, in both forms.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, makeLocalRepository, openTestRepository } from '#test/support/engine.ts';
import { tidemark } from '#test/support/product.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';

const programs = resticPrograms();
const base = mkdtempSync(join(tmpdir(), 'tidemark-interop-recover-'));
const source = join(base, 'source');
const pristine = join(base, 'pristine');
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic and lost snapshots [skipped: ${NO_RESTIC}]`, () => undefined);

beforeAll(async () => {
  mkdirSync(join(source, 'one', 'deep'), { recursive: true });
  mkdirSync(join(source, 'two'));
  writeFileSync(join(source, 'one', 'deep', 'large'), randomBytes(3_000_000));
  writeFileSync(Buffer.from(`${source}/one/odd \xff`, 'latin1'), 'odd');
  writeFileSync(join(source, 'two', 'more'), 'more');
  await giveCheapKey(await makeLocalRepository(pristine, { password: 'x' }), 'x');
  for (const name of ['one', 'two'])
    await backUp(await openTestRepository(pristine, 'x'), join(source, name));
});

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  const env = { ...process.env, RESTIC_PASSWORD: 'x' };
  const run = (at: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(restic, ['-r', at, '--no-cache', ...args], { env, encoding: 'utf8' });

  /** How many lost trees restic finds; it then tries to save a snapshot of them. 0.19 fails when they come in the wrong order. */
  function theirCount(at: string): number {
    const { stdout, stderr } = run(at, 'recover');
    const count = /found (\d+) unreferenced roots/.exec(stdout)?.[1];
    expect(count, `${stdout}${stderr}`).toBeDefined();
    return Number(count);
  }

  // Once is enough: it is our side that meets the damaged file.
  const cases = version === programs.at(-1)!.version ? ['missing', 'damaged'] : ['missing'];

  test.each(cases)(
    'E4 a snapshot file %s: recovered, and restored by restic',
    async (how) => {
      const at = join(base, `${version}-${how}`);
      cpSync(pristine, at, { recursive: true });
      for (const name of readdirSync(join(at, 'snapshots'))) {
        const file = join(at, 'snapshots', name);
        const bytes = readFileSync(file);
        bytes[30]! ^= 1;
        if (how === 'missing') rmSync(file);
        else writeFileSync(file, bytes);
      }
      const damaged = readdirSync(join(at, 'snapshots'));
      const other = `${at}-theirs`;
      cpSync(at, other, { recursive: true });

      const product = (...args: string[]) =>
        tidemark(['-r', at, ...args], { env: { TIDEMARK_PASSWORD: 'x' } });
      const dry = await product('recover', '--dry-run', '--json');
      expect(dry.code).toBe(0);
      const found = dry.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((message) => message['message_type'] === 'lost_tree');
      expect(found).toMatchObject([{ damaged_files: 0 }, { damaged_files: 0 }]);
      // restic stops at a snapshot file that it cannot read.
      if (how === 'missing') expect(theirCount(other)).toBe(2);
      expect(readdirSync(join(at, 'snapshots'))).toEqual(damaged);

      const each = await product('recover', '--each', String(found[0]!['tree_id']));
      expect([each.code, each.stderr === '']).toEqual([0, how === 'missing']);
      const together = await product('recover');
      expect(together.code).toBe(0);
      const saved = readdirSync(join(at, 'snapshots')).filter((name) => !damaged.includes(name));
      expect(saved).toHaveLength(2);
      if (how === 'damaged') {
        const copies = mkdtempSync(join(base, 'copies-'));
        const inCopies = (...args: string[]) =>
          tidemark(['-r', at, ...args], { cwd: copies, env: { TIDEMARK_PASSWORD: 'x' } });
        const listed = await inCopies('snapshots');
        for (const name of damaged)
          expect(listed.stderr).toContain(`Snapshot ${name.slice(0, 8)} is damaged`);
        // As long as they are there nobody knows what they need: both say what to do.
        for (const args of [['prune'], ['forget', damaged[0]!]]) {
          const refused = await inCopies(...args);
          expect(refused.code).toBe(1);
          expect(refused.stderr).toMatch(/The snapshot file [0-9a-f]{8} in the repository is damaged/);
          expect(refused.stderr).toMatch(/"tidemark recover" .* "tidemark forget --damaged [0-9a-f]{8}"/);
        }
        expect(await inCopies('forget', '--damaged', ...damaged)).toMatchObject({ code: 0, stderr: '' });
        expect(readdirSync(copies).sort()).toEqual(damaged.map((name) => `snapshot-${name}`).sort());
        expect(await inCopies('prune', '--max-unused', '0')).toMatchObject({ code: 0 });
      }

      expect(run(at, 'check', '--read-data')).toMatchObject({ status: 0 });
      for (const name of saved) expect(run(at, 'restore', name, '--target', `${at}-${name}`).status).toBe(0);
      // With --each under the path it had, otherwise in a folder named after the tree.
      const restored = saved.flatMap((name) => {
        const top = `${at}-${name}`;
        const [first] = readdirSync(top);
        const folder = first === source.split('/')[1] ? top : join(top, first!);
        return readdirSync(join(folder, source)).map((which) => ({
          which,
          folder: join(folder, source, which),
        }));
      });
      expect(restored.map(({ which }) => which).toSorted()).toEqual(['one', 'two']);
      for (const { which, folder } of restored) expect(compareTrees(join(source, which), folder)).toEqual([]);
      expect(theirCount(at)).toBe(0);
      expect(readdirSync(join(at, 'snapshots')).toSorted()).toEqual(saved.toSorted());
    },
    60_000,
  );
});
