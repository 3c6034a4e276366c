/** Listing, giving out, keys and locks on small real repositories. */
import { spawnSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { catObject } from '#operations/cat.ts';
import { executeDump, type DumpResult } from '#operations/dump.ts';
import { resolveSnapshotPath } from '#operations/find-in-snapshot.ts';
import { indentJson } from '#operations/indent-json.ts';
import { addKey, changePassword, listKeys, removeKey } from '#operations/keys.ts';
import { listObjectIds } from '#operations/list.ts';
import { listSnapshot, type ListRequest } from '#operations/ls.ts';
import { listSnapshots } from '#operations/snapshots.ts';
import { executeUnlock, prepareUnlock } from '#operations/unlock.ts';
import type { Repository } from '#repository/repository.ts';
import { groupSnapshots } from '#rules/snapshot-groups.ts';
import { backUp, makeMemoryRepository, openTestRepository, reopen } from '#test/support/engine.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-operations-'));
const source = join(base, 'source');
const LARGE = randomBytes(5_000_000);
let repository: Repository;

beforeAll(async () => {
  mkdirSync(join(source, 'b', 'deep'), { recursive: true });
  writeFileSync(join(source, 'a.txt'), 'one');
  writeFileSync(join(source, 'b', 'deep', 'large'), LARGE);
  writeFileSync(join(source, 'b', 'z'), '');
  writeFileSync(Buffer.from(`${source}/b/bad-\xff`, 'latin1'), 'bytes');
  writeFileSync(join(source, 'b', 'back\\slash'), 'slash');
  linkSync(join(source, 'a.txt'), join(source, 'b', 'hard'));
  symlinkSync('../a.txt', join(source, 'b', 'link'));
  spawnSync('mkfifo', [join(source, 'b', 'pipe')]);
  chmodSync(join(source, 'a.txt'), 0o640);
  utimesSync(join(source, 'a.txt'), 1_600_000_000, 1_600_000_000);
  ({ repository } = await makeMemoryRepository());
  await backUp(repository, source, { tags: ['first'], time: '2026-01-01T00:00:00Z' });
  await backUp(repository, join(source, 'b'), { hostname: 'other', time: '2026-01-02T00:00:00Z' });
  await backUp(repository, source, { tags: ['second', 'x'], time: '2026-01-03T00:00:00Z' });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const bytes = (text: string): ByteString => textToByteString(text);

async function paths(request: ListRequest): Promise<string[]> {
  const found: string[] = [];
  for await (const listed of listSnapshot(reopen(repository), request))
    if (listed.kind === 'entry') found.push(toDisplay(listed.path));
  return found;
}

async function dump(
  path: string,
  archive: 'tar' | 'zip' = 'tar',
  snapshot = 'latest',
): Promise<DumpResult & { output: Buffer }> {
  const parts: Uint8Array[] = [];
  const result = await executeDump(
    reopen(repository),
    { snapshot, path: bytes(path), archive },
    async (part) => void parts.push(part),
  );
  return { ...result, output: Buffer.concat(parts) };
}

describe('snapshots', () => {
  const timesOf = async (request: Parameters<typeof listSnapshots>[1]): Promise<string[]> =>
    (await listSnapshots(reopen(repository), request)).snapshots.map(({ snapshot }) =>
      snapshot.time.slice(8, 10),
    );

  test('filters by host, path and tags, the newest, and ids', async () => {
    expect(await timesOf({})).toEqual(['01', '02', '03']);
    expect(await timesOf({ filter: { hosts: ['other'] } })).toEqual(['02']);
    expect(await timesOf({ filter: { paths: [source] } })).toEqual(['01', '03']);
    expect(await timesOf({ filter: { tags: [['second', 'x']] } })).toEqual(['03']);
    expect(await timesOf({ filter: { tags: [['first'], ['x']] } })).toEqual(['01', '03']);
    expect(await timesOf({ filter: { tags: [['']] } })).toEqual(['02']);
    expect(await timesOf({ latest: 1 })).toEqual(['02', '03']);
    expect(await timesOf({ ids: ['latest'], filter: { hosts: ['other'] } })).toEqual(['02']);
    await expect(timesOf({ ids: ['0123'] })).rejects.toMatchObject({ code: 'repository.objectNotFound' });
  });

  test('groups', async () => {
    const { snapshots } = await listSnapshots(reopen(repository), {});
    const sizes = (fields: Parameters<typeof groupSnapshots>[1]): number[] =>
      groupSnapshots(snapshots, fields).map((group) => group.snapshots.length);
    expect(sizes([])).toEqual([3]);
    expect(sizes(['host'])).toEqual([2, 1]);
    expect(sizes(['tags'])).toEqual([1, 1, 1]);
    expect(groupSnapshots(snapshots, ['host', 'paths'])[0]!.key).toEqual({
      hostname: 'testhost',
      paths: [source],
    });
  });
});

describe('ls', () => {
  test('everything, a folder, a folder with all below, another root', async () => {
    const all = await paths({ snapshot: 'latest' });
    expect(all).toContain(`${source}/b/deep/large`);
    expect(all.slice(0, 2)).toEqual(['/tmp', base]);
    const inB = ['/b', '/b/back\\slash', '/b/bad-\ufffd', '/b/deep', '/b/hard', '/b/link', '/b/pipe', '/b/z'];
    expect(await paths({ snapshot: 'latest', paths: [bytes(`${source}/b`)] })).toEqual(
      inB.map((path) => source + path),
    );
    const deep = await paths({ snapshot: 'latest', paths: [bytes(`${source}/b/`)], recursive: true });
    expect(deep).toContain(`${source}/b/deep/large`);
    expect(await paths({ snapshot: `latest:${source}/b/deep` })).toEqual(['/large']);
    await expect(paths({ snapshot: 'latest:/nowhere' })).rejects.toMatchObject({
      code: 'files.pathNotInSnapshot',
      data: { path: '/nowhere' },
    });
  });

  test('a filter decides what latest is', async () => {
    const other = await resolveSnapshotPath(reopen(repository), 'latest', { hosts: ['other'] });
    expect(other.stored.snapshot.hostname).toBe('other');
  });
});

describe('dump', () => {
  test('a file, with backpressure', async () => {
    const { output, kind } = await dump(`${source}/b/deep/large`);
    expect(kind).toBe('file');
    expect(output.equals(LARGE)).toBe(true);
    expect((await dump('/large', 'tar', `latest:${source}/b/deep`)).output.equals(LARGE)).toBe(true);
    let atOnce = 0;
    let most = 0;
    const slow = async (): Promise<void> => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
    };
    const request = { snapshot: 'latest', path: bytes(source), archive: 'zip' } as const;
    await executeDump(reopen(repository), request, slow);
    expect(most).toBe(1);
  });

  test('a folder as tar comes out again', async () => {
    const { output, notes, kind } = await dump(source);
    expect(kind).toBe('folder');
    const target = mkdtempSync(join(base, 'tar-'));
    expect(spawnSync('tar', ['-xpf', '-', '-C', target], { input: output }).status).toBe(0);
    const at = (name: string): string => join(target, source, name);
    expect(readFileSync(at('b/deep/large')).equals(LARGE)).toBe(true);
    expect(readFileSync(at('b/hard'), 'utf8')).toBe('one');
    expect(readlinkSync(at('b/link'))).toBe('../a.txt');
    expect(lstatSync(at('a.txt')).mode & 0o7777).toBe(0o640);
    expect(lstatSync(at('a.txt')).mtimeMs).toBe(1_600_000_000_000);
    expect(readFileSync(at('b/bad-%ff'), 'utf8')).toBe('bytes');
    expect(readFileSync(at('b/back%5cslash'), 'utf8')).toBe('slash');
    expect(notes.map(({ path, what }) => [toDisplay(path).slice(source.length), what])).toEqual([
      ['/b/back\\slash', 'renamed'],
      ['/b/bad-\ufffd', 'renamed'],
      ['/b/pipe', 'skipped'],
    ]);
  });

  test('a folder as zip comes out again', async () => {
    const { output } = await dump(join(source, 'b'), 'zip');
    const file = join(base, 'b.zip');
    writeFileSync(file, output);
    const script = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
for i in z.infolist(): print(i.filename, i.file_size, oct(i.external_attr>>16))`;
    const listed = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
    expect(listed.stderr).toBe('');
    const inside = source.slice(1);
    expect(listed.stdout).toContain(`${inside}/b/deep/large 5000000 0o100`);
    expect(listed.stdout).toContain(`${inside}/b/link 8 0o120777`);
    expect(listed.stdout).toContain(`${inside}/b/deep/ 0 0o40`);
  });

  test('what is neither file nor folder, and what is not there', async () => {
    await expect(dump(`${source}/b/pipe`)).rejects.toMatchObject({ code: 'request.invalidInput' });
    await expect(dump(`${source}/c`)).rejects.toMatchObject({ code: 'files.pathNotInSnapshot' });
  });

  test('hostile names are left out of archives, and a lost blob is an error in both kinds', async () => {
    const { repository: own } = await makeMemoryRepository();
    const node = (name: string, more: object): string =>
      JSON.stringify({ name, type: 'file', mode: 420, uid: 0, gid: 0, ...more });
    const lost = node('lost', { size: 3, content: ['ab'.repeat(32)] });
    const [hostile, broken] = await plantBlobs(own, 'tree', [
      `{"nodes":[${node('..', { content: [] })},${node('ok', { content: [] })}]}\n`,
      `{"nodes":[${lost}]}\n`,
    ]);
    const first = await plantSnapshot(own, hostile!);
    const second = await plantSnapshot(own, broken!);
    const drop = async (): Promise<void> => undefined;
    for (const archive of ['tar', 'zip'] as const) {
      const request = { path: bytes('/'), archive };
      const { notes } = await executeDump(reopen(own), { ...request, snapshot: first }, drop);
      expect(notes).toEqual([{ path: '/..', what: 'skipped' }]);
      await expect(executeDump(reopen(own), { ...request, snapshot: second }, drop)).rejects.toMatchObject({
        code: 'integrity.blobMissing',
      });
    }
  });

  test('a blob that turns out to be damaged half way ends it', async () => {
    const { repository: own, storage } = await makeMemoryRepository();
    await backUp(own, join(source, 'b', 'deep'));
    const [packPath] = [...storage.files]
      .filter(([path]) => path.startsWith('data/'))
      .toSorted(([, a], [, b]) => b.length - a.length)[0]!;
    storage.files.get(packPath)![4_000_000]! ^= 1;
    const drop = async (): Promise<void> => undefined;
    for (const archive of ['tar', 'zip'] as const) {
      const request = { snapshot: 'latest', path: bytes('/'), archive };
      await expect(executeDump(reopen(own), request, drop)).rejects.toMatchObject({
        code: 'integrity.blobCorrupt',
      });
    }
  });

  test('cancel ends it', async () => {
    const control = new AbortController();
    const request = { snapshot: 'latest', path: bytes(source), archive: 'tar' } as const;
    const stopAtOnce = async (): Promise<void> => control.abort();
    await expect(executeDump(reopen(repository), request, stopAtOnce, control.signal)).rejects.toMatchObject({
      code: 'job.cancelled',
    });
  });

  test('an error of the sink ends it', async () => {
    const failing = async (): Promise<void> => {
      throw new Error('pipe closed');
    };
    const request = { snapshot: 'latest', path: bytes(source), archive: 'tar' } as const;
    await expect(executeDump(reopen(repository), request, failing)).rejects.toThrow('pipe closed');
  });
});

describe('cat and list', () => {
  const text = async (kind: Parameters<typeof catObject>[1]['kind'], id?: string): Promise<string> =>
    Buffer.from(
      await catObject(reopen(repository), { kind, ...(id === undefined ? {} : { id }) }),
    ).toString();

  test('each kind', async () => {
    const { keys, config, keyId } = repository;
    expect(JSON.parse(await text('masterkey'))).toEqual({
      mac: {
        k: Buffer.from(keys.macK).toString('base64'),
        r: Buffer.from(keys.macR).toString('base64'),
      },
      encrypt: Buffer.from(keys.encrypt).toString('base64'),
    });
    expect(JSON.parse(await text('config'))).toMatchObject({ version: 2, id: config.id });
    expect(await text('config')).toMatch(/^\{\n {2}"version": 2,\n/);
    expect(JSON.parse(await text('key', keyId.slice(0, 9)))).toMatchObject({ kdf: 'scrypt' });
    const snapshot = JSON.parse(await text('snapshot', 'latest')) as { tree: string; tags: string[] };
    expect(snapshot.tags).toEqual(['second', 'x']);
    expect(await text('tree', 'latest')).toBe(await text('blob', snapshot.tree));
    expect(await text('tree', `latest:${source}/b`)).toContain('"name":"back\\\\\\\\slash"');
    const [index] = await listObjectIds(reopen(repository), 'index');
    expect(await text('index', index)).toMatch(/^\{"packs":\[/);
    const [pack] = await listObjectIds(reopen(repository), 'pack');
    const raw = await catObject(reopen(repository), { kind: 'pack', id: pack! });
    expect(Buffer.from(repository.ports.primitives.sha256(raw)).toString('hex')).toBe(pack);
    const held = await reopen(repository).lock({ exclusive: false });
    expect(JSON.parse(await text('lock', held.id))).toMatchObject({ pid: process.pid });
    await held.release();
    expect(await listObjectIds(reopen(repository), 'blob')).toContain(`tree ${snapshot.tree}`);
  });

  test('what is not there', async () => {
    await expect(text('blob', 'ab'.repeat(32))).rejects.toMatchObject({ code: 'repository.objectNotFound' });
    await expect(text('pack', 'zz')).rejects.toMatchObject({ code: 'repository.objectNotFound' });
  });

  test('JSON is indented as JSON.stringify does it, and large numbers stay', () => {
    const value = { a: [1, { b: 'x",{' }], empty: {}, none: [], text: 'tab\\"' };
    expect(indentJson(JSON.stringify(value) as ByteString)).toBe(JSON.stringify(value, null, 2));
    expect(indentJson('{"inode":18446744073709551615}' as ByteString)).toContain('18446744073709551615');
  });
});

describe('keys', () => {
  test('add, use, refuse, change, remove', async () => {
    const { repository: first, storage } = await makeMemoryRepository({ password: 'old' });
    const added = await addKey(first, { password: Buffer.from('new'), hostname: 'laptop' });
    const second = await openTestRepository(storage, 'new');
    expect(second.keyId).toBe(added);
    expect(second.keys).toEqual(first.keys);
    const listed = await listKeys(second);
    expect(listed.find(({ isCurrent }) => isCurrent)).toMatchObject({ id: added, hostname: 'laptop' });
    await expect(removeKey(second, added)).rejects.toMatchObject({ code: 'repository.keyInUse' });
    expect(await removeKey(second, first.keyId.slice(0, 12))).toBe(first.keyId);
    await expect(openTestRepository(storage, 'old')).rejects.toMatchObject({
      code: 'repository.wrongPassword',
    });
    const changed = await changePassword(second, { password: Buffer.from('newest') });
    expect((await listKeys(await openTestRepository(storage, 'newest'))).map(({ id }) => id)).toEqual([
      changed,
    ]);
    await expect(openTestRepository(storage, 'new')).rejects.toMatchObject({
      code: 'repository.wrongPassword',
    });
    expect(await storage.list('lock')).toEqual([]);
  });

  test('locks: adding shares, removing does not', async () => {
    const { repository: own } = await makeMemoryRepository();
    const held = await reopen(own).lock({ exclusive: false });
    const added = await addKey(own, { password: Buffer.from('second') });
    await expect(removeKey(own, added)).rejects.toMatchObject({ code: 'repository.locked' });
    await expect(changePassword(own, { password: Buffer.from('x') })).rejects.toMatchObject({
      code: 'repository.locked',
    });
    expect(await listKeys(own)).toHaveLength(2);
    await held.release();
  });

  test('a damaged key is listed with what is wrong', async () => {
    const { repository: own, storage } = await makeMemoryRepository();
    const id = 'cd'.repeat(32);
    storage.files.set(`keys/${id}`, Uint8Array.from(Buffer.from('{}')));
    expect((await listKeys(own)).find((key) => key.id === id)!.damage).not.toBe('');
  });
});

describe('unlock', () => {
  const lockOf = (changes: object): Parameters<ReturnType<Repository['lockFiles']>['save']>[0] => ({
    time: new Date().toISOString(),
    exclusive: false,
    hostname: repository.ports.identity.hostname,
    username: 'tester',
    pid: process.pid,
    uid: 0,
    gid: 0,
    ...changes,
  });

  test('stale locks go, live and unreadable ones stay until all are to go', async () => {
    const { repository: own, storage } = await makeMemoryRepository();
    const files = own.lockFiles();
    const live = await files.save(lockOf({}));
    const foreign = await files.save(lockOf({ hostname: 'elsewhere', pid: 1 }));
    const deadPid = spawnSync('true').pid;
    const dead = await files.save(lockOf({ pid: deadPid, exclusive: true }));
    const old = await files.save(
      lockOf({ hostname: 'elsewhere', time: new Date(Date.now() - 31 * 60_000).toISOString() }),
    );
    const garbled = 'ef'.repeat(32);
    storage.files.set(`locks/${garbled}`, new Uint8Array(50));

    const seen = await prepareUnlock(own, { removeAll: false });
    expect(seen.toRemove.map(({ id }) => id).sort()).toEqual([dead, old].sort());
    expect(await storage.list('lock')).toHaveLength(5);

    const { removed, kept } = await executeUnlock(own, { removeAll: false });
    expect(removed.map(({ id }) => id).sort()).toEqual([dead, old].sort());
    expect(kept.map(({ id }) => id as string).sort()).toEqual([live, foreign, garbled].sort());
    const all = await executeUnlock(own, { removeAll: true });
    expect(all.removed).toHaveLength(3);
    expect(await storage.list('lock')).toEqual([]);
  });
});
