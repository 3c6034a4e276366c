/** Chokidar on a real tree: what is told of each kind of change, and what of all that cannot be watched. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/system-clock.ts';
import type { DoubtReason } from '#contract/watch-codes.ts';
import { ChokidarWatching, type SystemFacts } from '#services/watcher/chokidar-watching.ts';
import type {
  FolderWatch,
  FolderWatching,
  UnwatchedFolder,
  WatchNews,
} from '#services/watcher/folder-watching.ts';
import type { Mount } from '#services/watcher/mounts.ts';
import { ThreadedWatching } from '#services/watcher/threaded-watching.ts';
import { LOOK_MS, RESTART_MS } from '#services/watcher/watch-limits.ts';

let folder = '';
let source = '';
const open: FolderWatch[] = [];

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'tidemark-watching-')));
  source = join(folder, 'source');
  fs.mkdirSync(join(source, 'one/deep'), { recursive: true });
  fs.mkdirSync(join(source, 'cache/inside'), { recursive: true });
  fs.writeFileSync(join(source, 'one/file'), 'content');
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((watch) => watch.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

/** All that was told, from when it was last asked for. */
class Told {
  readonly #touched = new Set<string>();
  readonly beside = new Set<string>();
  readonly whole = new Set<string>();
  readonly doubts = new Set<DoubtReason>();
  unwatched: readonly UnwatchedFolder[] = [];
  always: readonly ByteString[] = [];
  readyCount = 0;
  watchedCount = 0;
  lastMs = performance.now();

  constructor(watching: FolderWatching, folders: readonly string[] = [source], maxFolders?: number) {
    const request = {
      folders: folders.map((each) => each as ByteString),
      exclude: { patterns: ['cache', '*.tmp'] as ByteString[] },
      maxFolders,
    };
    open.push(
      watching.watch(request, (news) => {
        this.lastMs = performance.now();
        for (const path of news.touched) this.#touched.add(path);
        for (const path of news.touchedBeside) this.beside.add(path);
        for (const path of news.whole) this.whole.add(path);
        for (const reason of news.doubts) this.doubts.add(reason);
        if (news.unwatched !== undefined) this.unwatched = news.unwatched;
        if (news.always !== undefined) this.always = news.always;
        if (news.isReady === true) this.readyCount++;
        this.watchedCount = news.watchedCount;
      }),
    );
  }

  /** Relative to the source. */
  touched(): string[] {
    return [...this.#touched].map((path) => path.slice(source.length + 1)).sort();
  }

  forget(): void {
    for (const each of [this.#touched, this.beside, this.whole, this.doubts]) each.clear();
  }

  async ready(count = 1): Promise<this> {
    await expect.poll(() => this.readyCount, { timeout: 10_000, interval: 10 }).toBeGreaterThanOrEqual(count);
    this.forget();
    return this;
  }

  async settled(): Promise<void> {
    const beganMs = performance.now();
    while (performance.now() - Math.max(beganMs, this.lastMs) < 300) await systemClock.sleep(10);
  }
}

function watchingWith(facts: Partial<SystemFacts> = {}, clock: Clock = systemClock): ChokidarWatching {
  return new ChokidarWatching(clock, {
    loadMounts: () => Promise.resolve([]),
    loadLimits: () => Promise.resolve({ maxWatches: 10_000, maxQueued: 16_384 }),
    ...facts,
  });
}

describe('a change is told', () => {
  const changes: readonly (readonly [string, () => void, readonly string[]])[] = [
    ['written', () => fs.appendFileSync(join(source, 'one/file'), 'more'), ['one/file']],
    ['made', () => fs.writeFileSync(join(source, 'one/new'), ''), ['one/new']],
    ['removed', () => fs.unlinkSync(join(source, 'one/file')), ['one/file']],
    ['attributes', () => fs.chmodSync(join(source, 'one/file'), 0o600), ['one/file']],
    ['of a folder', () => fs.chmodSync(join(source, 'one/deep'), 0o700), ['one/deep']],
    ['moved', () => fs.renameSync(join(source, 'one/file'), join(source, 'f')), ['f', 'one/file']],
    ['a dangling link', () => fs.symlinkSync('nowhere', join(source, 'link')), ['link']],
    ['an editor leaves behind', () => fs.writeFileSync(join(source, 'one/.x.swp'), ''), ['one/.x.swp']],
  ];

  it.each(changes)('%s', async (_, change, expected) => {
    const told = await new Told(watchingWith()).ready();
    change();
    await told.settled();
    expect(told.touched()).toEqual(expect.arrayContaining([...expected]));
    expect([...told.doubts]).toEqual([]);
  });

  it('in a folder that was made, moved or came back, and of that folder as a whole', async () => {
    const told = await new Told(watchingWith()).ready();
    fs.mkdirSync(join(source, 'new/deeper'), { recursive: true });
    fs.renameSync(join(source, 'one'), join(source, 'two'));
    await told.settled();
    expect(told.whole).toContain(join(source, 'new'));
    expect(told.whole).toContain(join(source, 'two'));
    told.forget();
    fs.writeFileSync(join(source, 'new/deeper/file'), '');
    fs.writeFileSync(join(source, 'two/deep/file'), '');
    await told.settled();
    expect(told.touched()).toEqual(['new/deeper/file', 'two/deep/file']);
  });

  it('not of what is excluded, whose folders take no watch; only the folder it lies in', async () => {
    const told = await new Told(watchingWith()).ready();
    expect(told.watchedCount).toBe(3);
    fs.writeFileSync(join(source, 'cache/inside/file'), '');
    fs.writeFileSync(join(source, 'one/x.tmp'), '');
    await told.settled();
    expect(told.touched()).toEqual([]);
    expect([...told.beside]).toEqual([join(source, 'one')]);
  });

  it('of names that are not text, and of folders with such names as a whole', async () => {
    const bytes = (name: string): Buffer => byteStringToBytes(`${source}/${name}` as ByteString);
    fs.mkdirSync(bytes('\xff'));
    const told = await new Told(watchingWith()).ready();
    expect(told.unwatched).toEqual([{ path: `${source}/\xff`, reason: 'oddName' }]);
    fs.writeFileSync(bytes('one/caf\xe9'), '');
    await told.settled();
    expect(told.touched()).toContain('one');
    expect(told.always).toEqual([`${source}/one/caf\xe9`]);
    fs.rmdirSync(bytes('\xff'));
    await told.settled();
    expect(told.unwatched).toEqual([]);
  });

  it('under all names of a file that has several', async () => {
    fs.linkSync(join(source, 'one/file'), join(source, 'one/deep/other'));
    const told = await new Told(watchingWith()).ready();
    fs.appendFileSync(join(source, 'one/file'), 'more');
    await told.settled();
    expect(told.touched()).toEqual(['one/deep/other', 'one/file']);
    expect(told.always).toEqual([]);
    told.forget();
    fs.linkSync(join(source, 'one/file'), join(source, 'third'));
    await told.settled();
    told.forget();
    fs.unlinkSync(join(source, 'third'));
    await told.settled();
    expect(told.touched()).toEqual(['one/deep/other', 'one/file', 'third']);
    fs.linkSync(join(source, 'one/file'), join(folder, 'outside'));
    await told.settled();
    fs.appendFileSync(join(source, 'one/file'), 'more');
    await told.settled();
    expect([...told.always].sort()).toEqual([join(source, 'one/deep/other'), join(source, 'one/file')]);
  });
});

describe('what cannot be watched is said', () => {
  it('D10 notices that the system dropped, because too many came at once', async () => {
    const limits = { maxWatches: 10_000, maxQueued: 200 };
    const told = await new Told(watchingWith({ loadLimits: () => Promise.resolve(limits) })).ready();
    for (let i = 0; i < 60; i++) fs.writeFileSync(join(source, `one/burst-${String(i)}`), 'x');
    await told.settled();
    expect([...told.doubts]).toEqual(['eventsLost']);
  });

  it('D10 the real queue overflows without a word of the system, and is noticed all the same', async () => {
    const told = await new Told(new ChokidarWatching(systemClock)).ready();
    const before = performance.now();
    // This thread is busy and reads no notice, as one that works; each file makes three.
    for (let i = 0; i < 7_000; i++) fs.writeFileSync(join(source, `one/burst-${String(i)}`), 'x');
    expect(performance.now() - before).toBeLessThan(60_000);
    await told.settled();
    expect([...told.doubts]).toContain('eventsLost');
  }, 60_000);

  it('D10 folders beyond the limit, those above first', async () => {
    for (let i = 0; i < 10; i++) fs.mkdirSync(join(source, `many/${String(i)}`), { recursive: true });
    const told = await new Told(watchingWith(), [source], 6).ready();
    expect(told.watchedCount).toBe(6);
    expect(told.unwatched).toHaveLength(8);
    expect(new Set(told.unwatched.map(({ reason }) => reason))).toEqual(new Set(['watchLimit']));
  });

  it('D10 network folders, as sources and inside of them', async () => {
    const mount = (path: string): Mount => ({
      point: path as ByteString,
      type: 'nfs4' as ByteString,
      id: 'x' as ByteString,
    });
    const mounts = [mount(join(source, 'one/deep')), mount(join(folder, 'share'))];
    fs.mkdirSync(join(folder, 'share'));
    const watching = watchingWith({ loadMounts: () => Promise.resolve(mounts) });
    const told = await new Told(watching, [source, join(folder, 'share')]).ready();
    expect(told.unwatched).toEqual([
      { path: join(folder, 'share'), reason: 'networkFolder' },
      { path: join(source, 'one/deep'), reason: 'networkFolder' },
    ]);
    expect(told.watchedCount).toBe(2);
  });

  it('D1 a source that is gone, and that it has come back as another', async () => {
    const clock = new HastyLooks();
    const told = await new Told(watchingWith({}, clock)).ready();
    fs.renameSync(source, `${source}.away`);
    await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('folderMissing');
    await told.ready(2);
    fs.mkdirSync(source);
    await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('folderReplaced');
    await told.ready(3);
    fs.writeFileSync(join(source, 'file'), '');
    await told.settled();
    expect(told.touched()).toEqual(['file']);
  });

  it('a disk that is mounted into a source or taken away', async () => {
    const clock = new HastyLooks();
    let mounts: Mount[] = [];
    const told = await new Told(watchingWith({ loadMounts: () => Promise.resolve(mounts) }, clock)).ready();
    mounts = [
      { point: join(source, 'one') as ByteString, type: 'ext4' as ByteString, id: '7' as ByteString },
    ];
    await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('folderReplaced');
  });
});

/** Looks at sources and mounts at once instead of twice a minute. */
class HastyLooks implements Clock {
  nowMs = systemClock.nowMs;
  monotonicMs = systemClock.monotonicMs;
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(delayMs === LOOK_MS || delayMs === RESTART_MS ? 50 : delayMs, signal);
  }
}

describe('in a thread of its own', () => {
  const url = new URL('../../../../src-main/hosts/watch-worker/main.ts', import.meta.url);

  it('changes are told all the same, and a thread that dies is started again', async () => {
    const workers: Worker[] = [];
    const start = (): Worker => {
      const worker = new Worker(url, { env: { ...process.env, CHOKIDAR_USEPOLLING: '1' } });
      workers.push(worker);
      return worker;
    };
    const watching = new ThreadedWatching(start, new HastyLooks());
    const told = await new Told(watching).ready();
    fs.writeFileSync(join(source, 'one/new'), '');
    await told.settled();
    expect(told.touched()).toEqual(['one/new']);
    await workers[0]!.terminate();
    await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('watchFailed');
    await told.ready(2);
    fs.writeFileSync(join(source, 'one/newer'), '');
    await told.settled();
    expect(told.touched()).toEqual(['one/newer']);
    await Promise.all(open.splice(0).map((watch) => watch.close()));
    await watching.stop();
    expect(workers).toHaveLength(2);
  });
});

const mayLimit = canLimitWatches();

describe(`by a system with few watches${mayLimit ? '' : ' (skipped: no user namespaces here)'}`, () => {
  const child = fileURLToPath(new URL('../../../support/watch-limited-child.ts', import.meta.url));

  it.skipIf(!mayLimit).each([
    ['some are left to others', 'asks', 15],
    ['the system refuses more', 'blind', 20],
  ])('%s', (_, mode, expected) => {
    for (let i = 0; i < 30; i++) fs.mkdirSync(join(source, `many/${String(i)}`), { recursive: true });
    const told = JSON.parse(limited(20, process.execPath, child, source, mode)) as WatchNews;
    expect(told.watchedCount).toBe(expected);
    const unwatched = told.unwatched ?? [];
    expect(new Set(unwatched.map(({ reason }) => reason))).toEqual(new Set(['watchLimit']));
    expect(told.watchedCount + unwatched.length).toBeGreaterThanOrEqual(30);
  });
});

/** Runs a program that may have so many watches; everybody else's stay as they are. */
function limited(watches: number, ...command: readonly string[]): string {
  const script = `echo ${String(watches)} > /proc/sys/user/max_inotify_watches && exec "$@"`;
  return execFileSync('unshare', ['-U', '-r', 'sh', '-c', script, 'sh', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function canLimitWatches(): boolean {
  try {
    return limited(20, 'echo', 'yes') === 'yes\n';
  } catch {
    return false;
  }
}

const mayMount = process.getuid?.() === 0 && canMount();

describe(`as root${mayMount ? '' : ' (skipped: only root may mount and set limits)'}`, () => {
  it.skipIf(!mayMount)('a real disk in a source comes and goes', async () => {
    const told = await new Told(new ChokidarWatching(new HastyLooks())).ready();
    execFileSync('mount', ['-t', 'tmpfs', 'tidemark-test', join(source, 'one')]);
    try {
      await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('folderReplaced');
      await told.ready(2);
      fs.writeFileSync(join(source, 'one/on-the-disk'), '');
      await told.settled();
      expect(told.touched()).toContain('one/on-the-disk');
    } finally {
      execFileSync('umount', ['-l', join(source, 'one')]);
    }
    await expect.poll(() => [...told.doubts], { timeout: 10_000 }).toContain('folderReplaced');
  });
});

function canMount(): boolean {
  const at = fs.mkdtempSync(join(tmpdir(), 'tidemark-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tidemark-test', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmdirSync(at);
  }
}
