/** What is particular about places behind rclone: a program that may be missing, die, or be told wrong things. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { RcloneSettings } from '#storage/locations/place-settings.ts';
import type { RcloneLocation } from '#storage/locations/place-location.ts';
import type { Storage } from '#storage/port.ts';
import { parseRcloneLine } from '#storage/rclone/rclone-errors.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { NO_RCLONE, rcloneProgram } from '#test/support/place-programs.ts';
import { rcloneEnvironment, rcloneStorageAt } from '#test/support/rclone-places.ts';
import { sha256 } from '#test/support/sha256.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const program = rcloneProgram() ?? '';
const BYTES = Buffer.from('some bytes');
const NAME = sha256(BYTES);
const diskObstacle = await smallDiskObstacle();

let base: string;
const opened: Storage[] = [];

beforeEach(async () => void (base = await mkdtemp(join(tmpdir(), 'tidemark-rclone-test-'))));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await rm(base, { recursive: true, force: true });
});

function at(remote: string, env: Record<string, string> = {}, settings?: RcloneSettings): Storage {
  const storage = rcloneStorageAt(remote, { ...rcloneEnvironment(program), ...env }, settings);
  opened.push(storage);
  return storage;
}

async function failureOf(call: Promise<unknown>): Promise<TidemarkError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isTidemarkError(error)) throw new Error(`no such failure: ${String(error)}`);
  return error;
}

/** Numbers and command lines of the rclones whose arguments or surroundings name the folder of this test. */
function rclones(): { pid: number; line: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
      const around = readFileSync(`/proc/${name}/environ`, 'latin1');
      const isOurs = /^\S*rclone serve/.test(line) && `${line} ${around}`.includes(base);
      return isOurs ? [{ pid: Number(name), line }] : [];
    } catch {
      return [];
    }
  });
}

test('without rclone: its name, and that it can be installed', async () => {
  const error = await failureOf(at('disk:x', { TIDEMARK_RCLONE: '/nowhere/rclone' }).open());
  expect(error).toMatchObject({
    code: 'storage.programMissing',
    retry: 'afterUser',
    data: { program: 'rclone' },
  });
});

describe.skipIf(program === '')(`rclone (${program === '' ? NO_RCLONE : program})`, () => {
  test('another program and other arguments, as they are chosen', async () => {
    const wrapper = join(base, 'my rclone');
    const told = join(base, 'told');
    writeFileSync(wrapper, `#!/bin/sh\necho "$@" > '${told}'\nshift\nexec '${program}' "$@"\n`, {
      mode: 0o755,
    });
    const chosen = { program: [wrapper, 'first'], args: ['--cache-objects=false'] };
    const storage = at(`disk:${join(base, 'place')}`, { TIDEMARK_RCLONE: '/nowhere' }, chosen);
    await storage.create();
    await storage.save('pack', NAME, BYTES);
    expect(await storage.load('pack', NAME)).toEqual(new Uint8Array(BYTES));
    const line = readFileSync(told, 'utf8');
    expect(line).toMatch(/^first serve restic --addr \S+ --cache-objects=false --ask-password=false /);
    expect(line).not.toContain('--b2-hard-delete');
  });

  test('one that never listens is given up after the time that is chosen', async () => {
    const silent = join(base, 'silent');
    writeFileSync(silent, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    const storage = at('disk:x', {}, { program: [silent], timeoutMs: 200 });
    expect((await failureOf(storage.open())).code).toBe('storage.timeout');
  });

  test('a remote that is not set up, or that it cannot do', async () => {
    const unknown = await failureOf(at('nosuch:x').open());
    expect(unknown).toMatchObject({
      retry: 'never',
      data: { reason: 'rclone knows no remote of that name' },
    });
    const foreign = await failureOf(at(':nosuch:x').open());
    expect(foreign.data).toMatchObject({ reason: 'this rclone cannot do that kind of remote' });
  });

  test('settings that are locked', async () => {
    const sealed = Buffer.alloc(80, 1).toString('base64');
    writeFileSync(
      join(base, 'rclone.conf'),
      `# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n${sealed}\n`,
    );
    const error = await failureOf(at('disk:x', { RCLONE_CONFIG: join(base, 'rclone.conf') }).open());
    expect(error).toMatchObject({ code: 'storage.wrongCredentials', retry: 'afterUser' });
  });

  test('a server that cannot be reached, without the secrets of its address', async () => {
    const remote = `:webdav,pass=geheim,url="http://user:geheim@127.0.0.1:9/x?sig=geheim":${base}`;
    const error = await failureOf(at(remote, { RCLONE_LOW_LEVEL_RETRIES: '1' }).list('pack'));
    expect(error.retry).toBe('later');
    expect(error.message).not.toContain('geheim');
  });

  test('a folder without permission, in the words of rclone', async () => {
    writeFileSync(join(base, 'file'), '');
    const error = await failureOf(at(`disk:${base}/file/below`).save('pack', NAME, BYTES));
    expect(error).toMatchObject({ code: 'storage.ioFailed', retry: 'later' });
    expect(error.data).toMatchObject({ reason: expect.stringContaining('not a directory') as string });
  });

  test('dies in mid-work: told, started again, and what was sent in part is sent whole', async () => {
    const bare = at(`disk:${base}/place`);
    const clock = new FakeClock({ autoAdvance: true });
    const storage = new RetryStorage(bare, { clock, random: () => 0.5, budget: RETRY_BUDGETS.network });
    await storage.create();
    const [first] = rclones();
    const bytes = Buffer.alloc(64 << 20, 5);
    const name = sha256(bytes);
    const saving = storage.save('pack', name, bytes);
    const data = join(base, 'place', 'data', name.slice(0, 2));
    while (!existsSync(data) || readdirSync(data).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 2));
    process.kill(first!.pid, 'SIGKILL');
    await saving;
    expect(await storage.stat('pack', name)).toEqual({ name, sizeBytes: bytes.length });
    const [second, ...others] = rclones();
    expect(second!.pid).not.toBe(first!.pid);
    expect(others).toEqual([]);

    process.kill(second!.pid, 'SIGKILL');
    const listed = () => bare.list('pack').catch((error: TidemarkError) => error.retry);
    await expect.poll(listed).not.toBe('later');
    expect(await bare.list('pack')).toHaveLength(1);
  });

  test('ends with the place, also while it starts', async () => {
    const storage = at(`disk:${base}/place`);
    await storage.create();
    expect(rclones()).toHaveLength(1);
    await storage.close();
    expect(rclones()).toEqual([]);
    const hasty = at(`disk:${base}/place`);
    const opening = hasty.open().catch(() => undefined);
    await hasty.close();
    await opening;
    await expect.poll(rclones, { timeout: 5000 }).toEqual([]);
  });

  test('a call that is cancelled while it starts ends at once', async () => {
    const stop = new AbortController();
    const opening = failureOf(at(`disk:${base}/place`).open(stop.signal));
    stop.abort();
    expect((await opening).code).toBe('job.cancelled');
  });

  test('does not outlive a process that is killed', async () => {
    const file = join(import.meta.dirname, '../../../support/rclone-child.ts');
    const child = spawn(process.execPath, [file, program, `disk:${base}/place`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(rclones()).toHaveLength(1);
    const socket = /unix:\/\/(\S+)/.exec(rclones()[0]!.line)?.[1] ?? '';
    child.kill('SIGKILL');
    await expect.poll(rclones, { timeout: 5000 }).toEqual([]);
    await expect.poll(() => existsSync(dirname(socket))).toBe(false);
  });

  test('secrets are in no list of processes', async () => {
    const storage = at(`:local,description=geheim:${base}/place`, {
      TIDEMARK_PASSWORD: 'geheim',
      RESTIC_PASSWORD: 'geheim',
    });
    expect(storage.location).toBe(`rclone::local,description=***:${base}/place`);
    await storage.create();
    await storage.save('pack', NAME, BYTES);
    expect(existsSync(join(base, 'place', 'data', NAME.slice(0, 2), NAME))).toBe(true);
    const [child] = rclones();
    expect(child!.line).not.toContain('geheim');
    expect(readFileSync(`/proc/${child!.pid}/environ`, 'latin1')).not.toMatch(/(TIDEMARK|RESTIC)_PASSWORD=/);
  });

  test.skipIf(diskObstacle !== undefined)(`a full disk behind it (${diskObstacle ?? 'tmpfs'})`, async () => {
    await withSmallDisk({ kind: 'tmpfs', mib: 8 }, async (folder) => {
      const storage = at(`disk:${folder}/place`);
      await storage.create();
      const [filler, large] = [Buffer.alloc(4 << 20, 1), Buffer.alloc(6 << 20, 2)];
      await storage.save('pack', sha256(filler), filler);
      const error = await failureOf(storage.save('pack', sha256(large), large));
      expect([error.code, error.retry]).toEqual(['storage.full', 'afterUser']);
      // rclone may leave an empty file behind there; its size tells that it is none of ours.
      const left = (await storage.list('pack')).find(({ name }) => name === sha256(large));
      expect(left?.sizeBytes).not.toBe(large.length);
      await storage.remove('pack', sha256(filler));
      await storage.save('pack', sha256(large), large);
      expect(await storage.list('pack')).toEqual([{ name: sha256(large), sizeBytes: large.length }]);
      await storage.close();
    });
  });
});

describe('what it prints', () => {
  const place = parseLocation('rclone::s3,secret_access_key=geheim:bucket') as RcloneLocation;

  test.each([
    [
      '{"level":"error","msg":"Post request: couldn\'t list https://u:pw@host/x?sig=1"}',
      true,
      "Post request: couldn't list https://***@host/x?***",
    ],
    ['{"level":"notice","msg":"Serving"}', false, 'Serving'],
    [
      '2026/11/28 18:10:16 Failed to open ":s3,secret_access_key=geheim:bucket": no',
      true,
      'Failed to open ":s3,secret_access_key=***:bucket": no',
    ],
  ])('%s', (line, isError, message) => {
    expect(parseRcloneLine(line, place)).toEqual({ isError, message });
  });

  test.each(['', 'Usage:', '{"level":1}', '[]'])('%j is no message', (line) => {
    expect(parseRcloneLine(line, place)).toBeUndefined();
  });
});
