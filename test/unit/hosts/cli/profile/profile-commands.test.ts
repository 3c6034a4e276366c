/**
 * The commands about plans, places and health: what they ask the core for, what they print, and their exit codes. The
 * core is a stand-in behind the real calls; with a real one they run in test/e2e/profile-commands.test.ts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { runCli, type CliRun } from '#test/support/cli-run.ts';
import type { PlaceTrial } from '#contract/app/place-trial.ts';
import type { ProbeOutcome } from '#contract/engine/engine-values.ts';
import { PLACE, PLAN, standInProfile } from '#test/support/stand-in-profile.ts';

const BOTH: Partial<Mirror> = { plans: [PLAN], places: [PLACE] };
const JOB: Mirror['jobs'][number] = {
  id: 'job-1',
  kind: 'backup',
  planId: PLAN.id,
  placeId: PLACE.id,
  startedBy: 'person',
  state: 'done',
  request: {},
  queuedAtMs: 0,
  startedAtMs: 0,
  endedAtMs: 0,
  result: null,
  error: null,
  troubleCount: 0,
  progress: null,
  wait: null,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Handlers = Parameters<typeof standInProfile>[0];

async function run(
  args: readonly string[],
  handlers: Handlers = {},
  seen: Partial<Mirror> = BOTH,
  isElsewhere = true,
): Promise<CliRun> {
  const profile = standInProfile(handlers, seen, isElsewhere);
  const result = await runCli(args, { profile, isRunning: isElsewhere, env: { TIDEMARK_PROFILE: folder } });
  expect(profile.isClosed(), 'the profile is let go').toBe(true);
  return result;
}

describe('plan', () => {
  test('list and show', async () => {
    const list = await run(['plan', 'list']);
    expect(list.stdout).toContain('Letters');
    expect(list.stdout).toContain('USB disk');
    const show = await run(['plan', 'show', 'letters']);
    expect(show.stdout).toContain('/home/me/letters');
    for (const words of [
      'soon after changes',
      'at least every 1 hour',
      'at mon, fri 22:00',
      'while on battery',
    ]) {
      expect(show.stdout).toContain(words);
    }
    expect(show.stdout).toContain('from 08:00 to 12:00');
    expect(show.stdout).toContain('7 daily, monthly within 1y');
    const json = await run(['plan', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual([PLAN]);
    expect((await run(['plan', 'list'], {}, {})).stdout).toContain('tidemark plan add');
  });

  async function put(
    args: readonly string[],
    seen = BOTH,
  ): Promise<{ id: string | null; choices: Record<string, unknown> }> {
    let asked: unknown;
    const result = await run(
      args,
      {
        'plans.presets': () => [
          { preset: 'caches', patterns: [], isDefault: true },
          { preset: 'downloads', patterns: [], isDefault: false },
        ],
        'plans.put': (input) => {
          asked = input;
          return { id: 'plan-new', ...input.choices, pause: null, createdAtMs: 0, changedAtMs: 0 } as never;
        },
      },
      seen,
    );
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    return asked as never;
  }

  test('add: what is not said has the usual values', async () => {
    const { id, choices } = await put(['plan', 'add', 'Mail', 'mail', '/srv/ü', '--place', 'usb disk']);
    expect(id).toBeNull();
    expect(choices).toMatchObject({
      name: 'Mail',
      isOn: true,
      folders: [path.resolve('mail'), Buffer.from('/srv/ü').toString('latin1')],
      exclusions: { presets: ['caches'], patterns: [] },
      placeIds: ['place-1234'],
      schedule: { maxAgeMs: 3_600_000, fixedTimes: [], isWatching: true },
      retention: {
        counts: { monthly: Infinity },
        withinUnits: { hourly: { days: 2 }, daily: { months: 2 }, weekly: { years: 2 } },
      },
      conditions: { mainsOnly: false, avoidMetered: false, quietHours: [], bandwidth: [] },
    });
  });

  test('add: everything said', async () => {
    const days =
      '--never-older-than 1d12h --no-watch --mains-only --avoid-metered --exclude *.tmp --preset downloads';
    const rest = '--keep-daily 7 --keep-within 2d --command-timeout 10m --command-failure goOn --off';
    const quoted = [
      '--at',
      '22:00',
      '--at',
      'mon-wed,sat 7:30',
      '--quiet-hours',
      'sat-mon 22:00-07:00',
      '--bandwidth',
      '500k 08:00-18:00',
      '--bandwidth',
      '2M',
      '--bandwidth',
      '3k down 7:00-8:00',
      '--before',
      'pg_dump -f "/tmp/a b"',
    ];
    const words = `plan add Mail /srv --place place-1234 ${days} ${rest}`.split(' ');
    const { choices } = await put([...words, ...quoted]);
    expect(choices).toMatchObject({
      isOn: false,
      exclusions: { presets: ['downloads'], patterns: ['*.tmp'] },
      schedule: {
        maxAgeMs: 36 * 3_600_000,
        fixedTimes: [{ minuteOfDay: 1320 }, { minuteOfDay: 450, weekdays: [1, 2, 3, 6] }],
        isWatching: false,
      },
      retention: { counts: { daily: 7 }, within: { days: 2 } },
      conditions: {
        mainsOnly: true,
        avoidMetered: true,
        quietHours: [{ fromMinute: 1320, toMinute: 420, weekdays: [1, 6, 7] }],
        bandwidth: [
          { fromMinute: 480, toMinute: 1080, bytesPerSecond: 512_000 },
          { fromMinute: 0, toMinute: 0, bytesPerSecond: 2 << 20 },
          { fromMinute: 420, toMinute: 480, bytesPerSecond: 3 << 10, direction: 'down' },
        ],
      },
      commands: {
        before: [
          { program: 'pg_dump', arguments: ['-f', '/tmp/a b'], timeoutMs: 600_000, onFailure: 'goOn' },
        ],
      },
    });
  });

  test('change: what is not said stays, also what is not text', async () => {
    const { id, choices } = await put([
      'plan',
      'change',
      'Letters',
      '--name',
      'Post',
      '--at',
      'none',
      '--no-mains-only',
    ]);
    expect(id).toBe('plan-1234');
    expect(choices).toMatchObject({
      name: 'Post',
      folders: ['/home/me/letters', '\xff'],
      exclusions: { presets: ['caches'], patterns: ['*.tmp'] },
      schedule: { maxAgeMs: 3_600_000, fixedTimes: [], isWatching: true },
      retention: { counts: { daily: 7 }, withinUnits: { monthly: { years: 1 } } },
      conditions: { mainsOnly: false, quietHours: [{ fromMinute: 480, toMinute: 720 }] },
    });
    const manual = await put(['plan', 'change', 'Letters', '--never-older-than', 'none', '--no-watch']);
    expect((manual.choices['schedule'] as { maxAgeMs?: number }).maxAgeMs).toBeUndefined();
  });

  test('what cannot be is refused before the core is asked, with how to write it', async () => {
    const cases: [string[], string][] = [
      [['add', 'Mail', '/srv'], '--place'],
      [['add', 'Mail', '/srv', '--place', 'nowhere'], 'There is no backup place "nowhere"'],
      [['change', 'Letters', '--at', '25:00'], 'write times like 07:30'],
      [['change', 'Letters', '--at', 'someday 10:00'], 'mon-fri'],
      [['change', 'Letters', '--never-older-than', 'often'], '30m, 12h, 2d or 1w'],
      [['change', 'Letters', '--bandwidth', 'fast'], 'size'],
      [['change', 'Letters', '--preset', 'everything'], 'developerLeftovers'],
      [['change', 'Letters', '--quiet-hours', '22:00'], 'write times like'],
      [['change', 'Letters', '--command-failure', 'x', '--before', 'y'], 'stop, goOn'],
      [['show', 'Nothing'], 'There is no plan "Nothing"'],
      [['pause', 'Letters', '--for', '1h', '--until', '2026-12-24'], 'use one of them'],
    ];
    for (const [args, words] of cases) {
      const { code, stderr } = await run(['plan', ...args], { 'plans.presets': () => [] });
      expect(code, args.join(' ')).toBe(1);
      expect(stderr.toLowerCase(), args.join(' ')).toContain(words.toLowerCase());
    }
  });

  test('two of one name are told apart by id only', async () => {
    const twins = { ...BOTH, plans: [PLAN, { ...PLAN, id: 'plan-5678' }] };
    const both = await run(['plan', 'show', 'Letters'], {}, twins);
    expect(both.stderr).toContain('plan-1234 or plan-5678');
    expect((await run(['plan', 'show', 'plan-5'], {}, twins)).stdout).toContain('plan-5678');
    // A name that looks like the beginning of another one's id is a name.
    const tricky = { ...BOTH, plans: [PLAN, { ...PLAN, id: 'other', name: 'plan-1' }] };
    expect((await run(['plan', 'show', 'plan-1'], {}, tricky)).stdout).toContain('other');
  });

  test('remove, pause and resume', async () => {
    const asked: unknown[] = [];
    const handlers: Handlers = {
      'plans.remove': (input) => void asked.push(input),
      'plans.pause': (input) => void asked.push(input),
    };
    expect((await run(['plan', 'remove', 'Letters'], handlers)).stdout).toContain('stay where they are');
    await run(['plan', 'pause', 'Letters', '--until', '2030-12-24 18:00'], handlers);
    await run(['plan', 'resume', 'Letters'], handlers);
    expect(asked).toEqual([
      { planId: PLAN.id },
      { planId: PLAN.id, untilMs: new Date(2030, 11, 24, 18).getTime() },
      { planId: PLAN.id, untilMs: null },
    ]);
  });

  test('every command has help with an example', async () => {
    for (const words of [
      'plan add',
      'plan change',
      'plan pause',
      'place open',
      'place renew-code',
      'run',
      'health',
      'activity',
      'adopt',
      'serve',
    ]) {
      const { code, stdout } = await runCli([...words.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout, words).toContain('Example:\n  tidemark');
    }
  });
});

describe('place', () => {
  const CODE = 'ABCD-EFGH-JKLM';

  test('add makes one and shows the recovery code once, in plain words', async () => {
    let asked: unknown;
    const { stdout, stderr } = await run(['place', 'add', 'USB disk', 'backup'], {
      'places.create': (input) => {
        asked = input;
        return { placeId: 'p' as never, recoveryCode: CODE, notRemembered: 'there is no keychain' };
      },
    });
    expect(asked).toEqual({ name: 'USB disk', location: path.resolve('backup') });
    expect(stdout.split(CODE)).toHaveLength(2);
    expect(stdout).toContain('keep it away from this computer');
    expect(stderr).toContain('there is no keychain');
    const json = await run(['place', 'add', 'USB disk', 'sftp:me@nas:/b', '--json'], {
      'places.create': (input) => {
        asked = input;
        return { placeId: 'p' as never, recoveryCode: CODE, notRemembered: null };
      },
    });
    expect(asked).toEqual({ name: 'USB disk', location: 'sftp:me@nas:/b' });
    expect(JSON.parse(json.stdout)).toMatchObject({ recoveryCode: CODE });
  });

  test('open, unlock, prove and adopt take the secret from a file, a command or the environment, and never print it', async () => {
    const secret = 'pässwört with blanks';
    writeFileSync(path.join(folder, 'secret.txt'), `${secret}\n`);
    const heard: string[] = [];
    const keys = { placeId: PLACE.id as never, recoveryCode: null, notRemembered: null };
    const handlers: Handlers = {
      'places.open': ({ password, addsKey }) => (heard.push(`${password} ${addsKey}`), keys),
      'places.unlock': ({ password }) => (heard.push(password), keys),
      'places.proveRecovery': ({ code }) => (heard.push(code), PLACE as never),
      'adopt.look': ({ password }) => (heard.push(password), []),
    };
    const file = ['--password-file', path.join(folder, 'secret.txt')];
    const runs = [
      await run([...file, 'place', 'open', 'Old', '/old', '--add-key'], handlers),
      await run([...file, 'place', 'unlock', 'USB disk'], handlers),
      await run(
        ['--password-command', `cat ${path.join(folder, 'secret.txt')}`, 'place', 'prove', 'USB disk'],
        handlers,
      ),
      await run([...file, 'adopt', '/old', '--list'], handlers),
    ];
    expect(heard).toEqual([`${secret} true`, secret, secret, secret]);
    for (const { code, stdout, stderr } of runs) {
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).not.toContain('pässwört');
    }
    heard.length = 0;
    // The environment of the tests holds one.
    await run(['place', 'unlock', 'USB disk'], handlers);
    expect(heard).toEqual(['secret']);
  });

  test('a password that is no text, and nobody to ask', async () => {
    writeFileSync(path.join(folder, 'bytes'), Buffer.from([0x41, 0xff]));
    const bytes = await run(['--password-file', path.join(folder, 'bytes'), 'place', 'unlock', 'USB disk']);
    expect(bytes.stderr).toContain('not text');
    const profile = standInProfile({}, BOTH);
    const nobody = await runCli(['place', 'unlock', 'USB disk'], { profile, env: { TIDEMARK_PASSWORD: '' } });
    expect(nobody.stderr).toContain('nobody to ask');
  });

  test('test says what is there and what the place can do', async () => {
    const worked = { kind: 'worked' } as const;
    const whole: PlaceTrial = {
      lists: worked,
      writes: worked,
      readsBack: worked,
      removes: worked,
      keeping: { kind: 'nothing' },
      upload: { bytes: 4 << 20, ms: 2000, isSlower: false },
      download: { bytes: 256 << 10, ms: 4000, isSlower: true },
      clockAheadMs: -185_000,
      left: null,
    };
    const tried = (kind: ProbeOutcome['kind'], changes: Partial<PlaceTrial> = {}, ...args: string[]) =>
      run([...args, 'place', 'test', 'USB disk'], {
        'places.test': ({ location }) => ({
          probe: { kind, location, freeBytes: 1 << 30, reason: null },
          trial: { ...whole, ...changes },
        }),
      });
    const good = await tried('repository');
    expect(good.code).toBe(0);
    expect(good.stdout).toBe(
      [
        '/media/usb: there is a repository; "place open" uses it.',
        '  Write      works',
        '  Read back  works',
        '  List       works',
        '  Remove     works',
        '  Free       1.0 GiB',
        '  Upload     about 2.0 MiB/s',
        '  Download   slower than 64.0 KiB/s',
        '  Clock      3 minutes behind this computer',
        '',
      ].join('\n'),
    );
    expect(await tried('empty')).toMatchObject({ code: 0 });
    const other = await tried('otherFiles');
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('choose an empty');
    const away = await tried('unreachable');
    expect(away.code).toBe(1);
    expect(away.stdout).not.toContain('Write');

    // A place that keeps everything is no failure, one that cannot be written to is.
    const keptUntil = new TidemarkError('storage.removalRefused', {
      location: '/x',
      keptUntil: null,
    }).toWire();
    const kept = await tried('repository', {
      removes: { kind: 'failed', error: keptUntil },
      keeping: { kind: 'everything', untilMs: null },
      writes: { kind: 'notTried' },
      upload: null,
    });
    expect(kept.code).toBe(0);
    expect(kept.stdout).toContain('Write      not tried, because what is written stays');
    expect(kept.stdout).toContain(
      'Remove     not possible: the place keeps everything that it has (append-only)',
    );
    expect(kept.stdout).toContain('Upload     not measured, because what is written stays');
    const untilMs = Date.parse('2027-03-04T05:06:07Z');
    const locked = await tried('repository', {
      keeping: { kind: 'locked', untilMs },
      left: { files: 1, bytes: 1024, untilMs },
    });
    expect(locked.code).toBe(0);
    expect(locked.stdout).toMatch(/Lock {7}on: what is written now stays until 2027-03-04/);
    expect(locked.stdout).toMatch(/A test file \(1\.0 KiB\) stays there until 2027-03-04/);
    const full = new TidemarkError('storage.full', { location: '/x', outOfInodes: false }).toWire();
    const broken = await tried('repository', { writes: { kind: 'failed', error: full } });
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('Write      does not work: /x is full.');

    const json = JSON.parse((await tried('repository', {}, '--json')).stdout) as object;
    expect(json).toMatchObject({
      message_type: 'place_test',
      kind: 'repository',
      trial: { clockAheadMs: -185_000 },
    });
  });

  test('what the core refuses is told in its own words', async () => {
    const { code, stderr } = await run(['place', 'add', 'X', '/full'], {
      'places.create': () => {
        throw new TidemarkError('storage.full', { location: '/full', outOfInodes: false });
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('/full is full.');
  });
});

describe('run', () => {
  const started = (job: Partial<typeof JOB>, troubles: { path: string }[] = []): Handlers => ({
    'jobs.backUpNow': () => [JOB.id as never],
    'jobs.wait': (_input, { tell }) => {
      const now = {
        filesDone: 1,
        bytesDone: 2,
        totalFiles: null,
        totalBytes: null,
        current: null,
        troubles: 0,
      };
      tell({ ...JOB, state: 'running', progress: now } as never);
      return { ...JOB, ...job } as never;
    },
    'jobs.troubles': () =>
      troubles.map((trouble) => ({
        path: trouble.path as never,
        error: {
          code: 'files.unreadable',
          data: { path: trouble.path, reason: 'no permission' },
          retry: 'never',
        } as const,
      })),
  });
  const SEEN = { ...BOTH, jobs: [JOB] };

  test('where Tidemark runs it only starts; with --wait it tells how it ended', async () => {
    const waits: string[] = [];
    const handlers = { ...started({}), 'jobs.wait': () => (waits.push('wait'), JOB as never) };
    const only = await run(['run', 'Letters'], handlers, SEEN);
    expect(only).toMatchObject({ code: 0, stdout: expect.stringContaining('Started.') as string });
    expect(waits).toEqual([]);
    const waited = await run(['run', '--all', '--wait'], started({}), SEEN);
    expect(waited).toMatchObject({ code: 0, stdout: 'Letters to USB disk: done.\n' });
  });

  test('where nothing runs it always waits, because its own core ends with it', async () => {
    const { code, stdout } = await run(['run', 'Letters'], started({}), SEEN, false);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Letters to USB disk: done.\n' });
  });

  test('files that had trouble: 3, with the list; a failure: its own code', async () => {
    const except = await run(
      ['run', '--all', '--wait'],
      started({ state: 'doneExcept', troubleCount: 1 }, [{ path: '/home/me/locked' }]),
      SEEN,
    );
    expect(except.code).toBe(3);
    expect(except.stderr).toContain('/home/me/locked cannot be read (no permission)');
    const error = {
      code: 'storage.unreachable',
      data: { location: '/media/usb', reason: 'gone' },
      retry: 'later',
    } as const;
    const failed = await run(['run', '--all', '--wait'], started({ state: 'failed', error }), SEEN);
    expect(failed.code).toBe(10);
    expect(failed.stderr).toContain('Letters to USB disk: /media/usb cannot be reached');
    expect((await run(['run', '--all', '--wait'], started({ state: 'cancelled' }), SEEN)).code).toBe(130);
  });

  test('a place whose key is not at hand is opened with the password that is given, and the run made once more', async () => {
    const error = {
      code: 'repository.secretNeeded',
      data: { location: '/media/usb', reason: 'noKeychain' },
      retry: 'afterUser',
    } as const;
    const asked: unknown[] = [];
    const handlers: Handlers = {
      ...started({}),
      'jobs.wait': ({ jobId }) =>
        ({ ...JOB, id: jobId, ...(asked.length === 0 ? { state: 'failed', error } : {}) }) as never,
      'places.unlock': (input) => {
        asked.push(input);
        return { placeId: PLACE.id as never, recoveryCode: null, notRemembered: 'there is no keychain' };
      },
      'jobs.start': (request) => {
        asked.push(request);
        return 'job-2' as never;
      },
    };
    const again = await run(['run', 'Letters'], handlers, SEEN, false);
    expect(again).toMatchObject({ code: 0, stdout: 'Letters to USB disk: done.\n', stderr: '' });
    expect(asked).toEqual([
      { placeId: PLACE.id, password: 'secret' },
      { kind: 'backup', planId: PLAN.id, placeId: PLACE.id },
    ]);
    asked.length = 0;
    const profile = standInProfile(handlers, SEEN, false);
    const nobody = await runCli(['run', 'Letters'], { profile, env: { TIDEMARK_PASSWORD: '' } });
    expect(nobody.code).not.toBe(0);
    expect(nobody.stderr).toContain('Letters to USB disk: ');
    expect(asked).toEqual([]);
  });

  test('--all where nothing runs also asks for what is due besides, and what fails there is no failed run', async () => {
    const request = { kind: 'verify', placeId: PLACE.id, part: 1, of: 30 };
    const due = { ...JOB, id: 'job-due', kind: 'verify', planId: null, request, state: 'queued' } as const;
    const asked: unknown[] = [];
    const error = {
      code: 'storage.ioFailed',
      data: { location: '/media/usb', operation: 'read', reason: 'EIO' },
      retry: 'later',
    } as const;
    const handlers: Handlers = {
      ...started({}),
      'jobs.start': (wish) => (asked.push(wish), due.id as never),
      'jobs.wait': ({ jobId }) => (jobId === due.id ? { ...due, state: 'failed', error } : JOB) as never,
    };
    const seen = { ...SEEN, jobs: [JOB, due] };
    const { code, stdout, stderr } = await run(['run', '--all'], handlers, seen, false);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Letters to USB disk: done.\n' });
    expect(stderr).toContain('/media/usb reports an error');
    expect(asked).toEqual([request]);
    asked.length = 0;
    await run(['run', 'Letters'], handlers, seen, false);
    await run(['run', '--all', '--wait'], handlers, seen, true);
    expect(asked).toEqual([]);
  });

  test('JSON tells the jobs, how they go and how they ended', async () => {
    const { stdout } = await run(['run', '--all', '--wait', '--json'], started({}), SEEN);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { message_type: string });
    expect(lines.map(({ message_type }) => message_type)).toEqual(['jobs_started', 'job_status', 'job']);
  });

  test('neither a plan nor all, or both', async () => {
    for (const args of [['run'], ['run', 'Letters', '--all']]) {
      expect(await runCli(args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('--all') as string,
      });
    }
  });
});

describe('health', () => {
  const health = (state: Mirror['health']['state'], problems: Mirror['health']['problems'] = []) => ({
    ...BOTH,
    health: {
      state,
      plans: [],
      copies: [{ planId: PLAN.id, placeId: PLACE.id, state, newestAtMs: Date.now() - 7_200_000 }],
      problems,
    },
  });

  test.each([
    ['protected', 0],
    ['protectedExcept', 0],
    ['late', 4],
    ['inDanger', 5],
    ['cannotTell', 6],
  ] as const)('%s ends with %i', async (state, code) => {
    const text = await run(['health'], {}, health(state));
    expect(text.code).toBe(code);
    expect(text.stdout).toContain('2 hours ago');
    const json = await run(['health', '--json'], {}, health(state));
    expect(JSON.parse(json.stdout)).toMatchObject({ state, isRunning: true });
    expect(json.code).toBe(code);
  });

  test('problems by name, with why runs fail and what to do', async () => {
    const problem = {
      key: 'k',
      code: 'failing',
      level: 'alarm',
      state: 'late',
      planIds: [PLAN.id],
      placeIds: [PLACE.id],
      errorCode: 'storage.full',
      newestAtMs: Date.now() - 86_400_000 * 3,
    } as const;
    const seen = health('late', [{ ...problem, planIds: [PLAN.id], placeIds: [PLACE.id] }]);
    const error = {
      code: 'storage.full',
      data: { location: '/media/usb', outOfInodes: false },
      retry: 'later',
    } as const;
    const { stdout } = await run(['health'], {}, { ...seen, jobs: [{ ...JOB, state: 'failed', error }] });
    expect(stdout).toContain('/media/usb is full.');
    expect(stdout).toContain('The newest version in USB disk is from 3 days ago, and safe.');
    expect(stdout).toContain('Make room there');
    const unknown = await run(['health'], {}, seen);
    expect(unknown.stdout).toContain('Saving Letters to USB disk does not succeed.');
  });

  describe('when none runs', () => {
    const alone = (json = false) =>
      runCli(['health', ...(json ? ['--json'] : [])], {
        isRunning: false,
        env: { TIDEMARK_PROFILE: folder },
      });
    const beat = (atMs: number) =>
      writeFileSync(
        path.join(folder, 'heartbeat.json'),
        JSON.stringify({ atMs, pid: 1, names: { [PLAN.id]: 'Letters' }, health: health('protected').health }),
      );

    test('no sign of life, or one that cannot be read', async () => {
      expect(await alone()).toMatchObject({
        code: 6,
        stdout: expect.stringContaining('Tidemark does not answer.') as string,
      });
      for (const rubbish of ['', '{', 'null', '{"atMs":1}', '{"atMs":"x","health":{}}']) {
        writeFileSync(path.join(folder, 'heartbeat.json'), rubbish);
        expect((await alone()).code).toBe(6);
      }
    });

    test('a recent one counts, an old one does not', async () => {
      beat(Date.now() - 60_000);
      expect((await alone()).code).toBe(0);
      beat(Date.now() - 600_000);
      const { code, stdout } = await alone();
      expect(code).toBe(6);
      expect(stdout).toContain('10 minutes ago');
      expect(stdout).toContain('Letters');
      const json = JSON.parse((await alone(true)).stdout) as Record<string, unknown>;
      expect(json).toMatchObject({
        isRunning: false,
        state: 'cannotTell',
        problems: [{ code: 'notRunning' }],
      });
      // From a clock that was ahead.
      beat(Date.now() + 86_400_000);
      expect((await alone()).code).toBe(6);
    });
  });
});

describe('activity and adopt', () => {
  test('the log, and whether it is whole', async () => {
    const entries = [{ number: 1, atMs: 0, kind: 'planPut', data: { name: 'Letters' } }];
    const list = await run(['activity', '--limit', '10'], {
      'activity.list': ({ limit }) => (expect(limit).toBe(10), entries),
    });
    expect(list.stdout).toContain('planPut  {"name":"Letters"}');
    const verified = await run(['activity', '--verify'], {
      'activity.verify': () => ({ isIntact: true, number: 7 }),
    });
    expect(verified).toMatchObject({ code: 0, stdout: 'All 7 entries are as they were written.\n' });
    const broken = await run(['activity', '--verify'], {
      'activity.verify': () => ({ isIntact: false, number: 3 }),
    });
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('entry 3') as string });
    expect((await run(['activity', '--limit', '0'])).code).toBe(1);
  });

  test('adopt takes the newest, or what is named', async () => {
    const found = ['a', 'b'].map((letter) => ({
      snapshotId: letter.repeat(64),
      savedAtMs: 0,
      hostname: 'laptop',
      planNames: ['Letters'],
      placeNames: [],
    }));
    const taken: string[] = [];
    const handlers: Handlers = {
      'adopt.look': () => found,
      'adopt.take': ({ snapshotId }) => (
        taken.push(snapshotId),
        { plans: 2, places: 1, notRemembered: null }
      ),
    };
    const first = await run(['adopt', '/disk'], handlers);
    expect(first.stdout).toContain('Took over 2 plans and 1 backup place of laptop');
    await run(['adopt', '/disk', '--settings', 'bb'], handlers);
    expect(taken.map((id) => id[0])).toEqual(['a', 'b']);
    expect((await run(['adopt', '/disk', '--settings', 'cc'], handlers)).code).toBe(1);
    expect((await run(['adopt', '/disk'], { 'adopt.look': () => [] })).code).toBe(1);
  });
});
