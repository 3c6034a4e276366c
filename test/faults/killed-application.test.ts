/**
 * The whole application killed (SIGKILL) at random moments: `tidemark serve` alone, or with its engine process, while it
 * backs up, keeps places in order, takes a person's wishes, or starts. After each the state opens with every plan and every
 * finished job that somebody was told of, the work that was cut off is taken up again by itself, and the repository is sound
 * for stock restic. A few in every run; by hand `KILLED_APPLICATIONS=100 vitest run test/faults/killed-application.test.ts`.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectToRunningCore } from '#core/local-socket/running-core.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { ProfileProgram } from '#test/support/profile-program.ts';
import { runProgram } from '#test/support/product.ts';
import { RandomTree } from '#test/support/random-tree.ts';
import { resticPrograms } from '#test/support/restic.ts';

const KILLS = Number(process.env['KILLED_APPLICATIONS'] ?? 1);
const isByHand = process.env['KILLED_APPLICATIONS'] !== undefined;
// What failed because of a kill is tried again after minutes.
const TIME_LIMIT_MS = 300_000 + 30_000 * KILLS;

let program: ProfileProgram;
beforeEach(() => {
  program = new ProfileProgram();
  told = { planNames: new Map(), jobs: new Map() };
});
afterEach(async () => {
  if (isByHand) console.log(JSON.stringify({ ...figures, finishedJobsFoundAgain: told.jobs.size }));
  await program.close();
});

type Running = NonNullable<Awaited<ReturnType<typeof connectToRunningCore>>>;

/** What somebody was told, and must find again. */
let told: { readonly planNames: Map<string, string>; readonly jobs: Map<string, string> };
const figures = { kills: 0, interrupted: 0, whileStarting: 0, withEngine: 0 };
let recoveryCode = '';

async function connect(): Promise<Running> {
  const running = await connectToRunningCore(program.profile);
  if (running === undefined) throw new Error('nobody serves the profile');
  return running;
}

/** Ready: its link is printed, and the place is unlocked before that. */
async function serve(): Promise<ChildProcess> {
  const { child } = await program.serve([], { TIDEMARK_PASSWORD: recoveryCode });
  child.stderr?.resume();
  return child;
}

function childrenOf(pid: number): number[] {
  return fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number);
}

/** @returns whether the engine process was killed with it; if not, it has ended by itself when this resolves */
async function kill(child: ChildProcess, withEngine: boolean): Promise<void> {
  if (child.exitCode !== null) throw new Error('it had ended by itself');
  const engines = childrenOf(child.pid!);
  process.kill(child.pid!, 'SIGKILL');
  if (withEngine) for (const pid of engines) process.kill(pid, 'SIGKILL');
  await once(child, 'close');
  for (const pid of engines) while (isAlive(pid)) await sleep(20);
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A plan is renamed again and again, and ended jobs are noted, until the core is gone. */
async function live({ calls }: Running, planId: string): Promise<void> {
  const { plans } = await calls['mirror.get']({});
  const {
    id: _,
    pause: __,
    createdAtMs: ___,
    changedAtMs: ____,
    ...choices
  } = plans.find(({ id }) => id === planId)!;
  for (let count = 0; ; count++) {
    const name = `Letters ${Date.now()}-${count}`;
    await calls['plans.put']({ id: planId as never, choices: { ...choices, name } });
    told.planNames.set(planId, name);
    for (const job of await calls['jobs.list']({ limit: 20, beforeMs: null }))
      if (job.endedAtMs !== null) told.jobs.set(job.id, job.state);
    await sleep(20);
  }
}

/** Nothing waits or runs, and the last backup went well. */
async function untilDone({ calls }: Running): Promise<void> {
  for (;;) {
    const { jobs } = await calls['mirror.get']({});
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
    const isOver = jobs.every(({ state }) => !['queued', 'running', 'paused'].includes(state));
    const last = jobs.find(({ kind }) => kind === 'backup');
    if (isOver && last?.state === 'done') return;
    await sleep(50);
  }
}

async function expectSound(tree: RandomTree): Promise<void> {
  const place = path.join(program.folder, 'backup');
  // A half written file has another name, and goes when it is old. A look that had begun before the pause may have added work.
  const locks = (): string[] =>
    fs.readdirSync(path.join(place, 'locks')).filter((name) => !name.startsWith('.tmp-'));
  await expect.poll(locks, { timeout: 10_000 }).toEqual([]);
  for (const { path: restic } of resticPrograms().slice(-1)) {
    const options = { env: { RESTIC_PASSWORD: recoveryCode } };
    const check = await runProgram(restic, ['-r', place, '--no-cache', 'check', '--read-data'], options);
    expect(check.code, check.stderr).toBe(0);
    const listed = await runProgram(
      restic,
      ['-r', place, '--no-cache', 'ls', '--json', '--path', tree.root, 'latest'],
      options,
    );
    const names = listed.stdout
      .split('\n')
      .flatMap((line) =>
        line.includes('"struct_type":"node"') ? [(JSON.parse(line) as { path: string }).path] : [],
      );
    const found = names.filter((name) => name.startsWith(`${tree.root}/`));
    expect(found.sort()).toEqual(
      fs
        .readdirSync(tree.root, { recursive: true })
        .map((name) => path.join(tree.root, String(name)))
        .sort(),
    );
  }
}

test(
  `the whole application, ${KILLS} times`,
  async () => {
    const random = new SeededRandom(Date.now() % 100_000);
    const tree = new RandomTree(path.join(program.folder, 'letters'), random, {
      entries: 60,
      fileBytes: 2 << 20,
    });
    tree.mutate(40);
    const added = await program.run(['place', 'add', 'USB disk', 'backup', '--json']);
    recoveryCode = (JSON.parse(added.stdout) as { recoveryCode: string }).recoveryCode;
    await program.run([
      'plan',
      'add',
      'Letters',
      'letters',
      '--place',
      'USB disk',
      '--no-watch',
      '--never-older-than',
      '1d',
      '--keep-last',
      '3',
      '--preset',
      'none',
    ]);
    let child = await serve();
    let running = await connect();
    const planId = (await running.calls['mirror.get']({})).plans[0]!.id;
    await untilDone(running);
    let workMs = 1_500;
    for (let round = 0; round < KILLS; round++) {
      tree.mutate(10);
      const startedAtMs = performance.now();
      const [jobId] = await running.calls['jobs.backUpNow']({ planId });
      const life = live(running, planId).catch(() => undefined);
      await sleep(((round + Math.random()) / KILLS) * workMs);
      figures.kills++;
      const withEngine = round % 2 === 0;
      if (withEngine) figures.withEngine++;
      await kill(child, withEngine);
      await life;
      running.close();
      if (round % 4 === 3) {
        // Killed once more, while it starts and takes up what was cut off.
        const starting = program.start(['serve', '--json', '--pages', path.join(program.folder, 'pages')]);
        await sleep(Math.random() * 1_000);
        await kill(starting, true);
        figures.whileStarting++;
      }
      child = await serve();
      running = await connect();
      const { calls } = running;
      const { plans } = await calls['mirror.get']({});
      const name = plans.find(({ id }) => id === planId)?.name;
      // The last wish may be there though its answer was lost.
      expect(name !== undefined && name >= (told.planNames.get(planId) ?? ''), `${name}`).toBe(true);
      const jobs = new Map(
        (await calls['jobs.list']({ limit: 1_000, beforeMs: null })).map((job) => [job.id, job]),
      );
      for (const [id, state] of told.jobs) expect(jobs.get(id as never)?.state, id).toBe(state);
      if (jobs.get(jobId!)?.state === 'interrupted') figures.interrupted++;
      expect(jobs.has(jobId!)).toBe(true);
      await untilDone(running);
      workMs = Math.max(500, Math.min(workMs, performance.now() - startedAtMs));
      expect((await calls['activity.verify']({})).isIntact).toBe(true);
      // It would go on keeping the place in order while restic looks at it.
      await calls['pause.set']({ untilMs: Date.now() + 600_000 });
      await untilDone(running);
      await expectSound(tree);
      await calls['pause.clear']({});
      if (isByHand && round % 10 === 9) console.log(JSON.stringify(figures));
    }
    running.close();
    child.kill('SIGTERM');
    await once(child, 'close');
  },
  TIME_LIMIT_MS,
);
