import { describe, expect, test } from 'vitest';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import { encodeLock, parseLock } from '#format/lock.ts';
import { encodeMode, permissionsOfMode, typeOfMode } from '#format/mode.ts';
import { encodeSnapshot, parseSnapshot, type Snapshot } from '#format/snapshot.ts';
import type { NodeType } from '#format/tree-node.ts';

const idA = 'a1'.repeat(32);
const idB = 'b2'.repeat(32);
const idC = 'c3'.repeat(32);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytes = (value: string): Uint8Array => Buffer.from(value, 'utf8');

const full =
  `{"time":"2024-02-01T10:00:00-05:00","parent":"${idB}","tree":"${idA}","paths":["/ä","/b\\u003c"],` +
  `"hostname":"h","username":"u","uid":1000,"gid":100,"excludes":["*.tmp"],"tags":["one","two"],` +
  `"original":"${idC}","program_version":"tidemark 0.1.0","summary":{"backup_start":"2024-02-01T10:00:00-05:00",` +
  `"backup_end":"2024-02-01T10:00:01-05:00","files_new":1,"files_changed":2,"files_unmodified":3,"dirs_new":4,` +
  `"dirs_changed":5,"dirs_unmodified":6,"data_blobs":7,"tree_blobs":8,"data_added":9,"data_added_packed":10,` +
  `"total_files_processed":11,"total_bytes_processed":9007199254740991}}`;

describe('snapshot', () => {
  test('all fields, in order', () => {
    const snapshot = parseSnapshot(bytes(full));
    expect(snapshot).toMatchObject({
      parent: idB,
      tree: idA,
      paths: ['/ä', '/b<'],
      uid: 1000,
      original: idC,
      programVersion: 'tidemark 0.1.0',
      summary: { filesNew: 1, dataAddedPacked: 10, totalBytesProcessed: 9007199254740991 },
    });
    expect(text(encodeSnapshot(snapshot))).toBe(full);
  });

  test('the least there is', () => {
    const least = `{"time":"2024-02-01T10:00:00Z","tree":"${idA}","paths":[]}`;
    expect(text(encodeSnapshot(parseSnapshot(bytes(least))))).toBe(least);
    expect(parseSnapshot(bytes(least.replace('[]', 'null') + '\n')).paths).toEqual([]);
  });

  test('unknown fields are kept, also in the summary, to the last digit', () => {
    const odd = full
      .replace('"files_new":1', '"files_new":1,"x":18446744073709551615')
      .replace('{"time"', '{"delete":"never","time"');
    const again = text(encodeSnapshot(parseSnapshot(bytes(odd))));
    expect(again).toContain('"total_bytes_processed":9007199254740991,"x":18446744073709551615}');
    expect(again.endsWith(',"delete":"never"}')).toBe(true);
    expect(text(encodeSnapshot(parseSnapshot(bytes(again))))).toBe(again);
  });

  test.each([`"${'0'.repeat(64)}"`, 'null'])('a tree of %s is reported as damage', (tree) => {
    const snapshot = parseSnapshot(bytes(full.replace(`"${idA}"`, tree)));
    expect(snapshot.tree).toBeNull();
    expect(snapshot.hostname).toBe('h');
    expect(() => encodeSnapshot(snapshot)).toThrow(FormatError);
  });

  test('so is a missing one', () => {
    expect(parseSnapshot(bytes('{"time":"2024-02-01T10:00:00Z"}')).tree).toBeNull();
  });

  test.each([
    ['no time', '{}'],
    ['a bad id', full.replace(idA, 'a1')],
    ['a bad parent', full.replace(idB, 'b2')],
    ['a path that is no string', full.replace('"/ä"', '1')],
    ['cut off', full.slice(0, -1)],
    ['an array', '[]'],
    ['a bad summary', full.replace('"files_new":1', '"files_new":"1"')],
  ])('refuses %s', (_what, json) => {
    expect(() => parseSnapshot(bytes(json))).toThrow(FormatError);
  });

  test('a parent can be taken out', () => {
    const { parent, ...rest } = parseSnapshot(bytes(full));
    expect(parent).toBe(idB);
    const changed: Snapshot = { ...rest, original: idB as SnapshotId, tree: idC as BlobId };
    expect(text(encodeSnapshot(changed))).toContain(`-05:00","tree":"${idC}","paths"`);
  });
});

describe('lock', () => {
  const json =
    '{"time":"2024-02-01T10:00:00Z","exclusive":false,"hostname":"h","username":"u","pid":42,"uid":1000,"gid":100}';

  test('comes back', () => {
    expect(text(encodeLock(parseLock(bytes(json))))).toBe(json);
    const root = json.replace(',"uid":1000,"gid":100', '').replace('false', 'true');
    expect(text(encodeLock(parseLock(bytes(root))))).toBe(root);
    expect(parseLock(bytes(root))).toMatchObject({ exclusive: true, uid: 0 });
  });

  test.each(['', '{}', '[]', json.replace('false', '0'), json.replace('42', '"42"'), json.slice(1)])(
    'refuses %s',
    (bad) => {
      expect(() => parseLock(bytes(bad))).toThrow(FormatError);
    },
  );
});

describe('mode', () => {
  test.each<[NodeType, number, number]>([
    ['file', 0, 0],
    ['file', 0o644, 420],
    ['file', 0o4755, 8388608 + 493],
    ['file', 0o2755, 4194304 + 493],
    ['dir', 0o755, 2147484141],
    ['dir', 0o1777, 2147483648 + 1048576 + 511],
    ['symlink', 0o777, 134218239],
    ['dev', 0o640, 67109280],
    ['chardev', 0o640, 69206432],
    ['fifo', 0o600, 33554432 + 384],
    ['socket', 0o755, 16777216 + 493],
    ['irregular', 0, 524288],
  ])('%s %o', (type, permissions, mode) => {
    expect(encodeMode(type, permissions)).toBe(mode);
    expect(typeOfMode(mode)).toBe(type);
    expect(permissionsOfMode(mode)).toBe(permissions);
  });

  test('other bits of a POSIX mode are ignored', () => {
    expect(encodeMode('dir', 0o40755)).toBe(2147484141);
  });
});
