/**
 * What the whole application costs while nothing happens: `tidemark serve` with nobody connected, on a watched tree.
 * `node test/bench/idle-application.ts FOLDER [SECONDS] [REST_SECONDS]`. FOLDER is only read; the built program is used. Prints
 * figures for docs/benchmarks.md: processor time and memory of the main and the engine process with all of their threads.
 */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectToRunningCore } from '#core/local-socket/running-core.ts';
import { ProfileProgram } from '#test/support/profile-program.ts';

const folder = fs.realpathSync(process.argv[2]!);
const seconds = Number(process.argv[3] ?? 600);
const restSeconds = Number(process.argv[4] ?? 420);
/** Of Linux on every machine that we know. */
const TICKS_PER_SECOND = 100;

interface Cost {
  readonly ticks: number;
  readonly residentMb: number;
  /** Memory that several processes share counts in part for each. */
  readonly shareMb: number;
  /** Of no file, so of this process alone. */
  readonly ownMb: number;
  /** Of files, the program's text above all, which all processes of one program share. */
  readonly textMb: number;
}

function costOf(pid: number): Cost {
  const stat = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const kb = (file: string, name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(fs.readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
  return {
    ticks: Number(stat[11]) + Number(stat[12]),
    residentMb: Math.round(kb('status', 'VmRSS') / 1024),
    shareMb: Math.round(kb('smaps_rollup', 'Pss') / 1024),
    ownMb: Math.round(kb('status', 'RssAnon') / 1024),
    textMb: Math.round(kb('status', 'RssFile') / 1024),
  };
}

const program = new ProfileProgram();
try {
  const added = await program.run(['place', 'add', 'USB disk', 'backup', '--json']);
  const { recoveryCode } = JSON.parse(added.stdout) as { recoveryCode: string };
  const plan = ['--place', 'USB disk', '--preset', 'none', '--watch', '--never-older-than', '1d'];
  await program.run(['plan', 'add', 'Tree', folder, ...plan]);
  const { child } = await program.serve([], { TIDEMARK_PASSWORD: recoveryCode });
  child.stderr?.resume();
  const running = await connectToRunningCore(program.profile);
  const hasVerified = async (): Promise<boolean> =>
    (await running!.calls['jobs.list']({ limit: 50, beforeMs: null })).some(
      ({ kind, state }) => kind === 'verify' && state === 'done',
    );
  while (!(await hasVerified())) await sleep(1_000);
  running?.close();
  await sleep(restSeconds * 1000);
  const main = child.pid!;
  const children = fs.readFileSync(`/proc/${main}/task/${main}/children`, 'utf8').trim().split(' ');
  const pids = [main, ...children.map(Number)];
  const before = pids.map(costOf);
  const beganMs = performance.now();
  await sleep(seconds * 1000);
  const spentMs = performance.now() - beganMs;
  let ticks = 0;
  let shareMb = 0;
  let ownMb = 0;
  let textMb = 0;
  pids.forEach((pid, at) => {
    const cost = costOf(pid);
    ticks += cost.ticks - before[at]!.ticks;
    shareMb += cost.shareMb;
    ownMb += cost.ownMb;
    textMb = Math.max(textMb, cost.textMb);
    console.log(
      `${at === 0 ? 'main' : 'engine'}: ${cost.residentMb} MB resident, ${cost.ownMb} MB of it its own, its share ${cost.shareMb} MB`,
    );
  });
  const share = (ticks / TICKS_PER_SECOND / (spentMs / 1000)) * 100;
  console.log(`together ${share.toFixed(3)} % of a core over ${Math.round(spentMs / 1000)} s`);
  // Other programs on the same Node, as on a machine where tests run, make the shares smaller.
  console.log(`memory: shares ${shareMb} MB; own memory, and the program's text once: ${ownMb + textMb} MB`);
  child.kill('SIGTERM');
} finally {
  await program.close();
}
