/** Stopping in the middle (A): power cuts, and cancelling while the place does not answer. Kills: see docs/design/scenarios.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { objectPath } from '#storage/object-path.ts';
import type { StorageFileType } from '#storage/port.ts';
import { FaultStorage, type FaultMethod } from '#test/support/fault-storage.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf } from '#test/support/prune.ts';
import {
  failureOf,
  makeUpkeepWorks,
  unlock,
  WORK_NAMES,
  type UpkeepWorks,
} from '#test/support/upkeep-works.ts';
import { reopenHastily } from '#test/support/version-files.ts';

let world: UpkeepWorks;
beforeAll(async () => {
  world = await makeUpkeepWorks();
});
afterAll(() => world.dispose());

/** A place that gives names to files before their contents are there, and loses power at its k-th save. */
class PowerCut extends ForwardingStorage {
  struck: StorageFileType | undefined;
  readonly #disk: MemoryStorage;
  readonly #keptShare: number;
  #savesLeft: number;

  constructor(disk: MemoryStorage, k: number, keptShare: number) {
    super(
      new Proxy(disk, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return async (...parameters: unknown[]): Promise<unknown> => {
            if (this.struck !== undefined) throw noPower();
            return Reflect.apply(value, target, parameters);
          };
        },
      }),
    );
    this.#disk = disk;
    this.#savesLeft = k;
    this.#keptShare = keptShare;
  }

  override async save(type: StorageFileType, name: string, bytes: Uint8Array): Promise<void> {
    if (--this.#savesLeft !== 0) return this.inner.save(type, name, bytes);
    if (this.struck !== undefined) throw noPower();
    this.struck = type;
    this.#disk.files.set(
      objectPath(type, name),
      new Uint8Array(bytes.slice(0, bytes.length * this.#keptShare)),
    );
    throw noPower();
  }
}

function noPower(): TidemarkError {
  return new TidemarkError('storage.ioFailed', { location: 'test', operation: 'x', reason: 'no power' });
}

describe.each([
  ['empty', 0],
  ['half there', 0.5],
])('a power cut leaves a file that is %s', (_how, keptShare) => {
  it('A3 at every save of a backup: it is not taken for whole, earlier versions stay, the next run goes on', async () => {
    const work = world.works.backup;
    const counting = new FaultStorage(work.start.fork());
    await work.run(counting);
    const struck = new Set<string>();
    for (let k = 1; ; k++) {
      const at = work.start.fork();
      const cut = new PowerCut(at, k, keptShare);
      const failure = await failureOf(work.run(cut));
      if (cut.struck === undefined) break;
      struck.add(cut.struck);
      expect(failure, `save ${String(k)}`).toBeDefined();
      unlock(at);
      if (cut.struck === 'index') await repairIndex(at);
      await work.run(at);
      const contents = await contentsOf(world.pristine, at);
      for (const [id, content] of world.contents) expect(contents.get(id)).toBe(content);
      // The half version stays visible as damaged until somebody removes it; everything else is in order.
      if (cut.struck !== 'snapshot') await work.assertDone(at, `save ${String(k)}`);
      expect(contents.size).toBe(world.contents.size + 1);
    }
    expect([...struck].toSorted()).toEqual(['index', 'lock', 'pack', 'snapshot']);
  }, 60_000);
});

/** Nothing is given up on account of an index file that cannot be read: the repair is asked for. */
async function repairIndex(at: MemoryStorage): Promise<void> {
  const failure = await failureOf(world.works.backup.run(at));
  expect(failure?.code).toBe('integrity.indexCorrupt');
  const keepCopy = async (): Promise<void> => undefined;
  const parts = { repository: reopenHastily(world.pristine, at), pipeline: inThreadPipeline, keepCopy };
  await executeRepairIndex(parts, { readAllPacks: false, dryRun: false });
}

/** Longer than any cancel may take, so that what hangs is told from what is merely slow. */
const PATIENCE_MS = 10_000;
/** Loads and questions are many and alike. */
const STEPS: Partial<Record<FaultMethod, number>> = { load: 6, stat: 4 };

const METHODS: readonly FaultMethod[] = ['save', 'load', 'list', 'stat', 'remove'];

describe('cancelled while the place does not answer', () => {
  it.each(WORK_NAMES.flatMap((name) => METHODS.map((method) => ({ name, method }))))(
    'A4 $name, at each $method: it ends, and nothing is lost',
    async ({ name, method }) => {
      const work = world.works[name];
      for (let skip = 0; ; skip += STEPS[method] ?? 1) {
        const at = work.start.fork();
        const hanging = new FaultStorage(at).plan(
          method,
          { kind: 'stall', until: new Promise(() => undefined) },
          { skip },
        );
        const cancel = new AbortController();
        const ended = failureOf(work.run(hanging, cancel.signal));
        const reached = await Promise.race([ended.then(() => false), untilReached(hanging)]);
        if (!reached) break;
        cancel.abort();
        const when = `${method} ${String(skip)}`;
        const outcome = await Promise.race([ended, sleep(PATIENCE_MS, 'hangs' as const, { ref: false })]);
        expect(outcome, when).not.toBe('hangs');
        // Nothing but letting go of the lock was left to do.
        const isDone = outcome === undefined && method === 'remove';
        expect(isDone || isTidemarkError(outcome, 'job.cancelled'), when).toBe(true);
        await work.assertKept(at, when);
      }
    },
    60_000,
  );
});

async function untilReached(storage: FaultStorage): Promise<true> {
  while (!storage.isAllReached) await new Promise((resolve) => setImmediate(resolve));
  return true;
}
