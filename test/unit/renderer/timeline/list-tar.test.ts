/** The list of tar archives that the system's own tar has made, in each of its formats. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ContentReader, forgetContents } from '#renderer/features/timeline/inspector/content-reader.ts';
import { listTar, NoTar, type TarEntry } from '#renderer/features/timeline/inspector/list-tar.ts';
import { LIST_BYTES } from '#renderer/features/timeline/inspector/preview-cost.ts';
import { isTar, looksOf } from '#renderer/features/timeline/inspector/preview-kinds.ts';

const LONG = `${'deep/'.repeat(40)}${'x'.repeat(200)}.txt`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-tar-'));
  const write = (name: string, content: string | Buffer): void => {
    mkdirSync(path.dirname(path.join(folder, 'in', name)), { recursive: true });
    writeFileSync(path.join(folder, 'in', name), content);
  };
  write('a.txt', 'hello');
  write('über/日本.txt', 'x'.repeat(1_000));
  write(LONG, 'long');
  writeFileSync(Buffer.from(`${folder}/in/\xff.bin`, 'latin1'), 'not UTF-8');
  symlinkSync('a.txt', path.join(folder, 'in', 'link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function makeTar(name: string, ...options: string[]): Buffer {
  const file = path.join(folder, name);
  const made = spawnSync('tar', ['-cf', file, '-C', path.join(folder, 'in'), '--sort=name', ...options, '.']);
  expect(made.status).toBe(0);
  return readFileSync(file);
}

interface Listed {
  readonly entries: TarEntry[];
  readonly isCut: boolean;
  readonly fetchedBytes: number;
}

async function list(bytes: Uint8Array, isZipped: boolean): Promise<Listed> {
  forgetContents();
  let fetchedBytes = 0;
  const content = ({ offset, length }: { offset: number; length: number }) => {
    const part = Buffer.from(bytes.subarray(offset, offset + length));
    fetchedBytes += part.length;
    return Promise.resolve({ base64: part.toString('base64') });
  };
  const place = { placeId: 'p', snapshotId: 's', path: '/a' };
  const reader = new ContentReader({ 'browse.content': content } as never, place);
  const listing = listTar(reader, bytes.length, isZipped);
  const entries: TarEntry[] = [];
  for (;;) {
    const next = await listing.next();
    if (next.done === true) return { entries, isCut: next.value, fetchedBytes };
    entries.push(next.value);
  }
}

test.each([
  ['gnu', false],
  ['pax', false],
  ['gnu', true],
  ['pax', true],
])('format %s, within gzip: %s', async (format, isZipped) => {
  const bytes = makeTar('a.tar', `--format=${format}`, ...(isZipped ? ['-z'] : []));
  const { entries, isCut } = await list(bytes, isZipped);
  const files = entries.filter(({ isFolder }) => !isFolder);
  expect(files.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual(
    expect.arrayContaining([
      ['./a.txt', 5],
      ['./über/日本.txt', 1_000],
      [`./${LONG}`, 4],
      [{ base64: btoa('./\xff.bin') }, 9],
      ['./link', 0],
    ]),
  );
  expect(files).toHaveLength(5);
  expect(entries.filter(({ isFolder }) => isFolder)).toHaveLength(42);
  expect(isCut).toBe(false);
  expect(isTar(bytes)).toBe(!isZipped);
  expect(looksOf(isZipped ? 'a.tar.gz' : 'a', bytes.subarray(0, 4_096)).kind).toBe('archive');
});

test('names of old programs, in two parts', async () => {
  rmSync(path.join(folder, 'in', LONG.slice(0, 4)), { recursive: true });
  const two = `${'p'.repeat(90)}/${'n'.repeat(90)}`;
  mkdirSync(path.join(folder, 'in', path.dirname(two)));
  writeFileSync(path.join(folder, 'in', two), 'two parts');
  const { entries } = await list(makeTar('a.tar', '--format=ustar'), false);
  expect(entries).toContainEqual({ name: `./${two}`, sizeBytes: 9, isFolder: false });
});

test('what lies behind large files is found without fetching them', async () => {
  const film = path.join(folder, 'in', 'b film.mkv');
  writeFileSync(film, '');
  truncateSync(film, 60_000_000);
  const { entries, isCut, fetchedBytes } = await list(makeTar('a.tar'), false);
  expect(isCut).toBe(false);
  expect(entries.map(({ name }) => name)).toContain('./über/日本.txt');
  expect(entries).toContainEqual({ name: './b film.mkv', sizeBytes: 60_000_000, isFolder: false });
  expect(fetchedBytes).toBeLessThan(LIST_BYTES / 2);
});

test('of what is packed as a whole only so much is fetched, and the list says that it is cut', async () => {
  const noise = path.join(folder, 'in', 'c noise.bin');
  writeFileSync(noise, crypto.getRandomValues(new Uint8Array(65_536)));
  const parts = Array.from({ length: 100 }, () => readFileSync(noise));
  for (const part of parts) crypto.getRandomValues(part);
  writeFileSync(noise, Buffer.concat(parts));
  const { entries, isCut, fetchedBytes } = await list(makeTar('a.tar.gz', '-z'), true);
  expect(isCut).toBe(true);
  expect(entries.map(({ name }) => name)).toContain('./a.txt');
  expect(entries.map(({ name }) => name)).not.toContain('./über/日本.txt');
  expect(fetchedBytes).toBeLessThanOrEqual(LIST_BYTES + 262_144);
});

test('a damaged archive is said to be one', async () => {
  const bytes = makeTar('a.tar');
  bytes[600] = 0xff;
  bytes[120] = 0x37;
  await expect(list(bytes, false)).rejects.toBeInstanceOf(NoTar);
  await expect(list(Buffer.from('\x1f\x8b\b nothing of that kind'), true)).rejects.toThrow();
});
