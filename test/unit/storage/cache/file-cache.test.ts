import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileCache } from '#storage/cache/file-cache.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const HOUR_MS = 3_600_000;
let base: string;
let folder: string;
let clock: FakeClock;

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'tidemark-cache-'));
  folder = path.join(base, 'cache');
  clock = new FakeClock();
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function makeCache(maxBytes = 1 << 20): FileCache {
  return new FileCache({ folder, maxBytes, clock });
}

function files(): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

async function kept(cache: FileCache, key: string): Promise<string | undefined> {
  const bytes = await cache.get('tree', key);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

test('what is kept is given back, by another opening too, and is the cache’s own', async () => {
  const cache = makeCache();
  const bytes = Buffer.from('some text');
  cache.keep('tree', 'aa11', bytes);
  bytes.fill(0);
  await cache.close();
  expect(await kept(makeCache(), 'aa11')).toBe('some text');
  expect(await makeCache().get('index', 'aa11')).toBeUndefined();
  expect(statSync(files()[0]!).mode & 0o077).toBe(0);
});

describe('what is no longer as it was kept is not given out, and goes', () => {
  test.each<[string, (file: string) => void]>([
    [
      'a flipped bit',
      (file) =>
        writeFileSync(
          file,
          Buffer.from(readFileSync(file)).map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
        ),
    ],
    ['cut off', (file) => truncateSync(file, 20)],
    ['empty', (file) => truncateSync(file, 0)],
  ])('%s', async (_what, damage) => {
    const cache = makeCache();
    cache.keep('tree', 'aa11', Buffer.from('some text'));
    await cache.close();
    damage(files()[0]!);
    expect(await kept(cache, 'aa11')).toBeUndefined();
    expect(files()).toEqual([]);
  });
});

test('a full or forbidden folder only means that nothing is kept', async () => {
  writeFileSync(folder, 'a file where the folder should be');
  const cache = makeCache();
  cache.keep('tree', 'aa11', Buffer.from('some text'));
  await cache.close();
  expect(await kept(cache, 'aa11')).toBeUndefined();
  cache.keepOnly('tree', new Set());
  await cache.drop('tree', 'aa11');
  await cache.close();
});

test('what the place has no more goes, of that kind alone', async () => {
  const cache = makeCache();
  for (const key of ['aa11', 'bb22']) {
    cache.keep('tree', key, Buffer.from(key));
    cache.keep('index', key, Buffer.from(key));
  }
  await cache.close();
  cache.keepOnly('index', new Set(['bb22']));
  await cache.close();
  expect(await cache.get('index', 'aa11')).toBeUndefined();
  expect(await cache.get('index', 'bb22')).toBeDefined();
  expect(await kept(cache, 'aa11')).toBe('aa11');
});

test('a version that is not listed any more is remembered for a day after its last use', async () => {
  const cache = makeCache();
  cache.keep('snapshot', 'aa11', Buffer.from('one'));
  await clock.advance(Date.now() - clock.nowMs());
  cache.keepOnly('snapshot', new Set());
  expect(await cache.names('snapshot')).toEqual(['aa11']);
  await clock.advance(25 * HOUR_MS);
  cache.keepOnly('snapshot', new Set());
  expect(await cache.names('snapshot')).toEqual([]);
});

test('beyond the bound, what was not used for longest goes', async () => {
  const cache = makeCache(10_000);
  for (let i = 0; i < 9; i++) cache.keep('tree', `aa${i}`, Buffer.alloc(1000, i));
  await cache.close();
  await clock.advance(Date.now() - clock.nowMs() + 2 * HOUR_MS);
  expect(await cache.get('tree', 'aa0')).toBeDefined();
  for (let i = 0; i < 4; i++) cache.keep('tree', `bb${i}`, Buffer.alloc(1000, i));
  await cache.close();
  const total = files().reduce((sum, file) => sum + statSync(file).size, 0);
  expect(total).toBeLessThanOrEqual(10_000);
  expect(total).toBeGreaterThan(7000);
  expect(await cache.get('tree', 'aa0')).toBeDefined();
});

test('more than waits in memory is not kept', async () => {
  const cache = makeCache(1 << 30);
  for (let i = 0; i < 6; i++) cache.keep('tree', `aa${i}`, Buffer.alloc(8 << 20, i));
  await cache.close();
  expect(files().length).toBe(4);
});
