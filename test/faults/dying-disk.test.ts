/** The built product reading from a real disk that reports errors: a loop device whose file has become too short. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareTrees } from '#test/support/compare-trees.ts';
import { tidemark } from '#test/support/product.ts';
import { smallDiskObstacle, withDyingDisk } from '#test/support/small-disk.ts';

const obstacle = await smallDiskObstacle();
const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7];

describe.skipIf(obstacle !== undefined)(
  `a dying disk${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    it('D5 files and folders that it does not give any more are kept as before, the rest is saved, and the person is warned', async () => {
      const folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-dying-'));
      const repository = join(folder, 'repository');
      const ours = (...args: string[]) => tidemark(['-r', repository, ...args], { cwd: folder });
      try {
        await withDyingDisk({ mib: 32, goodMib: 12 }, async (disk, die) => {
          // Folders are spread over the disk, and so are their files; one file is far larger than what stays good.
          for (const n of NUMBERS) {
            fs.mkdirSync(join(disk, `folder ${String(n)}`));
            fs.writeFileSync(join(disk, `folder ${String(n)}`, 'file'), randomBytes(300_000));
          }
          fs.writeFileSync(join(disk, 'large'), randomBytes(14 << 20));
          fs.writeFileSync(join(disk, 'small'), 'small');
          expect(await ours('init')).toMatchObject({ code: 0 });
          expect(await ours('backup', disk)).toMatchObject({ code: 0 });
          fs.cpSync(disk, join(folder, 'as it was'), { recursive: true, preserveTimestamps: true });
          // All are written anew, so that they must be read; only the size is as before.
          for (const n of NUMBERS)
            fs.writeFileSync(join(disk, `folder ${String(n)}`, 'file'), randomBytes(300_000));
          fs.writeFileSync(join(disk, 'large'), randomBytes(14 << 20));
          fs.writeFileSync(join(disk, 'small'), 'newer');
          await die();
          expect(() => fs.readFileSync(join(disk, 'large'))).toThrow('EIO');

          const { code, stdout, stderr } = await ours('backup', disk);
          expect([code, stdout]).toEqual([3, expect.stringMatching(/Snapshot \w+ is saved/)]);
          expect(stderr).toContain(
            `Not read: ${disk}/large (the disk reported a read or write error; kept as in the snapshot before)`,
          );
          expect(stderr).toContain('A disk reported errors and may be failing');
          const target = join(folder, 'restored');
          expect(await ours('restore', 'latest', '--target', target)).toMatchObject({ code: 0 });
          const restored = join(target, disk);
          expect(fs.readFileSync(join(restored, 'small'), 'utf8')).toBe('newer');
          const was = join(folder, 'as it was');
          let kept = 0;
          for (const path of ['large', ...NUMBERS.map((n) => `folder ${String(n)}/file`)]) {
            const content = fs.readFileSync(join(restored, path));
            if (content.equals(fs.readFileSync(join(was, path)))) kept++;
            else expect(content.equals(fs.readFileSync(join(disk, path))), path).toBe(true);
          }
          // At least the large one; which of the others lie on the bad part is the file system's choice.
          expect(kept).toBeGreaterThan(0);
          expect(compareTrees(was, restored, {}).filter((line) => line.includes('missing'))).toEqual([]);
        });
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }, 60_000);
  },
);
