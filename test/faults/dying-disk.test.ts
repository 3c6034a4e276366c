/** The built product reading from a real disk that reports errors for exactly known files: a loop device whose file has become too short. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tidemark } from '#test/support/product.ts';
import { smallDiskObstacle, withDyingDisk } from '#test/support/small-disk.ts';

const obstacle = await smallDiskObstacle();
const FOLDERS = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `folder ${String(n)}`);
const FILES = ['large', 'small', ...FOLDERS.map((folder) => `${folder}/file`)];
const REASON = 'the disk reported a read or write error; kept as in the snapshot before';

/** What is in a folder whose list is gone is gone with it. */
function isLost(path: string, bad: ReadonlySet<string>): boolean {
  return bad.has(path) || bad.has(dirname(path));
}

/** Some folders, files in other folders, and neither all of the ones nor all of the others. */
function isMixed(bad: ReadonlySet<string>): boolean {
  return (
    FOLDERS.some((path) => bad.has(path)) &&
    FILES.some((path) => bad.has(path) && !bad.has(dirname(path))) &&
    FILES.filter((path) => !isLost(path, bad)).length > 1
  );
}

describe.skipIf(obstacle !== undefined)(
  `a dying disk${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    it('D5 files and folders that it does not give any more are kept as before, the rest is saved, and the person is warned', async () => {
      const folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-dying-'));
      const repository = join(folder, 'repository');
      const ours = (...args: string[]) => tidemark(['-r', repository, ...args], { cwd: folder });
      try {
        await withDyingDisk(64, async (disk, die) => {
          /** The same sizes every time, so that only reading tells what is in them. */
          const writeAll = (): Map<string, Buffer> => {
            const written = new Map<string, Buffer>();
            for (const path of FILES) {
              written.set(path, randomBytes(path === 'large' ? 14 << 20 : path === 'small' ? 5 : 300_000));
              fs.mkdirSync(join(disk, dirname(path)), { recursive: true });
              fs.writeFileSync(join(disk, path), written.get(path)!, { flush: true });
            }
            return written;
          };
          const before = writeAll();
          expect(await ours('init')).toMatchObject({ code: 0 });
          expect(await ours('backup', disk)).toMatchObject({ code: 0 });
          const now = writeAll();
          const bad = await die([...FILES, ...FOLDERS], isMixed);
          const lost = FILES.filter((path) => isLost(path, bad));
          for (const path of lost) expect(() => fs.readFileSync(join(disk, path)), path).toThrow('EIO');

          const { code, stdout, stderr } = await ours('backup', disk);
          expect([code, stdout]).toEqual([3, expect.stringMatching(/Snapshot \w+ is saved/)]);
          const named = [...bad].filter((path) => !bad.has(dirname(path)));
          expect(
            stderr
              .split('\n')
              .filter((line) => line.startsWith('Not read: '))
              .toSorted(),
          ).toEqual(named.map((path) => `Not read: ${disk}/${path} (${REASON})`).toSorted());
          expect(stderr).toContain('A disk reported errors and may be failing');
          const target = join(folder, 'restored');
          expect(await ours('restore', 'latest', '--target', target)).toMatchObject({ code: 0 });
          for (const path of FILES) {
            const wanted = lost.includes(path) ? before : now;
            expect(fs.readFileSync(join(target, disk, path)).equals(wanted.get(path)!), path).toBe(true);
          }
        });
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }, 60_000);
  },
);
