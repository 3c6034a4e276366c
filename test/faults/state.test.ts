/** The application's state under kills, power cuts, damage and disks that refuse: whole or refused, never silently empty. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { loadState, loadStateFile } from '#services/state/load-state.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { listPlans, putPlan } from '#services/state/plans-table.ts';
import { recoverState } from '#services/state/recover-state.ts';
import { LAST_GOOD_FILE, STATE_FILE } from '#services/state/state-disk.ts';
import { parseStateImage } from '#services/state/state-database.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { MemoryStateDisk } from '#test/support/memory-state-disk.ts';
import { remountReadOnly, smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';
import { makeProfileFolder, openState, samplePlan, withState } from '#test/support/state.ts';

const CHILD = fileURLToPath(new URL('../support/state-child.ts', import.meta.url));
const WHOLE = ['profile.lock', 'state.db', 'state.last-good.db'];

let folder: string;
beforeEach(() => {
  folder = makeProfileFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function planIds(
  disk = new NodeDatabaseDisk(folder) as NodeDatabaseDisk | MemoryStateDisk,
): Promise<string[]> {
  const database = await loadState(disk, folder);
  if (database === undefined) return [];
  const ids = listPlans(database).map(({ id }) => id);
  database.close();
  return ids;
}

async function savePlans(...names: readonly string[]): Promise<void> {
  await withState(folder, async (state) => {
    for (const name of names) await state.commit((writer) => putPlan(writer, samplePlan(name)));
  });
}

describe('killed', () => {
  async function runChild(profile: string, dieAt: number): Promise<{ lines: string[]; signal: unknown }> {
    const child = spawn(process.execPath, [CHILD, profile, 'kill', String(dieAt)]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [, signal] = (await once(child, 'close')) as unknown[];
    return { lines: output.split('\n').filter((line) => line !== ''), signal };
  }

  test('at every step of a first and of a later save: what was said to be safe is there, and saving goes on', async () => {
    // The first save has one step less: nothing to keep a copy of.
    const STEPS = 5 + 7 + 7;
    const check = async (dieAt: number): Promise<void> => {
      const profile = join(folder, String(dieAt));
      const { lines, signal } = await runChild(profile, dieAt);
      expect([dieAt, signal, lines.includes('end')]).toEqual([dieAt, 'SIGKILL', false]);
      const reported = lines.filter((line) => line.startsWith('plan-'));
      const found = await withState(profile, async (state) => {
        const ids = state.read(listPlans).map(({ id }) => id as string);
        await state.commit((writer) => putPlan(writer, samplePlan('later')));
        return ids;
      });
      expect(found.slice(0, reported.length)).toEqual(reported);
      expect(found.length - reported.length).toBeOneOf([0, 1]);
      expect(fs.readdirSync(profile).sort()).toEqual(WHOLE);
    };
    // The second save is as the third, without an older copy to replace.
    const waiting = Array.from({ length: STEPS }, (_, at) => at).filter((at) => at < 5 || at >= 12);
    const lane = async (): Promise<void> => {
      for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) await check(at);
    };
    await Promise.all([lane(), lane()]);
    expect((await runChild(join(folder, 'whole'), STEPS)).lines.at(-1)).toBe('end');
  });

  test('a recovery stopped at every step is finished by asking again; the damaged file is kept throughout', async () => {
    let steps = 0;
    for (let stopAt = 0; stopAt === 0 || steps > stopAt - 1; stopAt++) {
      const profile = join(folder, String(stopAt));
      folder = profile;
      await savePlans('one', 'two');
      fs.writeFileSync(join(profile, STATE_FILE), 'damaged');
      steps = 0;
      const disk = new NodeDatabaseDisk(profile);
      const stopping = new Proxy(disk, {
        get(target, name: keyof NodeDatabaseDisk) {
          const run = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
          if (name === 'load' || name === 'stampOf') return run;
          return (...args: unknown[]) => {
            if (steps++ === stopAt) throw new Error('stopped');
            return run(...args);
          };
        },
      });
      const options = { folder: profile, clock: systemClock, from: 'lastGoodCopy' } as const;
      await recoverState({ ...options, disk: stopping }).catch(() => undefined);
      await recoverState(options);
      expect([stopAt, await planIds()]).toEqual([stopAt, ['one']]);
      const kept = fs.readdirSync(profile).filter((name) => name.startsWith('state.damaged-'));
      expect(kept.map((name) => fs.readFileSync(join(profile, name), 'utf8'))).toEqual(['damaged']);
      folder = join(profile, '..');
    }
    expect(steps).toBeGreaterThan(2);
  });
});

test('A3: power cut before every step, whichever names were not flushed yet: a whole state, never less than was safe', async () => {
  const disk = new MemoryStateDisk(folder);
  const safe: string[] = [];
  const cuts: { readonly disk: MemoryStateDisk; readonly safe: number }[] = [];
  const cut = (): void => {
    for (const left of disk.afterPowerCut()) cuts.push({ disk: left, safe: safe.length });
  };
  disk.onStep = cut;
  const state = await openState(folder, { disk });
  for (const name of ['p1', 'p2', 'p3']) {
    await state.commit((writer) => putPlan(writer, samplePlan(name)));
    safe.push(name);
    cut();
  }
  await state.close();
  for (const { disk: left, safe: count } of cuts) {
    const found = await planIds(left);
    expect(found).toEqual(['p1', 'p2', 'p3'].slice(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(count);
    const copy = await loadStateFile(left, LAST_GOOD_FILE);
    expect(copy.kind).toBeOneOf(['none', 'sound']);
  }
  expect(cuts.length).toBeGreaterThan(60);
});

describe('F7: damaged', () => {
  test('every bit counts: no flipped byte and no shorter file passes', async () => {
    await savePlans('one');
    const image = new Uint8Array(fs.readFileSync(join(folder, STATE_FILE)));
    expect(parseStateImage(image).kind).toBe('sound');
    // All of the header and the trailer, and a byte of every so many in between.
    const places = Array.from(image.keys()).filter(
      (at) => at < 100 || at >= image.length - 56 || at % 61 === 0,
    );
    for (const at of places) {
      image[at]! ^= 1 << (at % 8);
      expect([at, parseStateImage(image).kind]).toEqual([at, 'damaged']);
      image[at]! ^= 1 << (at % 8);
    }
    for (let length = 0; length < image.length; length += length < 200 ? 1 : 509)
      expect([length, parseStateImage(image.subarray(0, length)).kind]).toEqual([length, 'damaged']);
  });

  test('a flipped byte in a name, which SQLite takes for sound, is refused at opening', async () => {
    await savePlans('one');
    const path = join(folder, STATE_FILE);
    const bytes = fs.readFileSync(path);
    bytes[bytes.indexOf('Documents')]! ^= 1;
    fs.writeFileSync(path, bytes);
    await expect(openState(folder)).rejects.toMatchObject({ code: 'state.fileCorrupt' });
    expect(fs.readFileSync(path)).toEqual(bytes);
  });
});

const diskObstacle = await smallDiskObstacle();

describe.skipIf(diskObstacle !== undefined)(
  `a disk that is full${diskObstacle === undefined ? '' : ` (${diskObstacle})`}`,
  () => {
    test.each([
      ['bytes', { kind: 'ext4', mib: 4 }],
      ['entries', { kind: 'tmpfs', mib: 4, inodes: 16 }],
    ] as const)('no %s left: said, nothing lost, saved as soon as there is room', async (what, options) => {
      await withSmallDisk(options, async (disk) => {
        folder = join(disk, 'profile');
        await savePlans('one', 'two');
        const clock = new FakeClock();
        const failures: string[] = [];
        const state = await openState(folder, { clock, onSaveFailed: ({ code }) => failures.push(code) });
        const fillers = what === 'bytes' ? fillBytes(disk) : fillEntries(disk);
        const commit = state.commit((writer) => putPlan(writer, samplePlan('three')));
        await expect(commit).rejects.toMatchObject({
          code: 'state.diskFailed',
          data: { folder, trouble: 'full' },
        });
        expect(state.read(listPlans)).toHaveLength(3);
        expect(await planIds()).toEqual(['one', 'two']);
        expect(fs.readdirSync(folder).sort()).toEqual(WHOLE);
        await clock.advance(2_000);
        while (failures.length === 0) await new Promise((resolve) => setImmediate(resolve));
        expect(failures).toEqual(['state.diskFailed']);
        for (const path of fillers) fs.rmSync(path);
        await clock.advance(4_000);
        await state.flush();
        expect(await planIds()).toEqual(['one', 'three', 'two']);
        await state.close();
      });
    });

    test('read-only: said so, of a new profile and of one that is there', async () => {
      await withSmallDisk({ kind: 'tmpfs', mib: 4 }, async (disk) => {
        folder = join(disk, 'profile');
        await savePlans('one');
        await remountReadOnly(disk);
        const said = { code: 'state.diskFailed', data: { trouble: 'readOnly' } };
        await expect(new NodeDatabaseDisk(folder).writeDurably('x', [])).rejects.toMatchObject(said);
        await expect(new NodeDatabaseDisk(join(disk, 'new', 'one')).makeFolder()).rejects.toMatchObject(said);
        expect(await planIds()).toEqual(['one']);
      });
    });

    function fillBytes(disk: string): string[] {
      const path = join(disk, 'filler');
      const fd = fs.openSync(path, 'w');
      for (let size = 1 << 16; size >= 512; size >>= 1) {
        try {
          for (;;) fs.writeSync(fd, Buffer.alloc(size, 1));
        } catch {
          // As much of this size as fits.
        }
      }
      fs.closeSync(fd);
      return [path];
    }

    function fillEntries(disk: string): string[] {
      const made: string[] = [];
      for (;;) {
        const path = join(disk, `filler-${made.length}`);
        try {
          fs.writeFileSync(path, '');
        } catch {
          return made;
        }
        made.push(path);
      }
    }
  },
);

function straceObstacle(): string | undefined {
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'inject=rmdir:error=EIO', 'true']);
  if (probe.error !== undefined) return 'strace is not installed';
  return probe.status === 0 ? undefined : 'strace is not allowed here';
}

const obstacle = straceObstacle();

describe.skipIf(obstacle !== undefined)(
  `system calls that fail${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    /** One thread for files: strace counts the calls of each thread apart. */
    async function saveWithFailing(calls: string, injection: string): Promise<string> {
      const run = promisify(execFile)(
        'strace',
        ['-f', '--seccomp-bpf', '-o', '/dev/null', '-e', `trace=${calls}`].concat(
          ['-e', `inject=${calls}:${injection}`],
          [process.execPath, CHILD, folder, 'save'],
        ),
        { env: { ...process.env, UV_USE_IO_URING: '0', UV_THREADPOOL_SIZE: '1' } },
      );
      // It ends itself where saving fails.
      const { stdout } = await run.catch((error: { readonly stdout: string }) => error);
      return stdout.trim();
    }

    test('flushing the file fails: said, and the name is not given', async () => {
      await savePlans('one');
      expect(await saveWithFailing('fsync', 'error=EIO:when=1')).toBe('state.diskFailed');
      expect(await planIds()).toEqual(['one']);
    });

    test('flushing the folder fails: said', async () => {
      await savePlans('one');
      expect(await saveWithFailing('fsync', 'error=EIO:when=2')).toBe('state.diskFailed');
      expect(await planIds()).toEqual(['one', 'saved']);
    });

    test('the new file cannot take the name: said, the old one stays', async () => {
      await savePlans('one');
      expect(await saveWithFailing('rename,renameat,renameat2', 'error=EACCES')).toBe('state.diskFailed');
      expect(await planIds()).toEqual(['one']);
    });

    test('no hard links, no flushing: saved all the same, with a copy', async () => {
      await savePlans('one');
      expect(await saveWithFailing('link,linkat', 'error=EPERM')).toBe('ok');
      expect(await saveWithFailing('fsync', 'error=EINVAL')).toBe('ok');
      expect(await planIds()).toEqual(['one', 'saved']);
      expect(parseStateImage(fs.readFileSync(join(folder, LAST_GOOD_FILE))).kind).toBe('sound');
    });

    test('the lock cannot be had for another reason: said as what it is', async () => {
      expect(await saveWithFailing('flock', 'error=ENOLCK')).toBe('storage.ioFailed');
    });
  },
);
