/**
 * Every operation that changes a repository against every kind of fault of its store that the tests beside this one leave
 * out, in one place after the other: nothing is lost, no error is foreign, and the next run ends as if nothing had happened.
 * Kills, and what else of prune, tag and rewrite is missing in the table here: prune.test.ts, changed-versions.test.ts,
 * repair-and-copy.test.ts, backup-storage.test.ts.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { StorageFileType } from '#storage/port.ts';
import { FaultStorage, type Fault, type FaultMethod } from '#test/support/fault-storage.ts';
import {
  failureOf,
  makeUpkeepWorks,
  unlock,
  WORK_NAMES,
  type UpkeepWorks,
  type Work,
  type WorkName,
} from '#test/support/upkeep-works.ts';

let world: UpkeepWorks;
beforeAll(async () => {
  world = await makeUpkeepWorks();
});
afterAll(() => world.dispose());

const error = new TidemarkError('storage.ioFailed', { location: 'test', operation: 'x', reason: 'EIO' });
const KINDS = {
  fail: () => ({ kind: 'fail', error }),
  failAfter: () => ({ kind: 'failAfter', error }),
  stall: () => ({ kind: 'stall', until: new Promise((resolve) => setTimeout(resolve, 5)) }),
  repeat: () => ({ kind: 'repeat' }),
  truncate: () => ({ kind: 'truncate', bytes: 60 }),
  lie: () => ({ kind: 'lie' }),
} satisfies Record<string, () => Fault>;
type Kind = keyof typeof KINDS;

/** What is proven elsewhere is not here. */
const SWEEPS: Record<WorkName, Partial<Record<FaultMethod, readonly Kind[]>>> = {
  backup: { load: ['fail', 'truncate'], list: ['fail'] },
  forget: {
    save: ['fail', 'failAfter', 'stall', 'repeat', 'truncate', 'lie'],
    remove: ['fail', 'failAfter', 'stall', 'repeat', 'lie'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
  prune: {
    save: ['stall', 'repeat', 'truncate', 'lie'],
    remove: ['failAfter', 'stall', 'repeat'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
  copy: {
    save: ['fail', 'failAfter', 'stall', 'repeat', 'truncate', 'lie'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
  tag: { save: ['stall'], remove: ['stall', 'repeat'], load: ['fail', 'truncate'], list: ['fail'] },
  'rewrite --forget': {
    save: ['stall'],
    remove: ['stall', 'repeat'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
  'repair index': {
    save: ['fail', 'failAfter', 'stall', 'repeat', 'truncate', 'lie'],
    remove: ['fail', 'failAfter', 'stall', 'repeat', 'lie'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
  recover: {
    save: ['fail', 'failAfter', 'truncate', 'lie'],
    load: ['fail', 'truncate'],
    list: ['fail'],
  },
};

/** Every so many calls only, each kind from another one on: loads are many and alike, and so are the tests. */
const STEPS: Partial<Record<FaultMethod, number>> = { load: 17, save: 3, remove: 3 };

const sweeps = WORK_NAMES.flatMap((name) =>
  Object.entries(SWEEPS[name]).flatMap(([method, kinds]) =>
    kinds.map((kind, number) => ({ name, method: method as FaultMethod, kind, number })),
  ),
);

it.each(sweeps)(
  '$name: $method $kind, in one place after the other',
  async ({ name, method, kind, number }) => {
    const work = world.works[name];
    // These write little.
    const writesLittle = ['forget', 'repair index', 'recover'].includes(name);
    const step = method !== 'load' && writesLittle ? 1 : (STEPS[method] ?? 1);
    let reached = 0;
    for (let skip = number % step; ; skip += step) {
      const at = work.start.fork();
      const faulty = new FaultStorage(at).plan(method, KINDS[kind](), { skip });
      const failure = await failureOf(work.run(faulty));
      if (!faulty.isAllReached) break;
      reached++;
      const when = `${method} ${kind} ${String(skip)} ${failure?.code ?? ''}`;
      if (kind === 'stall' || kind === 'repeat') expect(failure, when).toBeUndefined();
      await assertRecovers(work, at, when);
    }
    expect(reached).toBeGreaterThan(0);
  },
  60_000,
);

async function assertRecovers(work: Work, at: MemoryStorage, when: string): Promise<void> {
  await work.assertKept(at, when);
  unlock(at);
  await work.run(at);
  await work.assertDone(at, when);
}

/** One listing, or all of them, leaves out one file. Who looks at no such listing is not in the table. */
const LISTINGS: Record<'snapshot' | 'index' | 'pack', readonly WorkName[]> = {
  snapshot: ['backup', 'forget', 'prune', 'copy', 'tag', 'rewrite --forget', 'recover'],
  index: ['backup', 'prune', 'copy', 'rewrite --forget', 'repair index', 'recover'],
  pack: ['prune', 'repair index'],
};
const listings = (['snapshot', 'index', 'pack'] as const).flatMap((type) =>
  LISTINGS[type].flatMap((name) => ([0, 1, 'all'] as const).map((which) => ({ name, type, which }))),
);
// A version that a place never lists is one that nobody can know of; prune is shown the truth at its second look, or refuses.
// The others look once.
const inReach = listings.filter(
  ({ name, type, which }) =>
    (name !== 'prune' || type !== 'snapshot' || which !== 'all') &&
    (which !== 1 || name === 'prune' || name === 'repair index'),
);

it.each(inReach)(
  'C8 $name: $type files, a listing that lags behind ($which)',
  async ({ name, type, which }) => {
    const work = world.works[name];
    let reached = 0;
    for (const missing of await namesToMiss(work, type)) {
      const at = work.start.fork();
      const stale = new FaultStorage(at).plan(
        'list',
        { kind: 'stale', isMissing: (file) => file === missing },
        { type, ...(which === 'all' ? { times: Infinity } : { skip: which }) },
      );
      const failure = await failureOf(work.run(stale));
      if (!stale.isAllReached) continue;
      reached++;
      await assertRecovers(work, at, `without ${missing} ${failure?.code ?? ''}`);
    }
    if (which !== 1 && name !== 'copy') expect(reached).toBeGreaterThan(0);
  },
);

async function namesToMiss({ start }: Work, type: StorageFileType): Promise<string[]> {
  const names = (await start.list(type)).map(({ name }) => name);
  return type === 'pack' ? names.filter((_name, i) => i % 3 === 0) : names;
}

/** Who makes several of them at a time. */
const IN_LANES = [
  { name: 'backup', method: 'save' },
  { name: 'forget', method: 'remove' },
  { name: 'prune', method: 'remove' },
] as const;

it.each(IN_LANES)(
  '$name: two of $method take effect in the other order, also when it is killed after the one that came first',
  async ({ name, method }) => {
    const work = world.works[name];
    const counting = new FaultStorage(work.start.fork());
    await work.run(counting);
    let overtaken = 0;
    for (let skip = 0; skip < counting.changeCount; skip++) {
      const at = work.start.fork();
      const unordered = new FaultStorage(at).plan(method, { kind: 'reorder' }, { skip });
      await work.run(unordered);
      if (!unordered.isAllReached) continue;
      overtaken++;
      const when = `${method} ${String(skip)}`;
      await work.assertDone(at, when);
      const dead = work.start.fork();
      const dying = new FaultStorage(dead).plan(method, { kind: 'reorder', dies: true }, { skip });
      await failureOf(work.run(dying));
      await assertRecovers(work, dead, `${when}, killed`);
    }
    expect(overtaken).toBeGreaterThan(0);
  },
  60_000,
);
