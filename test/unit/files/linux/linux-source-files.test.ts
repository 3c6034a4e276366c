import { textToByteString } from '#base/byte-string.ts';
import { LinuxSourceFiles } from '#files/linux/linux-source-files.ts';
import { describeSourceFiles } from '#test/suites/source-files-suite.ts';
import { isRoot } from '#test/support/as-nobody.ts';
import { OpenFolder } from '#test/support/open-folder.ts';
import { randomBytes, removeTree } from '#test/support/tree-zoo.ts';
import { setAttribute } from '#test/support/raw-posix.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

describeSourceFiles('linux', () => new LinuxSourceFiles(), {
  attributes: true,
  longPaths: true,
  keepsAccessTime: true,
});

test('attributes are empty where the file system has none', () => {
  expect(new LinuxSourceFiles().extendedAttributes(textToByteString('/proc/version'))).toEqual([]);
});

test.for([3890, 7940])('every call takes paths of every length around the limit, from %i bytes', (length) => {
  const base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-lengths-'));
  try {
    // Levels of 200 bytes, then one that makes the folder's path exactly `length` long.
    let folder = new OpenFolder(base);
    let long = base;
    while (long.length < length) {
      const missing = length - long.length - 1;
      const name = 'd'.repeat(missing > 401 ? 200 : missing > 200 ? missing - 200 : missing);
      fs.mkdirSync(folder.at(name));
      const inner = new OpenFolder(folder.at(name));
      folder.close();
      folder = inner;
      long += `/${name}`;
    }
    expect(long).toHaveLength(length);
    const files = new LinuxSourceFiles();
    for (let size = 1; size <= 255; size += 1) {
      const name = 'n'.repeat(size);
      fs.writeFileSync(folder.at(name), name);
      setAttribute(folder.at(name), 'user.size', Buffer.of(size));
      const entry = textToByteString(`${long}/${name}`);
      expect(files.stat(entry).sizeBytes).toBe(size);
      expect(files.extendedAttributes(entry)).toMatchObject([{ name: 'user.size' }]);
      files.open(entry).close();
      fs.rmSync(folder.at(name));
      fs.symlinkSync(name, folder.at(name));
      expect(files.readLink(entry)).toBe(name);
      fs.rmSync(folder.at(name));
    }
    expect(files.list(textToByteString(long))).toEqual([]);
    folder.close();
  } finally {
    removeTree(base);
  }
});

const unlessRoot = isRoot ? '' : ' (SKIPPED: needs root for trusted attributes)';
test.runIf(isRoot)(`attributes larger than the first buffer, and long lists of them${unlessRoot}`, () => {
  const file = path.join(tmpdir(), `tidemark-attributes-${String(process.pid)}`);
  // Memory-backed, as ext4 holds only a block of attributes.
  const place = fs.existsSync('/dev/shm') ? file.replace(tmpdir(), '/dev/shm') : file;
  fs.writeFileSync(place, '');
  try {
    const value = randomBytes(60_000, 1);
    setAttribute(Buffer.from(place), 'trusted.large', value);
    const names = Array.from({ length: 60 }, (_, i) => `trusted.${'n'.repeat(200)}${String(i)}`);
    for (const name of names) setAttribute(Buffer.from(place), name, Buffer.from(name));
    const found = new LinuxSourceFiles().extendedAttributes(textToByteString(place));
    expect(found.map(({ name }) => name).toSorted()).toEqual([...names, 'trusted.large'].toSorted());
    const large = found.find(({ name }) => name === 'trusted.large');
    expect(value.equals(large?.value ?? new Uint8Array())).toBe(true);
  } finally {
    fs.rmSync(place);
  }
});

test('works in worker threads, several at a time', async () => {
  const answers = await Promise.all(
    [1, 2, 3].map(
      async () =>
        await new Promise((resolve, reject) => {
          const thread = new Worker(new URL('../../../support/source-files-thread.ts', import.meta.url));
          thread.once('message', resolve).once('error', reject);
        }),
    ),
  );
  expect(answers).toEqual(Array(3).fill({ rounds: 300, user: 'root' }));
});
