/** How a worker brings one entry to its final name: never half, never over something, and as it was meant to be. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { createTargetFiles } from '#files/open-files.ts';
import type { OpenTarget, TargetRoot } from '#files/port.ts';
import { RestorePlace } from '#pipeline/restore-place.ts';
import type { EntryMetadata, RestoreSettings } from '#pipeline/restore-types.ts';

const NAME = textToByteString('file');
const METADATA: EntryMetadata = {
  kind: 'file',
  permissions: 0o640,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  mtime: '2020-09-13T12:26:40.123456789Z',
};
let folder: string;
let root: TargetRoot;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-place-'));
  root = createTargetFiles().openRoot(textToByteString(folder));
});
afterEach(() => {
  root.close();
  fs.rmSync(folder, { recursive: true });
});

function placeWith(changes: Partial<RestoreSettings> = {}, on = root): RestorePlace {
  const settings: RestoreSettings = {
    target: textToByteString(folder),
    temporaryPrefix: textToByteString('.unfinished-'),
    overwrite: 'refuse',
    sparse: true,
    verify: true,
    isDryRun: false,
    undoId: undefined,
    undoRun: 1,
    findsOthers: false,
    besideLabel: '',
    ...changes,
  };
  return new RestorePlace(on, settings, undefined);
}

/** The same root, with files that do something else for a call. */
function rootWith(changes: (file: OpenTarget) => Partial<OpenTarget>): TargetRoot {
  const wrap = (file: OpenTarget): OpenTarget =>
    Object.assign(Object.create(file) as OpenTarget, {
      write: file.write.bind(file),
      read: file.read.bind(file),
      truncate: file.truncate.bind(file),
      applyMetadata: file.applyMetadata.bind(file),
      close: file.close.bind(file),
      ...changes(file),
    });
  return Object.assign(Object.create(root) as TargetRoot, {
    createFile: (path: Parameters<TargetRoot['createFile']>[0]) => wrap(root.createFile(path)),
    remove: root.remove.bind(root),
    rename: root.rename.bind(root),
    renameNew: root.renameNew.bind(root),
  });
}

test('a file with its metadata', () => {
  expect(placeWith().writeFile([], NAME, Buffer.from('content'), METADATA, false, 1)).toBeUndefined();
  const stat = fs.statSync(join(folder, 'file'), { bigint: true });
  expect([stat.mode & 0o777n, stat.mtimeNs]).toEqual([0o640n, 1_600_000_000_123_456_789n]);
  expect(fs.readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
});

test('something that appeared in its place meanwhile stays', () => {
  fs.writeFileSync(join(folder, 'file'), 'just came');
  const content = Buffer.from('content');
  expect(placeWith().writeFile([], NAME, content, METADATA, false, 1)).toEqual({ kind: 'conflict' });
  expect(fs.readFileSync(join(folder, 'file'), 'utf8')).toBe('just came');
  expect(fs.readdirSync(folder)).toEqual(['file']);
  expect(placeWith().writeFile([], NAME, content, METADATA, true, 1)).toBeUndefined();
  expect(fs.readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
});

test('a disk that keeps something else than it was given: the file does not get its name', () => {
  const lying = rootWith((file) => ({
    write: (bytes, offset) =>
      file.write(
        Uint8Array.from(bytes, (byte, at) => (at === 3 ? byte ^ 1 : byte)),
        offset,
      ),
  }));
  const write = (verify: boolean): unknown =>
    placeWith({ verify }, lying).writeFile([], NAME, Buffer.from('content'), METADATA, false, 1);
  expect(write(true)).toEqual({ kind: 'failed', code: 'EIO' });
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(write(false)).toBeUndefined();
});

test('a full disk is no matter of one file', () => {
  const full = rootWith(() => ({
    write: () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    },
  }));
  const content = Buffer.from('content');
  expect(() => placeWith({}, full).writeFile([], NAME, content, METADATA, false, 1)).toThrow(
    expect.objectContaining({ code: 'files.noSpace' }),
  );
  expect(fs.readdirSync(folder)).toEqual([]);
});

test.each([
  ['data only', [['x', 10_000]]],
  ['zeros only', [['\0', 40_960]]],
  [
    'zeros at the start, in the middle and at the end',
    [
      ['\0', 8192],
      ['x', 4096],
      ['\0', 20_480],
      ['y', 4096],
      ['\0', 8192],
    ],
  ],
  [
    'fewer zeros than a block',
    [
      ['x', 4000],
      ['\0', 4095],
      ['x', 100],
    ],
  ],
] as [string, [string, number][]][])('holes: %s', (_what, runs) => {
  const content = Buffer.concat(runs.map(([byte, count]) => Buffer.alloc(count, byte)));
  const writes: [number, number][] = [];
  const counting = rootWith((file) => ({
    write: (bytes, offset) => {
      writes.push([offset, bytes.length]);
      file.write(bytes, offset);
    },
  }));
  expect(placeWith({}, counting).writeFile([], NAME, content, METADATA, false, 1)).toBeUndefined();
  expect(fs.readFileSync(join(folder, 'file')).equals(content)).toBe(true);
  for (const [offset, length] of writes) {
    const written = content.subarray(offset, offset + length);
    expect(written.every((byte) => byte === 0)).toBe(false);
  }
  const expected = _what === 'zeros only' ? 0 : _what.startsWith('zeros at') ? 2 : 1;
  expect(writes.length).toBe(expected);
});

test('parts in any order, zeros at their ends included', () => {
  const parts = [Buffer.concat([Buffer.from('first'), Buffer.alloc(50_000)]), Buffer.from('second')];
  const whole = Buffer.concat(parts);
  const place = placeWith();
  const temporary = textToByteString('.unfinished-1');
  for (const [index, offset] of [
    [1, parts[0]!.length],
    [0, 0],
  ] as const) {
    const file = place.openUnfinished([temporary]);
    place.write(file, parts[index]!, offset);
    file.close();
  }
  expect(place.finishFile([], temporary, NAME, whole.length, METADATA, false)).toBeUndefined();
  expect(fs.readFileSync(join(folder, 'file')).equals(whole)).toBe(true);
  expect(fs.readdirSync(folder)).toEqual(['file']);
});
