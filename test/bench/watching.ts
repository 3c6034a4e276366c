/**
 * Measures watching on a large tree, with the product's defaults: `node test/bench/watching.ts FOLDER [IDLE_SECONDS]`. Copies
 * nothing: FOLDER is changed. Prints figures for docs/benchmarks.md, and whether a version by hints holds what a full walk finds.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import { createThreadedWatching } from '#core/watch-thread.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupResult, ChangeHints } from '#operations/backup/types.ts';
import { createSourceFiles } from '#files/open-files.ts';
import type { Repository } from '#repository/repository.ts';
import { Watcher } from '#services/watcher/watcher.ts';
import { backupRequest, makeLocalRepository, reopen, testPipeline } from '#test/support/engine.ts';

const WORKER_URL = new URL('../../src-main/hosts/watch-worker/main.ts', import.meta.url);
const root = fs.realpathSync(process.argv[2]!);
const idleSeconds = Number(process.argv[3] ?? 60);
const place = fs.mkdtempSync(join(tmpdir(), 'tidemark-watch-bench-'));

const say = (what: string, value: string): void => console.log(`${what.padEnd(58)} ${value}`);
const ms = (since: number): string => `${String(Math.round(performance.now() - since))} ms`;
const rssMb = (): number => Math.round(process.memoryUsage().rss / 1e6);

async function until(isSo: () => boolean, limitMs = 600_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('it does not happen');
    await systemClock.sleep(5);
  }
}

async function save(repository: Repository, changeHints?: ChangeHints): Promise<BackupResult> {
  const request = backupRequest([basename(root)], {
    workingFolder: textToByteString(dirname(root)),
    changeHints,
  });
  const opened = reopen(repository);
  return executeBackup({ repository: opened, files: createSourceFiles(), pipeline: testPipeline }, request);
}

async function treeOf(repository: Repository, { snapshotId }: BackupResult): Promise<string> {
  return (await reopen(repository).snapshots.load(snapshotId!)).snapshot.tree!;
}

const emptyMb = rssMb();
let onWanted = (): void => undefined;
const watching = createThreadedWatching(WORKER_URL, systemClock);
const watcher = new Watcher(watching, systemClock, { onWanted: () => onWanted() });
const status = (): NonNullable<ReturnType<Watcher['statusOf']>> => watcher.statusOf('plan')!;

const lag = monitorEventLoopDelay({ resolution: 1 });
lag.enable();
let beganMs = performance.now();
const beganCpu = process.cpuUsage();
watcher.start([
  {
    id: 'plan',
    folders: [textToByteString(root)],
    exclude: { patterns: [] },
    placeIds: ['place'],
    isWatching: true,
  },
]);
await until(() => status().kind !== 'starting');
lag.disable();
const cpu = process.cpuUsage(beganCpu);
say('from start to watching', ms(beganMs));
say('processor time of it', `${String(Math.round((cpu.user + cpu.system) / 1000))} ms`);
say('longest time the main thread was held up', `${(lag.max / 1e6).toFixed(1)} ms`);
say('folders watched', String(status().watchedFolders));
await systemClock.sleep(3000);
say('memory of the process (RSS) before / after', `${String(emptyMb)} / ${String(rssMb())} MB`);

const idleCpu = process.cpuUsage();
await systemClock.sleep(idleSeconds * 1000);
const idle = process.cpuUsage(idleCpu);
say(
  `idle over ${String(idleSeconds)} s: share of a core, memory`,
  `${((idle.user + idle.system) / idleSeconds / 1e4).toFixed(3)} %, ${String(rssMb())} MB`,
);

const repository = await makeLocalRepository(join(place, 'repository'));
beganMs = performance.now();
const first = await save(repository);
watcher.confirm(watcher.takeHints('plan', 'place'), { snapshotId: first.snapshotId!, unread: [] });
say('first backup', ms(beganMs));

const target = join(root, 'MAINTAINERS');
await systemClock.sleep(60_000);
// Before anything else: many runs in an hour are spread.
const restorable = new Promise<void>((resolve, reject) => {
  onWanted = () => {
    const taken = watcher.takeHints('plan', 'place');
    save(repository, {
      paths: taken.paths,
      wholeFolders: taken.wholeFolders,
      doubt: taken.doubts.length > 0,
    }).then((result) => {
      watcher.confirm(taken, { snapshotId: result.snapshotId!, unread: [] });
      say('hints of that run', `${result.hints?.kind ?? ''}, ${String(taken.paths.length)} paths`);
      resolve();
    }, reject);
  };
});
beganMs = performance.now();
fs.appendFileSync(target, 'the change');
await restorable;
say('from a change to a restorable version, default settings', ms(beganMs));

onWanted = () => undefined;

const latencies: number[] = [];
for (let i = 0; i < 20; i++) {
  watcher.confirm(watcher.takeHints('plan', 'place'), { snapshotId: first.snapshotId!, unread: [] });
  await systemClock.sleep(200);
  beganMs = performance.now();
  fs.appendFileSync(target, `line ${String(i)}\n`);
  await until(() => status().hasChanges);
  latencies.push(performance.now() - beganMs);
}
latencies.sort((a, b) => a - b);
say(
  'from a change to its hint, median / longest of 20',
  latencies.length === 0 ? '' : `${latencies[10]!.toFixed(0)} / ${latencies[19]!.toFixed(0)} ms`,
);

async function byHints(what: string, change: () => void): Promise<void> {
  change();
  await systemClock.sleep(3000);
  const taken = watcher.takeHints('plan', 'place');
  beganMs = performance.now();
  const hinted = await save(repository, {
    paths: taken.paths,
    wholeFolders: taken.wholeFolders,
    doubt: taken.doubts.length > 0,
  });
  const took = ms(beganMs);
  const full = await save(repository);
  const isEqual = (await treeOf(repository, hinted)) === (await treeOf(repository, full));
  watcher.confirm(taken, { snapshotId: full.snapshotId!, unread: [] });
  const told = `${String(taken.paths.length)} paths, ${String(taken.wholeFolders.length)} whole folders, doubts: ${taken.doubts.join(' ') || 'none'}`;
  say(
    what,
    `${hinted.hints?.kind ?? ''} in ${took}; ${told}; ${isEqual ? 'as a full walk' : 'NOT AS A FULL WALK'}`,
  );
}

await byHints('one file changed', () => fs.appendFileSync(target, 'x'));
await byHints('a folder renamed', () => fs.renameSync(join(root, 'fs'), join(root, 'fs-renamed')));
await byHints('a folder renamed back', () => fs.renameSync(join(root, 'fs-renamed'), join(root, 'fs')));
await byHints('a folder removed', () => fs.rmSync(join(root, 'sound'), { recursive: true, force: true }));
await byHints('10 000 new files in one folder', () => {
  fs.mkdirSync(join(root, 'burst'));
  for (let i = 0; i < 10_000; i++) fs.writeFileSync(join(root, `burst/${String(i)}`), String(i));
});
await byHints('10 000 new files in 100 folders', () => {
  for (let i = 0; i < 100; i++) fs.mkdirSync(join(root, `burst-${String(i)}`));
  for (let i = 0; i < 10_000; i++)
    fs.writeFileSync(join(root, `burst-${String(i % 100)}/${String(i)}`), String(i));
});
await byHints('10 000 files changed', () => {
  for (let i = 0; i < 10_000; i++) fs.appendFileSync(join(root, `burst/${String(i)}`), 'more');
});
await byHints('nothing', () => undefined);
say('memory of the process (RSS) at the end', `${String(rssMb())} MB`);

await watcher.stop();
await watching.stop();
await testPipeline.close();
fs.rmSync(place, { recursive: true });
