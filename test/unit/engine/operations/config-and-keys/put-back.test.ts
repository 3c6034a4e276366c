/** Config and keys kept elsewhere and put back: only what is needed, only where they belong, and nothing whole is touched. */
import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { sealBytes } from '#format/envelope.ts';
import { exportConfigAndKeys, type ConfigAndKeys } from '#operations/config-and-keys/export.ts';
import { putBack, type PutBackFile } from '#operations/config-and-keys/put-back.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { makeMemoryRepository, openTestRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';
import { failureOf } from '#test/support/upkeep-works.ts';

const SECOND = 'second password';
let pristine: Repository;
let image: MemoryStorage;
let copy: ConfigAndKeys;
let other: MemoryStorage;
let storage: MemoryStorage;
let kept: Map<string, Uint8Array>;
/** Of TEST_PASSWORD, and of SECOND. */
let keys: readonly [string, string];

beforeAll(async () => {
  ({ repository: pristine, storage: image } = await makeCheapRepository());
  // Something by which the place is known when both are gone.
  await pristine.files.save('snapshot', Buffer.from('{}'));
  const first = [...image.files.keys()].find((path) => path.startsWith('keys/'))!;
  // giveCheapKey replaces all keys that are there.
  const firstBytes = image.files.get(first)!;
  await giveCheapKey(pristine, SECOND);
  const second = [...image.files.keys()].find((path) => path.startsWith('keys/'))!;
  image.files.set(first, firstBytes);
  keys = [first, second];
  copy = await exportConfigAndKeys(await openTestRepository(image));
  ({ storage: other } = await makeCheapRepository());
});
beforeEach(() => {
  storage = image.fork();
  kept = new Map();
});

async function makeCheapRepository(): ReturnType<typeof makeMemoryRepository> {
  const made = await makeMemoryRepository();
  await giveCheapKey(made.repository, TEST_PASSWORD);
  return made;
}

function putBackInto(
  at: Storage = storage,
  from: ConfigAndKeys = copy,
  password = TEST_PASSWORD,
): Promise<readonly PutBackFile[]> {
  const ports = { ...createRepositoryPorts(at), clock: hastyClock };
  const keepCopy = async (name: string, bytes: Uint8Array) => void kept.set(name, bytes.slice());
  return putBack({ ports, keepCopy }, from, Buffer.from(password));
}

const DAMAGE: Record<string, (path: string) => void> = {
  deleted: (path) => void storage.files.delete(path),
  flipped: (path) => void (storage.files.get(path)![40]! ^= 1),
  'cut short': (path) => void storage.files.set(path, storage.files.get(path)!.slice(0, 30)),
  emptied: (path) => void storage.files.set(path, new Uint8Array(0)),
};

describe.each(Object.keys(DAMAGE))('%s', (how) => {
  test('E6 the config: put back byte for byte, what was there is kept', async () => {
    DAMAGE[how]!('config');
    const damaged = storage.files.get('config');
    const was = how === 'deleted' ? 'missing' : 'damaged';
    expect(await putBackInto()).toEqual([{ kind: 'config', name: 'config', was }]);
    expect(new Map(storage.files)).toEqual(image.files);
    expect(kept.get('config-damaged')).toEqual(damaged);
  });

  test('E6 the last key: put back byte for byte, what was there is kept', async () => {
    const [, second] = keys;
    storage.files.delete(keys[0]);
    const wished = new Map(storage.fork().files);
    DAMAGE[how]!(second);
    const damaged = storage.files.get(second);
    const name = second.slice('keys/'.length);
    const was = how === 'deleted' ? 'missing' : 'damaged';
    expect(await putBackInto(storage, copy, SECOND)).toEqual([{ kind: 'key', name, was }]);
    expect(new Map(storage.files)).toEqual(wished);
    expect(kept.get(`key-${name}`)).toEqual(damaged);
  });

  test('E6 both at once', async () => {
    for (const path of ['config', ...keys]) DAMAGE[how]!(path);
    await putBackInto();
    expect((await openTestRepository(storage)).config).toEqual(pristine.config);
  });
});

it('touches nothing that is whole, and says so', async () => {
  const watched = new FaultStorage(storage);
  expect(await putBackInto(watched)).toEqual([]);
  expect(new Map(storage.files)).toEqual(image.files);
});

it('does not bring back a key that was withdrawn', async () => {
  storage.files.delete(keys[1]);
  storage.files.delete('config');
  expect(await putBackInto()).toMatchObject([{ kind: 'config' }]);
  expect(storage.files.has(keys[1])).toBe(false);
  expect((await failureOf(openTestRepository(storage, SECOND)))?.code).toBe('repository.wrongPassword');
});

describe('refuses, and changes nothing,', () => {
  async function expectRefusal(code: string, at: Storage, from = copy, password = TEST_PASSWORD) {
    const watched = new FaultStorage(at);
    expect((await failureOf(putBackInto(watched, from, password)))?.code).toBe(code);
    expect(watched.changeCount).toBe(0);
  }

  test('a password that opens neither', () =>
    expectRefusal('repository.wrongPassword', storage, copy, 'something else'));

  test('a place without anything of a repository', () => {
    storage.files.clear();
    return expectRefusal('repository.notFound', storage);
  });

  test('another repository, whole or with a damaged config', async () => {
    await expectRefusal('storage.wrongDrive', other.fork());
    const damaged = other.fork();
    damaged.files.get('config')![40]! ^= 1;
    await expectRefusal('storage.wrongDrive', damaged);
    // Its own keys gone too: what is sealed in it tells.
    const sealed = other.fork();
    const { files } = await openTestRepository(other);
    const id = await files.save('snapshot', Buffer.from('{}'));
    sealed.files.set(`snapshots/${id}`, other.files.get(`snapshots/${id}`)!.slice());
    other.files.delete(`snapshots/${id}`);
    for (const path of sealed.files.keys())
      if (path === 'config' || path.startsWith('keys/')) sealed.files.delete(path);
    await expectRefusal('storage.wrongDrive', sealed);
  });

  test('a copy that was tampered with', async () => {
    storage.files.delete('config');
    const files = copy.files.map((file) =>
      file.kind === 'config'
        ? { ...file, bytes: file.bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte)) }
        : file,
    );
    await expectRefusal('request.invalidInput', storage, { ...copy, files });
    await expectRefusal('request.invalidInput', storage, { ...copy, repositoryId: 'a'.repeat(64) });
  });

  test('a newer version', async () => {
    const { config, keys: masterKey, ports } = pristine;
    const newer = { version: 3, id: config.id, chunker_polynomial: config.chunkerPolynomial.toString(16) };
    const sealed = sealBytes(ports.primitives, masterKey, Buffer.from(JSON.stringify(newer)));
    storage.files.set('config', new Uint8Array(sealed));
    await expectRefusal('repository.versionUnsupported', storage);
  });
});

it('removes nothing when what was there cannot be kept', async () => {
  DAMAGE['flipped']!('config');
  const before = storage.files.get('config')!.slice();
  const ports = { ...createRepositoryPorts(storage), clock: hastyClock };
  const keepCopy = () =>
    Promise.reject(new TidemarkError('files.noSpace', { path: '/copies' }, { retry: 'afterUser' }));
  const failure = await failureOf(putBack({ ports, keepCopy }, copy, Buffer.from(TEST_PASSWORD)));
  expect(failure?.code).toBe('files.noSpace');
  expect(storage.files.get('config')).toEqual(before);
});

test.each(['save', 'remove'] as const)(
  'a %s that fails, wherever it is: the next run finishes it',
  async (method) => {
    const error = new TidemarkError('storage.ioFailed', { location: 'x', operation: 'x', reason: 'EIO' });
    let reached = 0;
    for (let skip = 0; ; skip++) {
      storage = image.fork();
      DAMAGE['flipped']!('config');
      DAMAGE['flipped']!(keys[0]);
      const faulty = new FaultStorage(storage).plan(
        method,
        { kind: 'fail', error },
        { skip, times: Infinity },
      );
      await failureOf(putBackInto(faulty));
      for (const path of storage.files.keys()) if (path.startsWith('locks/')) storage.files.delete(path);
      await putBackInto();
      expect(new Map(storage.files)).toEqual(image.files);
      if (!faulty.isAllReached) break;
      reached++;
    }
    expect(reached).toBeGreaterThan(1);
  },
);

it('exports what is stored, without keys that are damaged', async () => {
  const names = copy.files.map(({ name }) => name);
  expect(names[0]).toBe('config');
  expect(new Set(names.slice(1))).toEqual(new Set(keys.map((path) => path.slice('keys/'.length))));
  for (const { kind, name, bytes } of copy.files)
    expect(bytes).toEqual(image.files.get(kind === 'config' ? name : `keys/${name}`));
  DAMAGE['flipped']!(keys[1]);
  const part = await exportConfigAndKeys(await openTestRepository(storage));
  expect(part.files.map(({ name }) => name)).toEqual(['config', keys[0].slice('keys/'.length)]);
});
