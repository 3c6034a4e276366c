/** The commands that change versions, with an engine of the test's own: options to requests, events to lines. */
import { describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { RepairSnapshotsInput } from '#hosts/cli/calls/repair-snapshots.ts';
import type { RewriteInput } from '#hosts/cli/calls/rewrite.ts';
import type { TagInput } from '#hosts/cli/calls/tag.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import { runCli } from '#test/support/cli-run.ts';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);
const ALL = { hosts: [], tagLists: [], paths: [] };

describe('tag', () => {
  const inputs: TagInput[] = [];
  const engine: Partial<EngineCalls> = {
    tag: async (_access, input, handlers) => {
      inputs.push(input);
      handlers.onChanged(OLD, NEW);
      return { changed: 1, damaged: 0 };
    },
  };

  it('prints what restic prints as JSON', async () => {
    const { code, stdout } = await runCli(['tag', '--add', 'a,b', '--add', 'c', '--json', 'latest'], {
      engine,
    });
    expect(inputs.at(-1)).toEqual({
      ids: ['latest'],
      filter: ALL,
      change: { kind: 'change', add: ['a', 'b', 'c'], remove: [] },
    });
    expect([code, stdout]).toEqual([
      0,
      `{"message_type":"changed","old_snapshot_id":"${OLD}","new_snapshot_id":"${NEW}"}\n` +
        '{"message_type":"summary","changed_snapshots":1}\n',
    ]);
  });

  it('takes an empty tag for none at all', async () => {
    const { stdout } = await runCli(['tag', '--set', '', '--tag', 'x', '-v'], { engine });
    expect(inputs.at(-1)?.change).toEqual({ kind: 'set', tags: [''] });
    expect(stdout).toBe('snapshot aaaaaaaa is now bbbbbbbb\nChanged the tags of 1 snapshot.\n');
  });

  it.each([[['tag']], [['tag', '--set', 'a', '--add', 'b']], [['tag', '--set', 'a', '--remove', 'b']]])(
    'refuses %j before anything is opened',
    async (args) => {
      const { code, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('This cannot be done as asked')]);
    },
  );

  it('tells a damaged snapshot and fails', async () => {
    const { code, stderr } = await runCli(['tag', '--add', 'x'], {
      engine: {
        tag: async (_access, _input, handlers) => {
          handlers.onDamaged('It is damaged.');
          return { changed: 0, damaged: 1 };
        },
      },
    });
    expect([code, stderr]).toEqual([1, 'It is damaged.\n']);
  });
});

describe('rewrite', () => {
  const inputs: RewriteInput[] = [];
  const engine: Partial<EngineCalls> = {
    rewrite: async (_access, input, handlers) => {
      inputs.push(input);
      handlers.onExcluded(textToByteString('/home/me/se\x07cret'));
      const gone = { oldId: OLD, goneFiles: 2, goneBytes: 2048 };
      handlers.onChanged(input.dryRun ? gone : { ...gone, newId: NEW });
      return { changed: 1, unchanged: 3, problems: 0 };
    },
  };

  it('says what would go, and what went', async () => {
    const dry = await runCli(['rewrite', '-n', '-v', '-e', 'secret', '--forget'], { engine });
    expect(dry.stdout).toBe(
      'left out /home/me/se\\x07cret\n' +
        'Snapshot aaaaaaaa would be replaced, 2 files left out (2.0 KiB).\n' +
        '1 snapshot would change. 3 need no change. Nothing was written.\n',
    );
    const { stdout } = await runCli(['rewrite', '-e', 'secret', '--forget'], { engine });
    expect(stdout).toBe(
      'Snapshot aaaaaaaa is replaced by bbbbbbbb, 2 files left out (2.0 KiB).\n' +
        'Rewrote 1 snapshot. 3 need no change. What was left out is in the repository until a prune.\n',
    );
  });

  it('hands over patterns, host and time', async () => {
    const args = [
      'rewrite',
      '-e',
      'a',
      '--iexclude',
      'B',
      '--new-host',
      'h',
      '--new-time',
      '2020-01-02 03:04:05',
    ];
    const { stdout } = await runCli([...args, '-s', '--json', 'abcd'], { engine });
    expect(inputs.at(-1)).toMatchObject({
      ids: ['abcd'],
      exclude: { patterns: ['a'], ignoreCasePatterns: ['B'] },
      forget: false,
      newHost: 'h',
      newTimeMs: new Date(2020, 0, 2, 3, 4, 5).getTime(),
      addSummary: true,
      dryRun: false,
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        message_type: 'changed',
        old_snapshot_id: OLD,
        new_snapshot_id: NEW,
        files_removed: 2,
        bytes_removed: 2048,
      },
      { message_type: 'summary', changed_snapshots: 1 },
    ]);
  });

  it.each([[['rewrite']], [['rewrite', '-e', '[']], [['rewrite', '--new-time', 'tomorrow']]])(
    'refuses %j before anything is opened',
    async (args) => {
      const { code, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([1, expect.stringContaining('This cannot be done as asked')]);
    },
  );

  it('fails when a snapshot could not be rewritten', async () => {
    const { code, stderr } = await runCli(['rewrite', '-e', 'x'], {
      engine: {
        rewrite: async (_access, _input, handlers) => {
          handlers.onProblem('It is of another kind.', OLD);
          return { changed: 0, unchanged: 0, problems: 1 };
        },
      },
    });
    expect([code, stderr]).toEqual([
      1,
      'Snapshot aaaaaaaa: It is of another kind.\n1 snapshot could not be rewritten and is as before.\n',
    ]);
  });
});

describe('repair snapshots', () => {
  const inputs: RepairSnapshotsInput[] = [];
  const engine: Partial<EngineCalls> = {
    repairSnapshots: async (_access, input, handlers) => {
      inputs.push(input);
      handlers.onDamaged({
        id: OLD,
        time: '2026-01-02T03:04:05Z',
        isLost: false,
        losses: [
          { path: textToByteString('/a'), kind: 'fileShortened', lostBytes: 1024 },
          { path: textToByteString('/b'), kind: 'folderEmptied', lostBytes: -1 },
        ],
        lossCount: 5,
      });
      handlers.onDamaged({ id: NEW, time: '2026-01-02T03:04:05Z', isLost: true, losses: [], lossCount: 1 });
      if (!input.dryRun) {
        handlers.onRepaired({ oldId: OLD, newId: NEW, isRemoved: input.forget });
        handlers.onRepaired({ oldId: NEW, isRemoved: input.forget });
      }
      return { damaged: 2, whole: 1, lost: 1, problems: 0, healedBlobs: 3, lostBlobs: 4, brokenPacks: 1 };
    },
  };

  it('names what is lost by snapshot and path', async () => {
    const { code, stdout } = await runCli(['repair', 'snapshots'], { engine });
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.replace(/of 2026-.*:\d\d/, 'of then'));
    expect(lines).toEqual([
      'Snapshot aaaaaaaa of then:',
      '  shortened       /a (1.0 KiB lost)',
      '  folder emptied  /b',
      '  and 3 more',
      'Snapshot bbbbbbbb of then: nothing of it can be read.',
      'Snapshot aaaaaaaa has a repaired copy bbbbbbbb.',
      'Snapshot bbbbbbbb is left as it is; --forget removes it.',
      '3 lost pieces of data found elsewhere and put back.',
      'Repaired 1 snapshot; 1 lacked nothing.',
      '1 data file of the repository is missing or cut short: run "tidemark repair index" too.',
      '',
    ]);
  });

  it('hands over where to look, and the other repository’s password', async () => {
    const { code } = await runCli(
      [
        'repair',
        'snapshots',
        '--from-files',
        '/home/me',
        '--from-files',
        'x',
        '--from-repo',
        '/other',
        'latest',
      ],
      { engine, env: { TIDEMARK_FROM_PASSWORD: 'theirs' } },
    );
    expect(code).toBe(0);
    expect(inputs.at(-1)).toMatchObject({
      ids: ['latest'],
      fromFiles: ['/home/me', 'x'],
      fromRepository: { location: '/other', password: Buffer.from('theirs') },
    });
  });

  it('as JSON, and dry', async () => {
    const { stdout } = await runCli(['repair', 'snapshots', '-n', '--json'], { engine });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { message_type: 'damage', snapshot_id: OLD, path: '/a', kind: 'fileShortened', lost_bytes: 1024 },
      { message_type: 'damage', snapshot_id: OLD, path: '/b', kind: 'folderEmptied' },
      { message_type: 'would_change', old_snapshot_id: OLD },
      { message_type: 'summary', changed_snapshots: 1, healed_blobs: 3, lost_blobs: 4, dry_run: true },
    ]);
  });
});
