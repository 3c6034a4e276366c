import { describe, expect, it } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { parseSnapshot } from '#format/snapshot.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { BackupInput, BackupResult } from '#hosts/cli/calls/backup.ts';
import type { EngineCalls } from '#hosts/cli/engine-calls.ts';
import type { RestoreInput } from '#hosts/cli/calls/restore.ts';
import { runCli } from '#test/support/cli-run.ts';

const b = textToByteString;
const ID = 'f48838c7785629e7a39dfc20caab69b2d4afe89bc3769955d54443c6498e4805';

/** As restic 0.19.1 stored and printed it. */
const STORED =
  '{"time":"2026-11-22T10:04:43.708206226Z","tree":"6088fa117b27067632ecc47f6ad303c05c9c335a21d10fa4b0e78971d0829925","paths":["/t"],"hostname":"vm","username":"root","tags":["a","b"],"program_version":"restic 0.19.1","summary":{"backup_start":"2026-11-22T10:04:43.708206226Z","backup_end":"2026-11-22T10:04:44.46516724Z","files_new":0,"files_changed":1,"files_unmodified":1,"dirs_new":0,"dirs_changed":3,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":4,"data_added":1754,"data_added_packed":1335,"total_files_processed":2,"total_bytes_processed":4}}';
const LISTED = { id: ID, snapshot: parseSnapshot(Buffer.from(STORED)) };

const SUMMARY = {
  filesNew: 2,
  filesChanged: 0,
  filesUnmodified: 1,
  dirsNew: 3,
  dirsChanged: 0,
  dirsUnmodified: 0,
  dataBlobs: 2,
  treeBlobs: 4,
  dataAdded: 1753,
  dataAddedPacked: 1387,
  totalFilesProcessed: 3,
  totalBytesProcessed: 2048,
  backupStart: '2026-11-22T10:04:41.356692587Z',
  backupEnd: '2026-11-22T10:04:42.186129069Z',
};
const BACKED_UP: BackupResult = {
  snapshotId: ID,
  summary: SUMMARY,
  problems: 0,
  diskProblems: 0,
  seconds: 0.5,
};

const NODE: TreeNode = {
  name: b('f.tmp'),
  type: 'file',
  mode: 0o644,
  mtime: '2026-11-22T10:04:43.674618095Z',
  atime: '2026-11-22T10:04:43.674618095Z',
  ctime: '2026-11-22T10:04:43.674618095Z',
  uid: 0,
  gid: 0,
  inode: 9_007_199_254_740_993n,
  deviceId: 1n,
  size: 3n,
  links: 1,
  device: 0n,
  content: [],
};

describe('help', () => {
  const names =
    'init backup restore forget snapshots ls find diff dump stats check key unlock cat version'.split(' ');

  it.each(names)('of %s has an example and needs nothing', async (name) => {
    const { code, stdout, stderr } = await runCli([name, '--help'], { env: { TIDEMARK_PASSWORD: '' } });
    expect(stdout).toMatch(new RegExp(`Example:\n  tidemark .*${name}`));
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each(['list', 'add', 'remove', 'passwd'])('of key %s has an example', async (name) => {
    expect((await runCli(['key', name, '--help'])).stdout).toContain(`key ${name}`);
  });

  it('names every command', async () => {
    const { stdout } = await runCli(['--help']);
    expect((await runCli(['--version'])).stdout).toMatch(/^tidemark \d+\.\d+\.\d+\n$/);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([
    [['nonsense'], "Unknown command 'nonsense'"],
    [['backup'], 'nothing is named that should be saved'],
    [['ls'], "Missing required argument 'snapshot'"],
    [['backup', '--wrong', 'x'], "Unknown option '--wrong'"],
    [['ls', 'latest', 'relative'], 'begin'],
    [['stats', '--mode', 'some'], '--mode some'],
    [['restore', 'latest'], '--target'],
    [['check', '--read-data', '--read-data-subset', '1/2'], 'both'],
    [['backup', 'x', '--exclude', '[a'], 'the pattern [a'],
    [['backup', 'x', '--exclude-larger-than', '1.5G'], '1.5G'],
    [['backup', 'x', '--time', '2026-02-30 00:00:00'], '2026-02-30'],
    [['snapshots', '--repo', 'a', '--repository-file', 'c'], 'both --repo and --repository-file'],
  ])('%j gets one sentence and code 1', async (args, part) => {
    const { code, stdout, stderr } = await runCli(args, { engine: {} });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.toLowerCase()).toContain(part.toLowerCase());
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(' at ');
  });

  it('says it in JSON where JSON was asked for', async () => {
    const { stderr } = await runCli(['--json', 'nonsense']);
    expect(JSON.parse(stderr)).toMatchObject({ message_type: 'exit_error', code: 1 });
  });
});

describe('errors of the engine', () => {
  const failing = (error: unknown) => ({ engine: { snapshots: () => Promise.reject(error as Error) } });

  it.each([
    [new TidemarkError('repository.notFound', { location: '/backup' }), 10],
    [new TidemarkError('repository.wrongPassword', { location: '/backup' }), 12],
    [
      new TidemarkError('repository.locked', {
        hostname: 'h',
        username: 'u',
        pid: 1,
        since: '2026',
        exclusive: true,
        stale: false,
        lockId: ID,
      }),
      11,
    ],
    [new TidemarkError('job.cancelled', {}), 130],
    [new TidemarkError('storage.full', { location: '/backup', outOfInodes: false }), 1],
  ])('%s ends with %i', async (error, expected) => {
    const text = await runCli(['snapshots'], failing(error));
    expect(text.code).toBe(expected);
    expect(text.stderr.trimEnd().split('\n')).toHaveLength(1);
    const json = await runCli(['snapshots', '--json'], failing(error));
    expect(JSON.parse(json.stderr)).toEqual({
      message_type: 'exit_error',
      code: expected,
      message: text.stderr.trimEnd(),
    });
  });

  it('hides what is unexpected unless asked', async () => {
    const error = new RangeError('secret detail');
    const plain = await runCli(['snapshots'], failing(error));
    expect(plain.code).toBe(1);
    expect(plain.stderr).not.toContain('secret detail');
    const debug = await runCli(['snapshots'], { ...failing(error), env: { TIDEMARK_DEBUG: '1' } });
    expect(debug.stderr).toContain('secret detail');
  });

  it('turns an interrupt into a signal, and ends with 130', async () => {
    let interrupt = (): void => undefined;
    const { code, stderr } = await runCli(['snapshots'], {
      onReady: (send) => (interrupt = send),
      engine: {
        snapshots: (_access, _input, _handlers, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
            interrupt();
          }),
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped as you asked.');
  });

  it('ends at once at the second interrupt', async () => {
    let interrupt = (): void => undefined;
    const { code } = await runCli(['snapshots'], {
      onReady: (send) => (interrupt = send),
      engine: {
        snapshots: () => {
          interrupt();
          expect(interrupt).toThrow('exit 130');
          return Promise.resolve([]);
        },
      },
    });
    expect(code).toBe(0);
  });
});

describe('global options', () => {
  it('count before and after the command, and win over the environment', async () => {
    const seen: unknown[] = [];
    const engine = {
      snapshots: (access: unknown) => {
        seen.push(access);
        return Promise.resolve([]);
      },
    };
    await runCli(['-r', '/before', '--no-lock', 'snapshots'], { engine });
    await runCli(['snapshots', '-r', '/after'], { engine });
    await runCli(['snapshots'], { engine, env: { TIDEMARK_REPOSITORY: '/environment' } });
    const password = Buffer.from('secret');
    expect(seen).toEqual([
      { location: '/before', password, noLock: true },
      { location: '/after', password, noLock: false },
      { location: '/environment', password, noLock: false },
    ]);
  });

  it('needs a repository', async () => {
    const { code, stderr } = await runCli(['snapshots'], { env: { TIDEMARK_REPOSITORY: '' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('--repo or TIDEMARK_REPOSITORY')]);
  });

  it('has no password without a terminal', async () => {
    const { code, stderr } = await runCli(['snapshots'], { env: { TIDEMARK_PASSWORD: '' } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('--password-file')]);
  });
});

describe('snapshots', () => {
  const engine = { snapshots: () => Promise.resolve([LISTED]) };

  it('prints restic JSON byte for byte', async () => {
    const { stdout } = await runCli(['snapshots', '--json'], { engine });
    expect(stdout).toBe(`[${STORED.slice(0, -1)},"id":"${ID}","short_id":"f48838c7"}]\n`);
  });

  it('prints a table', async () => {
    const { stdout } = await runCli(['snapshots'], { engine });
    expect(stdout).toMatch(
      /^ID +Time +Host +Tags +Paths +Size\n-+\nf48838c7 .* vm +a,b +\/t +4 B\n-+\n1 snapshot\n$/,
    );
  });

  it('E4 names what is damaged beside what is listed, and says what to do', async () => {
    const damaged: Partial<EngineCalls> = {
      snapshots: (_access, _input, handlers) => {
        handlers.onDamaged('9'.repeat(64), 'cut short');
        return Promise.resolve([LISTED]);
      },
    };
    const text = await runCli(['snapshots'], { engine: damaged });
    expect(text.stderr).toMatch(
      /^Snapshot 99999999 is damaged \(cut short\) and cannot be listed\. Run "tidemark recover" .*"tidemark forget --damaged 99999999"/,
    );
    expect(text.stdout).toContain('\n1 snapshot\n');
    const json = await runCli(['snapshots', '--json'], { engine: damaged });
    expect(JSON.parse(json.stderr)).toMatchObject({ message_type: 'error' });
    expect(JSON.parse(json.stdout)).toHaveLength(1);
  });

  it('keeps the last of each group', async () => {
    const older = { ...LISTED, id: '0'.repeat(64) };
    const other = { id: '1'.repeat(64), snapshot: { ...LISTED.snapshot, hostname: 'other' } };
    const { stdout } = await runCli(['snapshots', '--latest', '1', '--json'], {
      engine: { snapshots: () => Promise.resolve([older, other, LISTED]) },
    });
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual([other.id, ID]);
  });
});

describe('ls', () => {
  const engine = {
    listEntries: async (
      _access: unknown,
      _input: unknown,
      handlers: { onSnapshot(one: typeof LISTED): void; onEntry(path: ByteString, node: TreeNode): unknown },
    ) => {
      handlers.onSnapshot(LISTED);
      await handlers.onEntry(b('/t/f.tmp'), NODE);
      await handlers.onEntry(b('/t/\x1b[2J'), { ...NODE, type: 'dir', mode: 2147484141, inode: 0n });
    },
  };

  it('prints restic JSON lines, with integers in full', async () => {
    const [snapshot, file, folder] = (await runCli(['ls', 'latest', '--json'], { engine })).stdout.split(
      '\n',
    );
    expect(snapshot).toBe(
      `${STORED.slice(0, -1)},"id":"${ID}","short_id":"f48838c7","message_type":"snapshot","struct_type":"snapshot"}`,
    );
    expect(file).toBe(
      '{"name":"f.tmp","type":"file","path":"/t/f.tmp","uid":0,"gid":0,"size":3,"mode":420,"permissions":"-rw-r--r--","mtime":"2026-11-22T10:04:43.674618095Z","atime":"2026-11-22T10:04:43.674618095Z","ctime":"2026-11-22T10:04:43.674618095Z","inode":9007199254740993,"message_type":"node","struct_type":"node"}',
    );
    expect(JSON.parse(folder ?? '')).not.toHaveProperty('size');
    expect(folder).toContain('"permissions":"drwxr-xr-x"');
  });

  it('prints names that cannot disturb the terminal', async () => {
    const { stdout } = await runCli(['-q', 'ls', 'latest'], { engine });
    expect(stdout).toBe('/t/f.tmp\n/t/\\x1b[2J\n');
  });
});

describe('backup', () => {
  it('reads every option', async () => {
    let input: BackupInput | undefined;
    const args =
      'backup a -e *.tmp --iexclude B --exclude-caches --exclude-if-present .no:x --exclude-larger-than 2k -x --tag t,u --tag v -H h --parent p -f --ignore-inode -n b --compression max --allow-empty'.split(
        ' ',
      );
    await runCli([...args, '--time', '2026-11-22 09:55:17', '--', '-odd'], {
      engine: {
        backup: (_access, given) => {
          input = given;
          return Promise.resolve(BACKED_UP);
        },
      },
    });
    expect(input).toEqual({
      sources: ['a', 'b', '-odd'],
      exclude: { patterns: ['*.tmp'], ignoreCasePatterns: ['B'], style: 'posix' },
      folderTags: [
        { fileName: '.no', header: 'x' },
        { fileName: 'CACHEDIR.TAG', header: 'Signature: 8a477f597d28d172789f06886806bc55' },
      ],
      excludeLargerThanBytes: 2048,
      oneFileSystem: true,
      tags: ['t', 'u', 'v'],
      hostname: 'h',
      timeMs: new Date(2026, 10, 22, 9, 55, 17).getTime(),
      parent: 'p',
      force: true,
      ignoreInode: true,
      ignoreCtime: true,
      withAtime: false,
      dryRun: true,
      skipIfUnchanged: false,
      allowEmpty: true,
      compression: 'max',
    });
  });

  const engine = {
    backup: ((_access, _input, handlers) => {
      for (let step = 1; step <= 4; step++) {
        handlers.onProgress?.({
          filesDone: step,
          bytesDone: step * 512,
          totalFiles: 4,
          totalBytes: 2048,
          current: [b('/t/é')],
          problems: 1,
        });
      }
      handlers.onProblem({ path: b('/t/x'), reason: 'permission denied', keptPrevious: false });
      handlers.onCounted?.(4, 2048);
      const cost = {
        seconds: 0.5,
        dataBytes: 0,
        dataBytesPacked: 0,
        treeBytes: 350,
        treeBytesPacked: 291,
      };
      handlers.onItem?.({ path: b('/t'), isDir: true, action: 'new', sizeBytes: 0, cost });
      return Promise.resolve({ ...BACKED_UP, problems: 1 });
    }) as EngineCalls['backup'],
  };

  it('speaks restic JSON and ends with 3 when something was not read', async () => {
    const { code, stdout, stderr } = await runCli(['backup', '-v', '--json', '/t'], { engine });
    expect(code).toBe(3);
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message_type: 'status',
      percent_done: 0.25,
      total_files: 4,
      files_done: 1,
      total_bytes: 2048,
      bytes_done: 512,
      error_count: 1,
      current_files: ['/t/é'],
    });
    expect(JSON.parse(lines.at(-3) ?? '')).toMatchObject({
      message_type: 'verbose_status',
      action: 'scan_finished',
      data_size: 2048,
      total_files: 4,
    });
    expect(lines.at(-2)).toBe(
      '{"message_type":"verbose_status","action":"new","item":"/t/","duration":0.5,"data_size":0,"data_size_in_repo":0,"metadata_size":350,"metadata_size_in_repo":291,"total_files":0}',
    );
    expect(lines.at(-1)).toBe(
      `{"message_type":"summary","files_new":2,"files_changed":0,"files_unmodified":1,"dirs_new":3,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":2,"tree_blobs":4,"data_added":1753,"data_added_packed":1387,"total_files_processed":3,"total_bytes_processed":2048,"total_duration":0.5,"backup_start":"2026-11-22T10:04:41.356692587Z","backup_end":"2026-11-22T10:04:42.186129069Z","snapshot_id":"${ID}"}`,
    );
    const complaints = stderr.trimEnd().split('\n');
    expect(complaints[0]).toBe(
      '{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/t/x"}',
    );
    expect(JSON.parse(complaints[1] ?? '')).toMatchObject({ message_type: 'exit_error', code: 3 });
  });

  it('shows a live line on a terminal only, and gives the cursor back', async () => {
    const live = await runCli(['backup', '/t'], { engine, columns: 60 });
    expect(live.stderr).toContain('\x1b[?25l');
    expect(live.stderr).toMatch(/512 B of 2\.0 KiB, 1 of 4 files/);
    expect(live.stderr.lastIndexOf('\x1b[?25h')).toBeGreaterThan(live.stderr.lastIndexOf('\x1b[?25l'));
    for (const drawn of live.stderr.split(/\x1b\[2K/))
      expect(drawn.replace(/\x1b.*|\n.*/gs, '').length).toBeLessThan(60);
    for (const args of [
      ['backup', '/t'],
      ['-q', 'backup', '/t'],
    ]) {
      const piped = await runCli(args, { engine, ...(args[0] === '-q' ? { columns: 60 } : {}) });
      expect(piped.stderr + piped.stdout).not.toContain('\x1b');
    }
  });

  it('with --quiet prints only errors', async () => {
    const { stdout, stderr } = await runCli(['backup', '-q', '/t'], { engine });
    expect(stdout).toBe('');
    expect(stderr).toContain('Not read: /t/x (permission denied)');
  });

  it('says what was saved', async () => {
    const { code, stdout } = await runCli(['backup', '-vv', '/t'], { engine });
    expect(code).toBe(3);
    expect(stdout).toContain('new       /t/\n');
    expect(stdout).toContain('Files:   2 new, 0 changed, 1 unchanged');
    expect(stdout).toContain('Snapshot f48838c7 is saved.');
  });
});

describe('restore', () => {
  const progress = {
    totalFiles: 5,
    filesRestored: 3,
    filesSkipped: 2,
    totalBytes: 4,
    bytesRestored: 0,
    bytesSkipped: 4,
  };
  const restored = { progress, snapshotId: ID, target: b('/out'), filesUpdated: 0, filesRemoved: 0 };

  it('reads its options and prints the summary of restic', async () => {
    let input: RestoreInput | undefined;
    const { code, stdout } = await runCli(
      ['restore', 'latest:/a', '-t', 'out', '-i', 'x', '--overwrite', 'if-newer', '--host', 'h', '--json'],
      {
        engine: {
          restore: (_access, given) => {
            input = given;
            return Promise.resolve({ ...restored, problems: 0, warnings: 0, seconds: 2.5 });
          },
        },
      },
    );
    expect(code).toBe(0);
    expect(input).toMatchObject({
      snapshot: 'latest:/a',
      target: 'out',
      include: { patterns: ['x'] },
      overwrite: 'if-newer',
    });
    expect(input?.filter.hosts).toEqual(['h']);
    expect(stdout).toBe(
      '{"message_type":"summary","seconds_elapsed":2,"total_files":5,"files_restored":3,"files_skipped":2,"total_bytes":4,"bytes_skipped":4}\n',
    );
  });

  it('has no rule for files that are there unless one is given', async () => {
    let input: RestoreInput | undefined;
    await runCli(['restore', 'latest', '-t', '/'], {
      engine: {
        restore: (_access, given) => {
          input = given;
          return Promise.resolve({ ...restored, problems: 0, warnings: 0, seconds: 0 });
        },
      },
    });
    expect(input).not.toHaveProperty('overwrite');
  });

  it('ends with 1 when something could not be restored', async () => {
    const { code, stderr } = await runCli(['restore', 'latest', '-t', 'out'], {
      engine: {
        restore: (_access, _input, handlers) => {
          handlers.onWarning({ path: b('/w'), reason: 'owner' });
          handlers.onProblem({ path: b('/x'), reason: 'damaged' });
          return Promise.resolve({ ...restored, problems: 1, warnings: 1, seconds: 0 });
        },
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('Not restored: /x (damaged)');
    expect(stderr).toContain('/w (owner)');
  });
});

describe('check, stats, key, unlock, cat, dump, init', () => {
  it('check prints the summary of restic and fails on errors', async () => {
    const engine = {
      check: () =>
        Promise.resolve({
          errors: 1,
          brokenPacks: [ID],
          damagedSnapshots: [],
          suggestRepairIndex: false,
          suggestPrune: true,
        }),
    };
    const { code, stdout } = await runCli(['check', '--json', '--read-data-subset', '10%'], { engine });
    expect(code).toBe(1);
    expect(stdout).toBe(
      `{"message_type":"summary","num_errors":1,"broken_packs":["${ID}"],"suggest_repair_index":false,"suggest_prune":true}\n`,
    );
    expect((await runCli(['check'], { engine })).stderr).toContain('Damaged: f48838c7');
  });

  it('stats computes shares as restic does', async () => {
    const result = {
      snapshotsCount: 3,
      totalSize: 2271,
      totalFileCount: 0,
      totalBlobCount: 11,
      totalUncompressedSize: 3859,
      compressedSize: 2271,
      compressedUncompressedSize: 3859,
    };
    const { stdout } = await runCli(['stats', '--mode', 'raw-data', '--json'], {
      engine: { stats: () => Promise.resolve(result) },
    });
    expect(stdout).toBe(
      '{"total_size":2271,"total_uncompressed_size":3859,"compression_ratio":1.6992514310876266,"compression_progress":100,"compression_space_saving":41.15055713915522,"total_blob_count":11,"snapshots_count":3}\n',
    );
  });

  it('key list', async () => {
    const key = {
      id: ID,
      isCurrent: true,
      username: 'root',
      hostname: 'vm',
      created: '2026-11-22T09:55:17.7Z',
    };
    const engine = { listKeys: () => Promise.resolve([key]) };
    const json = JSON.parse((await runCli(['key', 'list', '--json'], { engine })).stdout) as object[];
    expect(Object.keys(json[0] ?? {})).toEqual(['current', 'id', 'userName', 'hostName', 'created']);
    expect((await runCli(['key', 'list'], { engine })).stdout).toContain('*f48838c7  root  vm');
  });

  it('unlock, init and cat', async () => {
    const unlock = async (removed: number, held: number, keptUntilMs: number | null) =>
      (
        await runCli(['unlock'], {
          engine: { unlock: () => Promise.resolve({ removed, held, keptUntilMs }) },
        })
      ).stdout;
    expect(await unlock(2, 0, null)).toBe('Removed 2 locks.\n');
    expect(await unlock(0, 0, null)).toBe('There was no lock to remove.\n');
    expect(await unlock(0, 1, Date.parse('2027-03-04T12:00:00Z'))).toMatch(/^1 lock stays until 2027-03-04/);
    const init = { init: () => Promise.resolve({ id: ID, location: '/backup' }) };
    expect((await runCli(['init', '--json'], { engine: init })).stdout).toBe(
      `{"message_type":"initialized","id":"${ID}","repository":"/backup"}\n`,
    );
    const cat = { cat: () => Promise.resolve(Buffer.from('{"version":2}')) };
    expect((await runCli(['cat', 'config'], { engine: cat })).stdout).toBe('{\n  "version": 2\n}\n');
    expect((await runCli(['cat', 'blob'], { engine: cat })).stderr).toContain('Give its id');
  });

  it('dump writes bytes as they are', async () => {
    const { stdout } = await runCli(['dump', 'latest', '/a'], {
      engine: { dump: (_access, input, sink) => sink(Buffer.from(`bytes of ${input.path}\n`)) },
    });
    expect(stdout).toBe('bytes of /a\n');
  });
});
