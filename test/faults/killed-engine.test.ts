/**
 * The engine process killed (SIGKILL), and single worker threads of it ended, at random moments of a backup. After each the
 * repository is sound, no lock is in the way of the next engine, and its run finishes with everything that is in the folder. A
 * few in every run; by hand `KILLED_ENGINES=100 vitest run test/faults/killed-engine.test.ts`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import type { PlaceAccess } from '#contract/engine/engine-values.ts';
import { startChildEngine } from '#core/child-engine.ts';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import { bundledThreads } from '#test/support/bundled-threads.ts';
import { openTestRepository } from '#test/support/engine.ts';
import {
  backupChoice,
  connectTo,
  makePlace,
  PLACE_PASSWORD,
  startTestEngine,
  temporaryFolder,
  type TestEngine,
} from '#test/support/engine-service.ts';
import { orphansOf, troublesOf } from '#test/support/prune.ts';
import { runProgram } from '#test/support/product.ts';
import { RandomTree } from '#test/support/random-tree.ts';
import { resticPrograms } from '#test/support/restic.ts';

const KILLS = Number(process.env['KILLED_ENGINES'] ?? 3);
const isByHand = process.env['KILLED_ENGINES'] !== undefined;
const TIME_LIMIT_MS = 60_000 + 20_000 * KILLS;

const stateHome = process.env['XDG_STATE_HOME'];
beforeEach(() => {
  // Own locks are remembered there; what other tests remember is no business of these.
  process.env['XDG_STATE_HOME'] = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-state-'));
});
afterEach(() => {
  fs.rmSync(process.env['XDG_STATE_HOME']!, { recursive: true, force: true });
  if (stateHome === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = stateHome;
});

interface World {
  readonly access: PlaceAccess;
  readonly tree: RandomTree;
  readonly random: SeededRandom;
}

async function makeWorld(seed: number): Promise<World> {
  const folder = temporaryFolder();
  const random = new SeededRandom(seed);
  const tree = new RandomTree(path.join(folder, 'source'), random, { entries: 60, fileBytes: 2 << 20 });
  tree.mutate(40);
  const access = await makePlace(startTestEngine(), path.join(folder, 'place'));
  return { access, tree, random };
}

/** Resolves when it is over, however. */
async function tryBackup({ calls }: TestEngine, { access, tree }: World): Promise<boolean> {
  try {
    await calls.backup({ access, choice: backupChoice(tree.root) });
    return true;
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    expect(['internal.connectionLost', 'internal.invariantBroken']).toContain(error.code);
    return false;
  }
}

/** A half written file has another name, and goes when it is old. */
function locksIn({ location }: PlaceAccess): string[] {
  return fs.readdirSync(path.join(location, 'locks')).filter((name) => !name.startsWith('.tmp-'));
}

/** By hand, so that one sees how far it is. */
function tell(round: number, cutOff: number): void {
  if (isByHand && round % 10 === 9) console.log(`${round + 1} of ${KILLS} kills, ${cutOff} backups cut off`);
}

/** @param wasCutOff a pack may be left that no index names yet; the next run takes it up */
async function expectSound({ access }: World, versions: number, wasCutOff = false): Promise<void> {
  const repository = await openTestRepository(access.location, PLACE_PASSWORD);
  const troubles = await troublesOf(repository, repository.storage);
  expect(troubles.filter((trouble) => !wasCutOff || !trouble.includes('packNotIndexed'))).toEqual([]);
  expect((await repository.snapshots.loadAll()).snapshots).toHaveLength(versions);
  for (const { path: restic } of resticPrograms().slice(-1)) {
    const env = { RESTIC_PASSWORD: PLACE_PASSWORD };
    // Without a lock: that of the killed run is still there.
    const args = ['-r', access.location, '--no-cache', '--no-lock', 'check'];
    const { code, stderr } = await runProgram(restic, args, { env });
    expect(code, stderr).toBe(0);
  }
}

async function expectNoneLeft({ access }: World): Promise<void> {
  const repository = await openTestRepository(access.location, PLACE_PASSWORD);
  expect(await orphansOf(repository, repository.storage)).toEqual([]);
}

test(
  `the engine process, ${KILLS} times`,
  async () => {
    const world = await makeWorld(Date.now() % 100_000);
    const { access } = world;
    const startEngine = async () => {
      const child = startChildEngine();
      const engine = connectTo(child);
      await engine.calls['place.unlock']({ access, password: PLACE_PASSWORD });
      return { child, engine };
    };
    let versions = 0;
    let cutOff = 0;
    let workMs = 1_500;
    for (let round = 0; round < KILLS; round++) {
      const killed = await startEngine();
      const timer = setTimeout(() => killed.child.kill(), ((round + Math.random()) / KILLS) * workMs);
      if (await tryBackup(killed.engine, world)) versions++;
      else cutOff++;
      clearTimeout(timer);
      killed.child.kill();
      // A version that was just being saved counts, though nobody has heard of it.
      const repository = await openTestRepository(access.location, PLACE_PASSWORD);
      versions = Math.max(versions, (await repository.snapshots.loadAll()).snapshots.length);
      await expectSound(world, versions, true);
      const next = await startEngine();
      const startedAtMs = performance.now();
      expect(await tryBackup(next.engine, world)).toBe(true);
      workMs = performance.now() - startedAtMs;
      versions++;
      expect(locksIn(access)).toEqual([]);
      await expectNoneLeft(world);
      next.child.channel.close();
      world.tree.mutate(10);
      tell(round, cutOff);
    }
    await expectSound(world, versions);
  },
  TIME_LIMIT_MS,
);

test(
  `single threads of it, ${KILLS} times`,
  async () => {
    const world = await makeWorld((Date.now() % 100_000) + 1);
    let victim: Worker | undefined;
    let doomed = false;
    const engine = startTestEngine({
      createThreads: (most) => {
        const threads = bundledThreads(most);
        const startWorker = threads.startWorker.bind(threads);
        threads.startWorker = () => {
          const worker = startWorker();
          // One that has said something is loaded: ending it before would end the process (end-worker.ts).
          worker.once('message', () => (victim ??= doomed ? worker : undefined));
          return worker;
        };
        return threads;
      },
    });
    const { access } = world;
    await engine.calls['place.unlock']({ access, password: PLACE_PASSWORD });
    let versions = 0;
    let cutOff = 0;
    for (let round = 0; round < KILLS; round++) {
      victim = undefined;
      doomed = true;
      const watch = setInterval(() => {
        if (victim === undefined) return;
        clearInterval(watch);
        setTimeout(() => void victim?.terminate(), Math.random() * 150);
      }, 5);
      if (await tryBackup(engine, world)) versions++;
      else cutOff++;
      clearInterval(watch);
      doomed = false;
      await expectSound(world, versions, true);
      expect(await tryBackup(engine, world)).toBe(true);
      versions++;
      expect(locksIn(access)).toEqual([]);
      await expectNoneLeft(world);
      world.tree.mutate(10);
      tell(round, cutOff);
    }
    await expectSound(world, versions);
  },
  TIME_LIMIT_MS,
);
