import { describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { parseSnapshot } from '#format/snapshot.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { DiffChange, DiffInput, DiffResult } from '#hosts/cli/calls/diff.ts';
import type { FindInput, FindObjectsInput, FoundObject, PathHistory } from '#hosts/cli/calls/find.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { parseTimeText } from '#hosts/cli/time-text.ts';
import { runCli } from '#test/support/cli-run.ts';

const b = textToByteString;

function listed(digit: string, time: string) {
  const json = `{"time":"${time}","tree":"${'0'.repeat(63)}1","paths":["/t"],"hostname":"vm"}`;
  return { id: digit.repeat(64), snapshot: parseSnapshot(Buffer.from(json)) };
}
const OLD = listed('a', '2026-01-02T03:04:05Z');
const NEW = listed('b', '2026-11-02T03:04:05Z');

const NODE: TreeNode = {
  name: b('f.txt'),
  type: 'file',
  mode: 0o644,
  mtime: '2026-11-01T10:00:00Z',
  atime: '2026-11-01T10:00:00Z',
  ctime: '2026-11-01T10:00:00Z',
  uid: 1,
  gid: 2,
  inode: 9_007_199_254_740_993n,
  deviceId: 1n,
  size: 2048n,
  links: 1,
  device: 0n,
  content: [],
};

const NOTHING = { snapshotsSearched: 2, found: 0, damagedFolders: 0 };

function finding(matches: readonly [typeof OLD, string][], damagedFolders = 0) {
  const inputs: FindInput[] = [];
  const find: EngineCalls['find'] = async (_access, input, handlers) => {
    inputs.push(input);
    for (const [snapshot, path] of matches) await handlers.onEntry(snapshot, b(path), NODE);
    if (damagedFolders > 0)
      handlers.onDamaged({
        snapshotId: OLD.id,
        path: b('/bad\n'),
        treeId: 'ff',
        reason: 'the file is missing',
      });
    return { snapshotsSearched: 2, found: matches.length, damagedFolders };
  };
  return { engine: { find }, inputs };
}

describe('find', () => {
  it('asks for what the options say', async () => {
    const { engine, inputs } = finding([]);
    const args =
      '-i -O 2026-01-02 -N 03.02.2026 --larger-than 1K --smaller-than 2M -s abc -s latest -R --host h --content-of f *.odt /x'.split(
        ' ',
      );
    const { code, stdout } = await runCli(['find', ...args, '--hash', 'AB'.repeat(32)], { engine });
    expect([code, stdout]).toEqual([0, 'Nothing was found in 2 snapshots.\n']);
    expect(inputs).toEqual([
      {
        snapshots: {
          filter: { hosts: ['h'], tagLists: [], paths: [] },
          ids: ['abc', 'latest'],
          oldestFirst: true,
        },
        patterns: ['*.odt', '/x'],
        ignoreCase: true,
        modifiedFrom: { sec: new Date(2026, 0, 2).getTime() / 1000, nsec: 0 },
        modifiedTo: { sec: new Date(2026, 1, 3).getTime() / 1000, nsec: 0 },
        largerThanBytes: 1024n,
        smallerThanBytes: 2n << 20n,
        contentHash: 'ab'.repeat(32),
        contentOf: 'f',
      },
    ]);
  });

  it.each([
    [[], 'nothing is named'],
    [['--hash', 'abc'], '--hash abc'],
    [['x', '--oldest', 'yesterday'], '--oldest "yesterday"'],
    [['x', '--newest', '2026-02-30'], '2026-02-30'],
    [['--larger-than', 'big'], 'big'],
    [['--blob'], 'no object'],
  ])('%j is refused in one sentence', async (args, part) => {
    const { code, stderr } = await runCli(['find', ...args], { engine: finding([]).engine });
    expect(code).toBe(1);
    expect(stderr).toContain(part);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  const MATCHES = [
    [NEW, '/t/f.txt'],
    [NEW, '/t/g.txt'],
    [OLD, '/t/f.txt'],
  ] as [typeof OLD, string][];

  it('prints a paragraph for each snapshot', async () => {
    const { stdout } = await runCli(['find', 'x'], { engine: finding(MATCHES).engine });
    expect(stdout).toMatch(
      /^Found matching entries in snapshot bbbbbbbb from 2026-.*\n\/t\/f.txt\n\/t\/g.txt\n\nFound matching entries in snapshot aaaaaaaa from .*\n\/t\/f.txt\n$/,
    );
    const quiet = await runCli(['-q', 'find', 'x', '-l', '--human-readable'], {
      engine: finding(MATCHES.slice(1)).engine,
    });
    expect(quiet.stdout).toMatch(/^(-rw-r--r-- +1 +2 +2.0 KiB 2026-.* \/t\/[fg].txt\n){2}$/);
  });

  it('prints one array in JSON, whatever was found', async () => {
    const { stdout } = await runCli(['find', 'x', '--json'], { engine: finding(MATCHES).engine });
    expect(JSON.parse(stdout)).toMatchObject([
      { matches: [{ path: '/t/f.txt', size: 2048 }, { path: '/t/g.txt' }], hits: 2, snapshot: NEW.id },
      { matches: [{ path: '/t/f.txt', permissions: '-rw-r--r--' }], hits: 1, snapshot: OLD.id },
    ]);
    expect(stdout).toContain('"inode":9007199254740993');
    expect((await runCli(['find', 'x', '--json'], { engine: finding([]).engine })).stdout).toBe('[]\n');
  });

  it('ends with 1 when folders could not be searched, and says which', async () => {
    const { code, stdout, stderr } = await runCli(['find', 'x'], { engine: finding(MATCHES, 1).engine });
    expect(code).toBe(1);
    expect(stdout).toContain('/t/g.txt');
    expect(stderr).toContain('Not searched: /bad\\x0a in snapshot aaaaaaaa (the file is missing)');
    expect(stderr).toContain('there may be more');
    const json = await runCli(['find', 'x', '--json'], { engine: finding(MATCHES, 1).engine });
    expect(
      json.stderr
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { message_type: string }).message_type),
    ).toEqual(['error', 'exit_error']);
    expect(JSON.parse(json.stdout)).toHaveLength(2);
  });

  it('tells each path once with --by-path', async () => {
    const history: PathHistory = {
      path: b('/t/f.txt'),
      node: NODE,
      oldest: OLD,
      newest: NEW,
      snapshotCount: 2,
      searchedCount: 3,
      contentCount: 1,
      isGone: true,
    };
    const findPaths: EngineCalls['findPaths'] = async (_access, _input, handlers) => {
      await handlers.onPath(history);
      await handlers.onPath({ ...history, path: b('/t'), node: { ...NODE, type: 'dir' }, isGone: false });
      return { ...NOTHING, found: 2 };
    };
    const { stdout } = await runCli(['find', '--by-path', 'x'], { engine: { findPaths } });
    const [header, first, second] = stdout.split('\n') as [string, string, string];
    expect(first).toMatch(
      /^2026-01-02 .* {2}2026-11-02 .* {2}bbbbbbbb .* 2 of 3 {2} +1 {2} +2\.0 KiB {2}\/t\/f\.txt \(deleted since\)$/,
    );
    expect(second).toMatch(/ {2}\/t\/$/);
    for (const [title, text] of [
      ['Last seen', '2026-11-02'],
      ['Newest in', 'bbbbbbbb'],
      ['Path', '/t/f.txt'],
    ] as const)
      expect(first.indexOf(text)).toBe(header.indexOf(title));
    const json = await runCli(['find', '--by-path', 'x', '--json'], { engine: { findPaths } });
    expect(JSON.parse(json.stdout.split('\n')[0]!)).toEqual({
      message_type: 'path',
      path: '/t/f.txt',
      type: 'file',
      size: 2048,
      mtime: '2026-11-01T10:00:00Z',
      snapshots: 2,
      searched: 3,
      contents: 1,
      first_snapshot: OLD.id,
      first_time: '2026-01-02T03:04:05Z',
      last_snapshot: NEW.id,
      last_time: '2026-11-02T03:04:05Z',
      deleted: true,
    });
  });

  it('tells what objects are used for', async () => {
    const inputs: FindObjectsInput[] = [];
    const blob: FoundObject = {
      kind: 'blob',
      id: 'c'.repeat(64),
      path: b('/t/f'),
      parentTree: 'd'.repeat(64),
    };
    const findObjects: EngineCalls['findObjects'] = async (_access, input, handlers) => {
      inputs.push(input);
      await handlers.onObject(NEW, blob);
      await handlers.onObject(NEW, {
        kind: 'tree',
        id: 'e'.repeat(64),
        path: b('/t'),
        parentTree: undefined,
      });
      const place = { packId: 'f'.repeat(64), offset: 1, length: 2, uncompressedLength: 3 };
      return {
        ...NOTHING,
        found: 2,
        places: [
          { kind: 'blob', id: blob.id, place },
          { kind: 'tree', id: 'e'.repeat(64) },
        ],
      };
    };
    const { stdout } = await runCli(['find', '--pack', 'ff', '--show-pack-id'], { engine: { findObjects } });
    expect(inputs).toMatchObject([{ blobs: [], trees: [], packs: ['ff'] }]);
    expect(stdout.split('\n')).toEqual([
      `Found blob ${blob.id}`,
      ' ... in file /t/f',
      `     (tree ${blob.parentTree})`,
      expect.stringMatching(/^ ... in snapshot bbbbbbbb \(2026/),
      `Found tree ${'e'.repeat(64)}`,
      ' ... path /t',
      expect.stringMatching(/^ ... in snapshot bbbbbbbb/),
      `Object belongs to pack ${'f'.repeat(64)}`,
      ' ... Pack ffffffff: <Blob (data) cccccccc, offset 1, length 2, uncompressed length 3>',
      'Object eeeeeeee not found in the index',
      '',
    ]);
    const json = await runCli(['find', '--blob', 'c', '--json'], { engine: { findObjects } });
    expect(JSON.parse(json.stdout)).toHaveLength(2);
  });
});

describe('times as people type them', () => {
  const utc = (text: string): number => Date.parse(text) / 1000;
  it.each([
    ['2026-11-22 09:55:17 +0130', utc('2026-11-22T08:25:17Z'), 0],
    ['2026-11-22 09:55:17 -01:00', utc('2026-11-22T10:55:17Z'), 0],
    ['2026-11-22T09:55:17.25Z', utc('2026-11-22T09:55:17Z'), 250_000_000],
    ['22.11.2026 09:55 UTC', utc('2026-11-22T09:55:00Z'), 0],
    ['2026-11-22', new Date(2026, 10, 22).getTime() / 1000, 0],
    ['2026-11-22 09:55', new Date(2026, 10, 22, 9, 55).getTime() / 1000, 0],
  ])('%s', (text, sec, nsec) => {
    expect(parseTimeText('--oldest', text)).toEqual({ sec, nsec });
  });

  it.each(['', '2026', '2026-13-01', '2026-11-22 25:00', '2026-11-22 10:61', '22.11.26', '2026-11-22 10'])(
    'not %j',
    (text) => {
      expect(() => parseTimeText('--oldest', text)).toThrow();
    },
  );
});

describe('diff', () => {
  const inside = { files: 2, folders: 1, others: 0 };
  const none = { files: 0, folders: 0, others: 0 };
  const CHANGES: DiffChange[] = [
    { kind: 'added', path: b('/new'), isFolder: true, inside },
    { kind: 'removed', path: b('/gone\x1b'), isFolder: false, inside: none },
    { kind: 'changed', path: b('/f'), isFolder: false, letters: 'M?' },
    { kind: 'renamed', path: b('/b'), isFolder: true, from: b('/a'), inside },
    { kind: 'renamed', path: b('/d'), isFolder: false, from: b('/c'), inside: none },
  ];
  const blobs = { data: 3, trees: 4, bytes: 5 << 20 };
  const RESULT: DiffResult = {
    added: { files: 6, folders: 4, others: 1, blobs },
    removed: { files: 5, folders: 2, others: 0, blobs: { data: 0, trees: 0, bytes: 12 } },
    changedFiles: 1,
    renamed: { files: 3, folders: 2, others: 0 },
    damagedFolders: 0,
  };

  function comparing(result = RESULT) {
    const inputs: DiffInput[] = [];
    const diff: EngineCalls['diff'] = async (_access, input, handlers) => {
      inputs.push(input);
      await handlers.onStart(OLD, NEW);
      for (const change of CHANGES) await handlers.onChange(change);
      if (result.damagedFolders > 0) handlers.onDamaged({ path: b('/x'), treeId: 'ff', reason: 'why' });
      return result;
    };
    return { engine: { diff }, inputs };
  }

  it('prints lines and counts, renames apart', async () => {
    const { engine, inputs } = comparing();
    const { code, stdout } = await runCli(['diff', 'aa', 'bb:/x', '--metadata'], { engine });
    expect(code).toBe(0);
    expect(inputs).toEqual([
      {
        from: 'aa',
        to: 'bb:/x',
        withMetadata: true,
        findRenames: true,
        foldFolders: false,
        countBlobs: true,
      },
    ]);
    expect(stdout.split('\n')).toEqual([
      'comparing snapshot aaaaaaaa to bbbbbbbb:',
      '',
      '+    /new/',
      '-    /gone\\x1b',
      'M?   /f',
      'R    /a/ -> /b/ (2 files, 1 folder)',
      'R    /c -> /d',
      '',
      'Files:           3 new,     2 removed,     1 changed',
      'Dirs:            2 new,     0 removed',
      'Others:          1 new,     0 removed',
      'Renamed:         3 files,     2 dirs',
      'Data Blobs:      3 new,     0 removed',
      'Tree Blobs:      4 new,     0 removed',
      '  Added:   5.000 MiB',
      '  Removed: 12 B ',
      '',
    ]);
  });

  it('folds folders, and leaves out what is not wanted', async () => {
    const { added, removed, ...rest } = RESULT;
    const { blobs: _a, ...addedOnly } = added;
    const { blobs: _r, ...removedOnly } = removed;
    const { engine, inputs } = comparing({ ...rest, added: addedOnly, removed: removedOnly });
    const { stdout } = await runCli(['diff', 'a', 'b', '-c', '--no-statistics', '--no-renames'], { engine });
    expect(inputs[0]).toMatchObject({ findRenames: false, foldFolders: true, countBlobs: false });
    expect(stdout).toContain('+    /new/ (2 files, 1 folder)\n');
    expect(stdout).not.toContain('Blobs');
    const quiet = await runCli(['-q', 'diff', 'a', 'b'], { engine });
    expect(quiet.stdout.split('\n')[0]).toBe('+    /new/');
    expect(quiet.stdout).not.toContain('Files:');
  });

  it("speaks restic's messages and says what was renamed", async () => {
    const { stdout } = await runCli(['diff', 'a', 'b', '--json'], { engine: comparing().engine });
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(messages).toEqual([
      { message_type: 'change', path: '/new/', modifier: '+' },
      { message_type: 'change', path: '/gone\x1b', modifier: '-' },
      { message_type: 'change', path: '/f', modifier: 'M?' },
      { message_type: 'change', path: '/b/', modifier: 'R', renamed_from: '/a/' },
      { message_type: 'change', path: '/d', modifier: 'R', renamed_from: '/c' },
      {
        message_type: 'statistics',
        source_snapshot: 'a',
        target_snapshot: 'b',
        changed_files: 1,
        added: { files: 6, dirs: 4, others: 1, data_blobs: 3, tree_blobs: 4, bytes: 5 << 20 },
        removed: { files: 5, dirs: 2, others: 0, data_blobs: 0, tree_blobs: 0, bytes: 12 },
        renamed: { files: 3, dirs: 2, others: 0 },
      },
    ]);
  });

  it('ends with 1 when folders could not be compared', async () => {
    const { engine } = comparing({ ...RESULT, damagedFolders: 1 });
    const { code, stderr } = await runCli(['diff', 'a', 'b'], { engine });
    expect(code).toBe(1);
    expect(stderr).toContain('Not compared: /x (why)\n1 folder could not be compared.');
  });

  it('explains its letters', async () => {
    expect((await runCli(['diff', '--help'])).stdout).toContain('R  renamed or moved');
  });
});
