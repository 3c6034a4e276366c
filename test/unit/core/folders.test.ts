/** Looking through folders for a person, and how much is in one: real folders, odd names, things that cannot be looked at. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesToByteString, textToByteString, type ByteString } from '#base/byte-string.ts';
import { listFolder, makeFolder } from '#core/list-folder.ts';
import { measureFolder } from '#core/measure-folder.ts';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const bytes = (text: string): ByteString => textToByteString(text);
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-folders-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('folders and links to folders are listed as people sort them, files are not', async () => {
  for (const name of ['Photo 10', 'photo 9', '.hidden', 'übrig']) fs.mkdirSync(at(name));
  const odd = Buffer.from([0x6f, 0xff]);
  fs.mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), odd]));
  fs.writeFileSync(at('file'), '');
  fs.symlinkSync('Photo 10', at('link'));
  fs.symlinkSync('nowhere', at('broken link'));
  const listed = await listFolder(bytes(folder));
  expect(listed).toMatchObject({ folder, parent: path.dirname(folder), isCut: false, canWrite: true });
  expect(listed.freeBytes).toBeGreaterThan(0);
  expect(listed.folders.map(({ label, isHidden }) => [label, isHidden])).toEqual([
    ['.hidden', true],
    ['link', false],
    ['o\ufffd', false],
    ['photo 9', false],
    ['Photo 10', false],
    ['übrig', false],
  ]);
  expect(listed.folders[2]!.path).toBe(`${folder}/${bytesToByteString(odd)}`);
  expect((await listFolder(null)).folder).toBe(textToByteString(os.homedir()));
  expect((await listFolder('/' as ByteString)).parent).toBeNull();
  await expect(listFolder(bytes(at('nothing')))).rejects.toMatchObject({ code: 'files.unreadable' });
  await expect(listFolder('home' as ByteString)).rejects.toMatchObject({ code: 'request.invalidInput' });
});

test('a folder is made once, under a name that can be one', async () => {
  expect(await makeFolder(bytes(folder), 'Übung')).toBe(bytes(at('Übung')));
  expect(fs.statSync(at('Übung')).isDirectory()).toBe(true);
  await expect(makeFolder(bytes(folder), 'Übung')).rejects.toMatchObject({
    code: 'files.targetNotWritable',
    data: { reason: 'there is something of this name already' },
  });
  for (const name of ['..', '.', 'a/b', ' ', 'a\0'])
    await expect(makeFolder(bytes(folder), name)).rejects.toMatchObject({ code: 'request.invalidInput' });
  await expect(makeFolder(bytes(at('nothing')), 'x')).rejects.toMatchObject({
    code: 'files.targetNotWritable',
  });
});

test('a folder is counted while somebody watches, and stops when they go away', async () => {
  fs.mkdirSync(at('a/b'), { recursive: true });
  for (let i = 0; i < 1_200; i++) fs.writeFileSync(at(i % 2 === 0 ? 'a' : 'a/b', `${i}`), 'x'.repeat(i % 3));
  fs.symlinkSync('/', at('a/link'));
  const told: number[] = [];
  const size = await measureFolder(
    bytes(folder),
    ({ files }) => told.push(files),
    new AbortController().signal,
  );
  expect(size).toEqual({ files: 1_201, bytes: 1_200 + 1, unreadable: 0, isCut: false });
  expect(told.length).toBeGreaterThan(0);
  const gone = await measureFolder(bytes(at('nothing')), () => undefined, new AbortController().signal);
  expect(gone).toEqual({ files: 0, bytes: 0, unreadable: 1, isCut: false });
  const cut = await measureFolder(bytes(folder), () => undefined, new AbortController().signal, 100);
  expect(cut.isCut).toBe(true);
  await expect(measureFolder(bytes(folder), () => undefined, AbortSignal.abort())).rejects.toMatchObject({
    code: 'job.cancelled',
  });
});
