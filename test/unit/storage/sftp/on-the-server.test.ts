/** What goes wrong on an SSH server: its folders, its disk, its permissions. */
import { chmodSync, chownSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import { makeSftpPlace, sftpEnvironment, type SftpPlace } from '#test/support/sftp-places.ts';
import {
  passwordObstacle,
  sftpServerObstacle,
  startSftpServer,
  type SftpServer,
} from '#test/support/sftp-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { remountReadOnly, smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const obstacle = sftpServerObstacle();
const noDisk = obstacle ?? (await smallDiskObstacle());
const noPasswords = obstacle ?? passwordObstacle();
const MIB = 1 << 20;

function temporaryFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) => each.includes('.tmp-'));
}

async function failureOf(work: Promise<unknown>): Promise<TidemarkError> {
  const outcome = await work.then(
    () => new Error('no failure'),
    (error: unknown) => error,
  );
  if (!isTidemarkError(outcome)) throw outcome;
  return outcome;
}

function makeBytes(sizeBytes: number, seed = 0): { bytes: Buffer; name: string } {
  const bytes = Buffer.alloc(sizeBytes, `${String(seed)} some bytes, not all alike.`);
  return { bytes, name: sha256(bytes) };
}

describe.skipIf(obstacle !== undefined)(`what is on an SSH server (${obstacle ?? 'OpenSSH'})`, () => {
  let server: SftpServer;
  let place: SftpPlace;

  beforeAll(async () => {
    server = await startSftpServer();
  });

  afterAll(async () => server.close());

  beforeEach(async () => {
    place = await makeSftpPlace(server);
    await place.storage.create();
  });

  afterEach(async () => {
    await place.storage.close();
    await place.dispose();
  });

  test('a folder above that is missing is not made', async () => {
    const storage = new SftpStorage(
      {
        kind: 'sftp',
        host: '127.0.0.1',
        port: server.port,
        user: server.user,
        path: join(server.data, 'a/b'),
      },
      { clock: systemClock, env: sftpEnvironment(server) },
    );
    expect(await failureOf(storage.create())).toMatchObject({
      code: 'storage.unreachable',
      retry: 'afterUser',
    });
    await expect(stat(join(server.data, 'a'))).rejects.toThrow('ENOENT');
    await storage.close();
  });

  test('35: a repository that has gone is no empty one, and nothing is made in its place', async () => {
    const { bytes, name } = makeBytes(1000);
    await place.storage.save('config', 'config', bytes);
    await place.storage.save('pack', name, bytes);
    renameSync(place.folder, `${place.folder}-away`);
    await mkdir(place.folder);
    for (const work of [
      () => place.storage.list('pack'),
      () => place.storage.list('snapshot'),
      () => place.storage.load('pack', name),
      () => place.storage.stat('pack', name),
      () => place.storage.remove('pack', name),
      () => place.storage.save('pack', name, bytes),
      () => place.storage.removeLeftovers(),
    ]) {
      expect((await failureOf(work())).code).toBe('storage.driveGone');
    }
    expect(readdirSync(place.folder)).toEqual([]);
    rmSync(place.folder, { recursive: true });
    expect((await failureOf(place.storage.save('pack', name, bytes))).code).toBe('storage.driveGone');
    renameSync(`${place.folder}-away`, place.folder);
    expect(await place.storage.list('pack')).toEqual([{ name, sizeBytes: 1000 }]);
  });

  test('a missing sub-folder is made by the save that needs it', async () => {
    const { bytes, name } = makeBytes(1000);
    await place.storage.save('config', 'config', bytes);
    rmSync(join(place.folder, 'data'), { recursive: true });
    expect(await place.storage.list('pack')).toEqual([]);
    await place.storage.save('pack', name, bytes);
    expect(await place.storage.list('pack')).toEqual([{ name, sizeBytes: 1000 }]);
  });

  test("11: what killed saves left is removed after a day by the server's clock, not before", async () => {
    const daySeconds = 24 * 60 * 60;
    const nowSeconds = Date.now() / 1000;
    for (const [path, ageSeconds] of [
      ['data/ab/.tmp-1-0123456789ab', daySeconds + 100],
      ['.tmp-2-0123456789ab', daySeconds * 30],
      ['index/.tmp-3-0123456789ab', daySeconds - 100],
      ['index/.tmp-somebody-else', daySeconds * 30],
    ] as const) {
      await place.plantFile(path, Buffer.from('left'));
      utimesSync(join(place.folder, path), nowSeconds, nowSeconds - ageSeconds);
    }
    expect(await place.storage.removeLeftovers()).toBe(2);
    expect(temporaryFiles(place.folder).sort()).toEqual([
      'index/.tmp-3-0123456789ab',
      'index/.tmp-somebody-else',
    ]);
  });

  test('a repository that is shared with a group stays so', async () => {
    const modeOf = async (type: 'key' | 'pack', name: string): Promise<number> =>
      (await stat(join(place.folder, type === 'key' ? `keys/${name}` : `data/${name.slice(0, 2)}/${name}`)))
        .mode & 0o777;
    const { bytes, name } = makeBytes(100);
    await place.storage.save('config', 'config', bytes);
    await place.storage.save('key', name, bytes);
    expect(await modeOf('key', name)).toBe(0o600);
    chmodSync(join(place.folder, 'config'), 0o640);
    await place.storage.open();
    await place.storage.save('pack', name, bytes);
    // Less what the server's umask takes.
    expect((await modeOf('pack', name)) & 0o740).toBe(0o640);
  });

  test.skipIf(noPasswords !== undefined)(
    `33: a folder that one may not write to (${noPasswords ?? 'sshd'})`,
    async () => {
      const other = await startSftpServer({
        passwordUser: { name: 'tidemark-test', password: 'open sesame' },
      });
      const storage = new SftpStorage(
        {
          kind: 'sftp',
          host: '127.0.0.1',
          port: other.port,
          user: 'tidemark-test',
          path: join(other.data, 'mine'),
        },
        { clock: systemClock, env: { ...sftpEnvironment(other), TIDEMARK_SFTP_PASSWORD: 'open sesame' } },
      );
      try {
        await storage.create();
        const { bytes, name } = makeBytes(1000);
        await storage.save('pack', name, bytes);
        const folder = join(other.data, 'mine', 'data', name.slice(0, 2));
        chownSync(folder, 0, 0);
        chmodSync(folder, 0o755);
        const second = makeBytes(1001);
        const third = { ...second, name: `${name.slice(0, 2)}${second.name.slice(2)}` };
        expect(await failureOf(storage.save('pack', third.name, third.bytes))).toMatchObject({
          code: 'storage.accessDenied',
          retry: 'afterUser',
        });
        expect(Buffer.compare(await storage.load('pack', name), bytes)).toBe(0);
        chmodSync(folder, 0o700);
        expect((await failureOf(storage.load('pack', name))).code).toBe('storage.accessDenied');
        expect((await failureOf(storage.list('pack'))).code).toBe('storage.accessDenied');
      } finally {
        await storage.close();
        await other.close();
      }
    },
  );

  describe.skipIf(noDisk !== undefined)(`small disks of the server (${noDisk ?? 'mounted'})`, () => {
    async function onDisk(
      disk: Parameters<typeof withSmallDisk>[0],
      use: (full: SftpPlace, disk: string) => Promise<void>,
    ): Promise<void> {
      await withSmallDisk(disk, async (folder) => {
        const full = await makeSftpPlace(server, { folder });
        try {
          await full.storage.create();
          await use(full, folder);
        } finally {
          await full.storage.close();
        }
      });
    }

    test.each(['ext4', 'tmpfs'] as const)('30: full: %s', async (kind) => {
      await onDisk({ kind, mib: 16 }, async ({ storage, folder }) => {
        const small = makeBytes(100_000);
        const large = makeBytes(32 * MIB);
        await storage.save('config', 'config', small.bytes);
        const kept = makeBytes(6 * MIB);
        await storage.save('pack', kept.name, kept.bytes);
        expect(await failureOf(storage.save('pack', large.name, large.bytes))).toMatchObject({
          code: 'storage.full',
          retry: 'afterUser',
          data: { outOfInodes: false },
        });
        expect(await storage.list('pack')).toEqual([{ name: kept.name, sizeBytes: kept.bytes.length }]);
        const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        expect(files.filter((each) => each.includes('.tmp-'))).toEqual([]);
        expect(Buffer.compare(await storage.load('pack', kept.name), kept.bytes)).toBe(0);
        await storage.remove('pack', kept.name);
        const fitting = makeBytes(5 * MIB);
        await storage.save('pack', fitting.name, fitting.bytes);
      });
    });

    test('31: no room for more files', async () => {
      await onDisk({ kind: 'tmpfs', mib: 16, inodes: 300 }, async ({ storage, folder }) => {
        for (let i = 0; i < 40; i++) {
          try {
            writeFileSync(join(folder, `filler-${String(i)}`), 'x');
          } catch {
            break;
          }
        }
        const { bytes, name } = makeBytes(1000);
        expect(await failureOf(storage.save('pack', name, bytes))).toMatchObject({
          code: 'storage.full',
          data: { outOfInodes: true },
        });
      });
    });

    test('32: read only', async () => {
      await onDisk({ kind: 'ext4', mib: 16 }, async ({ storage }, disk) => {
        const { bytes, name } = makeBytes(1000);
        await storage.save('pack', name, bytes);
        await remountReadOnly(disk);
        expect(Buffer.compare(await storage.load('pack', name), bytes)).toBe(0);
        const next = makeBytes(2000);
        expect(await failureOf(storage.save('pack', next.name, next.bytes))).toMatchObject({
          code: 'storage.readOnly',
          retry: 'afterUser',
        });
        expect((await failureOf(storage.remove('pack', name))).code).toBe('storage.readOnly');
      });
    });
  });
});
