import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#base/clock.ts';
import { isTidemarkError, TidemarkError, type ErrorCode } from '#base/errors.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { executeForget } from '#operations/forget/execute.ts';
import { prepareForget } from '#operations/forget/prepare.ts';
import type { ForgetPlan, ForgetRequest, UnattendedTerms } from '#operations/forget/types.ts';
import { Repository } from '#repository/repository.ts';
import { EMPTY_POLICY, type RetentionPolicy } from '#rules/retention-policy.ts';
import { KEEP_TAG } from '#rules/snapshot-marks.ts';
import { seriesKey, seriesTag } from '#rules/snapshot-groups.ts';
import type { StorageFileType } from '#storage/port.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-03-31T12:00:00Z');

let opened: Repository;
let storage: MemoryStorage;
let repository: Repository;
let nowMs: number;

beforeAll(async () => {
  opened = (await makeMemoryRepository()).repository;
});
beforeEach(async () => {
  storage = await emptyPlace();
  nowMs = NOW_MS;
  repository = openOn(storage);
});
afterEach(async () => {
  // Whatever happened: nobody is locked out afterwards.
  expect(await storage.list('lock')).toEqual([]);
});

async function emptyPlace(): Promise<MemoryStorage> {
  const place = new MemoryStorage();
  await place.create();
  await place.open();
  return place;
}

/** A calendar that the test turns; the wait for a rival at the lock, of whom there is none, is left out. */
const clock: Clock = {
  ...systemClock,
  nowMs: () => nowMs,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs < 1000 ? 0 : delayMs, signal),
};

function openOn(place: MemoryStorage | FaultStorage): Repository {
  const { config, keys, keyId } = opened;
  return new Repository({ ...createRepositoryPorts(place), clock }, config, keys, keyId);
}

interface Facts {
  readonly time: string;
  readonly hostname?: string;
  readonly paths?: readonly string[];
  readonly tags?: readonly string[];
}

function plant({ time, hostname = 'laptop', paths = ['/home'], tags = [] }: Facts): Promise<SnapshotId> {
  const tree = 'ab'.repeat(32) as BlobId;
  return repository.snapshots.save({
    time,
    hostname,
    paths,
    tags,
    tree,
    username: '',
    uid: 0,
    gid: 0,
    excludes: [],
  });
}

/** One a day at 10, the last of them today; oldest first. */
async function plantDays(count: number, changes: Partial<Facts> = {}): Promise<SnapshotId[]> {
  const ids: SnapshotId[] = [];
  for (let day = count - 1; day >= 0; day--) {
    const time = new Date(NOW_MS - day * DAY_MS).toISOString().replace('T12:00:00.000Z', 'T10:00:00Z');
    ids.push(await plant({ time, ...changes }));
  }
  return ids;
}

function request(policy: Partial<RetentionPolicy>, changes: Partial<ForgetRequest> = {}): ForgetRequest {
  return {
    ids: [],
    filter: {},
    policy: { ...EMPTY_POLICY, ...policy },
    groupBy: ['host', 'paths'],
    allowRemoveAll: false,
    ...changes,
  };
}

const keepLast = (last: number, changes: Partial<ForgetRequest> = {}): ForgetRequest =>
  request({ counts: { last } }, changes);

async function present(): Promise<Set<string>> {
  return new Set((await storage.list('snapshot')).map(({ name }) => name));
}

const isError = (code: ErrorCode) => expect.toSatisfy((error: unknown) => isTidemarkError(error, code));
const idsOf = (plan: ForgetPlan): SnapshotId[] => plan.remove.map(({ id }) => id);
const sparedOf = (plan: ForgetPlan): Record<string, string> =>
  Object.fromEntries(
    plan.groups.flatMap(({ spared }) => spared.map(({ stored, reason }) => [stored.id, reason])),
  );

async function expectNothingGone(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  const before = await present();
  await expect(work).rejects.toThrow(isError(code));
  expect(await present()).toEqual(before);
}

describe('forget', () => {
  it('shows what would go and why the others stay, then removes just that', async () => {
    const ids = await plantDays(5);
    const other = await plant({ time: '2020-01-01T00:00:00Z', hostname: 'desk' });
    await storage.save('pack', 'cd'.repeat(32), Buffer.from('pack'));
    const plan = await prepareForget(repository, keepLast(2));
    expect(idsOf(plan)).toEqual(ids.slice(0, 3));
    expect(plan.groups.map(({ key, keep }) => [key.hostname, keep.map(({ reasons }) => reasons)])).toEqual([
      ['desk', [[{ kind: 'count', unit: 'last', isOldest: false }]]],
      ['laptop', Array(2).fill([{ kind: 'count', unit: 'last', isOldest: false }])],
    ]);
    expect(await present()).toEqual(new Set([...ids, other]));

    const heard: string[] = [];
    const result = await executeForget(repository, keepLast(2), {
      onPlan: (planned) => heard.push(`plan ${planned.remove.length}`),
      onRemoved: ({ id }, done, total) => heard.push(`${id} ${done}/${total}`),
    });
    expect(heard).toEqual(['plan 3', ...ids.slice(0, 3).map((id, position) => `${id} ${position + 1}/3`)]);
    expect(result.removed.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    expect(await present()).toEqual(new Set([...ids.slice(3), other]));
    expect(await storage.list('pack')).toHaveLength(1);
  });

  it('removes the ones that are named, whatever filter or policy says', async () => {
    const ids = await plantDays(3);
    const named = keepLast(3, { ids: ['latest', ids[0]!.slice(0, 12), ids[0]!] });
    const { plan } = await executeForget(repository, named);
    expect(idsOf(plan)).toEqual([ids[0], ids[2]]);
    expect(await present()).toEqual(new Set([ids[1]]));
  });

  it('removes nothing when one of those named does not exist', async () => {
    const ids = await plantDays(2);
    const work = executeForget(repository, keepLast(1, { ids: [ids[0]!, 'ffff'.repeat(16)] }));
    await expectNothingGone(work, 'repository.objectNotFound');
  });

  it.each<[string, ForgetRequest]>([
    ['says nothing', request({})],
    ['says only zero', keepLast(0)],
    ['says nothing but which ones', request({}, { filter: { hosts: ['laptop'] } })],
    ['keeps nothing of one group', request({ tagLists: [['precious']] })],
    ['may remove all, but of everything', request({}, { allowRemoveAll: true })],
    ['may remove all, and nobody watches', request({}, { allowRemoveAll: true, unattended: {} })],
    ['names some, and nobody watches', keepLast(1, { ids: ['latest'], unattended: {} })],
  ])('refuses a policy that %s', async (_name, wrong) => {
    await plantDays(3, { tags: ['precious'] });
    await plantDays(3, { hostname: 'desk' });
    await expectNothingGone(executeForget(repository, wrong), 'request.invalidInput');
  });

  it('removes all that a filter chooses when that is allowed', async () => {
    await plantDays(2);
    const other = await plantDays(2, { hostname: 'desk' });
    await executeForget(repository, request({}, { allowRemoveAll: true, filter: { hosts: ['laptop'] } }));
    expect(await present()).toEqual(new Set(other));
  });

  it('leaves alone what the filter does not choose', async () => {
    const ids = await plantDays(4, { tags: ['x'] });
    const other = await plantDays(4, { tags: ['y'] });
    await executeForget(repository, keepLast(1, { filter: { tags: [['x']] } }));
    expect(await present()).toEqual(new Set([ids[3], ...other]));
  });

  it('removes no more than was seen before, whatever has come since', async () => {
    const ids = await plantDays(4);
    const seen = await prepareForget(repository, keepLast(2));
    const later = await plant({ time: '2026-03-31T11:00:00Z' });
    const { plan } = await executeForget(repository, keepLast(2, { atMost: new Set(idsOf(seen)) }));
    expect(await present()).toEqual(new Set([ids[2], ids[3], later]));
    expect(sparedOf(plan)).toEqual({ [ids[2]!]: 'notInPlan' });
  });

  it('leaves what a person keeps for ever, and counts it to no share', async () => {
    const [, ...others] = await plantDays(6);
    const kept = await plant({ time: '2026-01-01T00:00:00Z', tags: [KEEP_TAG] });
    const { plan } = await executeForget(repository, keepLast(1, { unattended: {} }));
    expect(sparedOf(plan)).toMatchObject({ [kept]: 'keptForEver' });
    expect(await present()).toEqual(new Set([kept, ...others]));
    await executeForget(repository, keepLast(1));
    expect(await present()).toEqual(new Set([kept, others.at(-1)]));
    // By its own name it goes: a person has said so.
    await executeForget(repository, keepLast(1, { ids: [kept] }));
    expect(await present()).toEqual(new Set([others.at(-1)]));
  });

  it('leaves a damaged snapshot where it is and says so', async () => {
    await plantDays(3);
    const damaged = 'ef'.repeat(32);
    await storage.save('snapshot', damaged, Buffer.from('not a snapshot'));
    const { plan } = await executeForget(repository, keepLast(1));
    expect(plan.damaged.map(({ data }) => data.id)).toEqual([damaged]);
    expect(await present()).toContain(damaged);
  });

  it('does not trip over a snapshot whose time is no time', async () => {
    const ids = await plantDays(2);
    const odd = await plant({ time: 'yesterday' });
    const { plan } = await executeForget(repository, keepLast(1));
    expect(plan.damaged.map(({ data }) => data.id)).toEqual([odd]);
    expect(await present()).toEqual(new Set([ids[1], odd]));
  });

  it('waits for nobody: a repository in use is refused', async () => {
    await plantDays(3);
    const lock = await openOn(storage).lock({ exclusive: false });
    try {
      await expectNothingGone(executeForget(repository, keepLast(1)), 'repository.locked');
    } finally {
      await lock.release();
    }
  });
});

describe('forget, when things go wrong', () => {
  const fail = (code: 'storage.accessDenied' | 'storage.driveGone') => {
    const location = 'there';
    return code === 'storage.driveGone'
      ? new TidemarkError(code, { location })
      : new TidemarkError(code, { location, operation: 'remove' });
  };

  it('C10: a place that does not let one go is no reason to keep the others', async () => {
    const ids = await plantDays(5);
    const faults = new FaultStorage(storage);
    faults.plan('remove', { kind: 'fail', error: fail('storage.accessDenied') }, { name: ids[1]! });
    const refusals: string[] = [];
    const result = await executeForget(openOn(faults), keepLast(1), {
      onRefused: ({ stored }) => refusals.push(stored.id),
    });
    expect(refusals).toEqual([ids[1]]);
    expect(result.refused.map(({ error }) => error.code)).toEqual(['storage.accessDenied']);
    expect(await present()).toEqual(new Set([ids[1], ids[4]]));
    faults.assertAllReached();
  });

  it('C10: one that lets nothing go is no trouble: what stays is told, and until when', async () => {
    const ids = await plantDays(5);
    const kept = { location: 'there', keptUntil: '2027-03-04T05:06:07.000Z' };
    const faults = new FaultStorage(storage);
    const error = new TidemarkError('storage.removalRefused', kept);
    faults.plan('remove', { kind: 'fail', error }, { type: 'snapshot', times: Infinity });
    const refusals: string[] = [];
    const result = await executeForget(openOn(faults), keepLast(1), {
      onRefused: ({ stored }) => refusals.push(stored.id),
    });
    expect(new Set(result.held.map(({ id }) => id))).toEqual(new Set(ids.slice(0, 4)));
    expect([refusals, result.removed, result.refused]).toEqual([[], [], []]);
    expect(result.keptUntilMs).toBe(Date.parse(kept.keptUntil));
    expect(await present()).toEqual(new Set(ids));
  });

  it('C10: of what goes by name and stays all the same, the latest day is told', async () => {
    const ids = await plantDays(4);
    const nowMs = repository.ports.clock.nowMs();
    storage.keptUntilMs = async (_type, name) => nowMs + (name === ids[1] ? 9_000_000 : 5_000_000);
    const result = await executeForget(openOn(storage), keepLast(1));
    expect([result.removed.length, result.held.length]).toEqual([3, 0]);
    expect(result.keptUntilMs).toBe(nowMs + 9_000_000);
    // A day that has passed keeps nothing.
    storage.keptUntilMs = async () => nowMs - 1;
    await plantDays(2);
    expect((await executeForget(openOn(storage), keepLast(1))).keptUntilMs).toBeUndefined();
  });

  it('stops when the drive is gone, and has told what went', async () => {
    const ids = await plantDays(30);
    const faults = new FaultStorage(storage);
    faults.plan('remove', { kind: 'fail', error: fail('storage.driveGone') }, { name: ids[12]! });
    const gone = new Set<string>();
    const work = executeForget(openOn(faults), keepLast(1), { onRemoved: ({ id }) => gone.add(id) });
    await expect(work).rejects.toThrow(isError('storage.driveGone'));
    expect(await present()).toEqual(new Set(ids.filter((id) => !gone.has(id))));
    expect(gone.size).toBeLessThan(29);
    faults.assertAllReached();
  });

  it('A4: a cancel stops it, and what it has told is what went', async () => {
    const ids = await plantDays(30);
    const abort = new AbortController();
    const gone = new Set<string>();
    const observer = {
      onRemoved: ({ id }: { id: string }) => {
        gone.add(id);
        abort.abort();
      },
    };
    await expect(executeForget(repository, keepLast(1), observer, abort.signal)).rejects.toThrow(
      isError('job.cancelled'),
    );
    expect(gone.size).toBeGreaterThan(0);
    expect(gone.size).toBeLessThan(29);
    expect(await present()).toEqual(new Set(ids.filter((id) => !gone.has(id))));
  });

  it('A4: a cancel does not wait for a place that does not answer', async () => {
    const ids = await plantDays(3);
    const faults = new FaultStorage(storage);
    faults.plan('remove', { kind: 'stall', until: new Promise(() => undefined) }, { type: 'snapshot' });
    const abort = new AbortController();
    const observer = { onRemoved: () => abort.abort() };
    await expect(executeForget(openOn(faults), keepLast(1), observer, abort.signal)).rejects.toThrow(
      isError('job.cancelled'),
    );
    expect(await present()).toEqual(new Set([ids[0], ids[2]]));
    faults.assertAllReached();
  });

  it('removes nothing once its lock is lost', async () => {
    await plantDays(5);
    const faults = new FaultStorage(storage);
    const work = executeForget(openOn(faults), keepLast(1), {
      onPlan: () => {
        // The machine slept for an hour, and somebody removed the lock meanwhile.
        nowMs += 3_600_000;
        faults.plan(
          'stat',
          { kind: 'fail', error: new TidemarkError('storage.objectMissing', { kind: 'lock', name: '' }) },
          { type: 'lock' },
        );
      },
    });
    await expectNothingGone(work, 'repository.lockLost');
    faults.assertAllReached();
  });

  it('dies at any change: what is left is right, and the next run finishes', async () => {
    const ids = await plantDays(6);
    const everything = await Promise.all(
      ids.map(async (id) => [id, await storage.load('snapshot', id)] as const),
    );
    for (let k = 1; ; k++) {
      const place = await emptyPlace();
      for (const [id, bytes] of everything) await place.save('snapshot', id, bytes);
      const faults = new FaultStorage(place);
      faults.stopAt(k);
      const isDone = await executeForget(openOn(faults), keepLast(2)).then(
        ({ refused }) => refused.length === 0,
        () => false,
      );
      const names = (await place.list('snapshot')).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(ids.slice(4)));
      for (const { name } of await place.list('lock')) await place.remove('lock', name);
      await executeForget(openOn(place), keepLast(2));
      expect(new Set((await place.list('snapshot')).map(({ name }) => name))).toEqual(new Set(ids.slice(4)));
      if (isDone) {
        expect(k).toBeGreaterThan(5);
        return;
      }
    }
  });
});

describe('forget, when nobody watches', () => {
  const unattended = (last: number, terms: UnattendedTerms = {}, changes: Partial<ForgetRequest> = {}) =>
    keepLast(last, { unattended: terms, groupBy: ['series'], ...changes });

  it('I8: spreads what is above the share over the next runs, the oldest first', async () => {
    const ids = await plantDays(20);
    const counts: number[] = [];
    let plan: ForgetPlan;
    do {
      ({ plan } = await executeForget(repository, unattended(5)));
      counts.push(plan.remove.length);
      expect(plan.remove.map(({ id }) => id)).toEqual(
        ids.slice(0, 15).filter((id) => idsOf(plan).includes(id)),
      );
      for (const reason of Object.values(sparedOf(plan))) expect(reason).toBe('shareReached');
    } while (plan.remove.length > 0);
    expect(counts).toEqual([4, 3, 2, 2, 1, 1, 1, 1, 0]);
    expect(await present()).toEqual(new Set(ids.slice(15)));
  });

  it('I8: never the newest three, never the last clean one, nothing of a series on hold', async () => {
    const ids = await plantDays(20);
    const held = await plantDays(20, { tags: [seriesTag('held')] });
    const isClean = ({ id }: { id: string }): boolean => id === ids[0];
    const { plan } = await executeForget(
      repository,
      unattended(1, {
        isClean,
        seriesOnHold: new Set([seriesKey((await repository.snapshots.load(held[0]!)).snapshot)]),
      }),
    );
    expect(idsOf(plan)).toEqual(ids.slice(1, 5));
    const spared = sparedOf(plan);
    expect([spared[ids[0]!], spared[ids[17]!], spared[ids[18]!], spared[ids[5]!]]).toEqual([
      'lastClean',
      'newestComplete',
      'newestComplete',
      'shareReached',
    ]);
    expect(held.slice(0, 19).map((id) => spared[id])).toEqual(Array(19).fill('seriesOnHold'));
  });

  it('a filter does not make a series look smaller or newer than it is', async () => {
    const ids = await plantDays(20);
    const filter = { tags: [['old']] };
    const old = await plant({ time: '2020-01-01T00:00:00Z', tags: ['old'] });
    await plant({ time: '2020-01-02T00:00:00Z', tags: ['old'] });
    const { plan } = await executeForget(repository, unattended(1, {}, { filter }));
    expect(idsOf(plan)).toEqual([old]);
    expect([...(await present())]).toEqual(expect.arrayContaining(ids));
  });

  it('B4, F2: a point of the future is marked, kept, and expires nothing', async () => {
    const ids = await plantDays(20);
    const forged = await plant({ time: '2038-01-19T03:14:08Z' });
    const { plan } = await executeForget(repository, unattended(20, { lastSeenMs: NOW_MS }));
    expect(idsOf(plan)).toEqual([]);
    expect(sparedOf(plan)).toEqual({ [forged]: 'doubtfulTime' });
    expect(await present()).toEqual(new Set([...ids, forged]));
  });

  it('F2: a flood of points that are not ours makes no room for removing ours', async () => {
    const ids = await plantDays(10);
    await plantDays(60, { tags: ['forged'] });
    const isComplete = ({ id }: { id: SnapshotId }): boolean => ids.includes(id);
    const { plan } = await executeForget(repository, unattended(1, { isComplete }));
    expect(plan.remove).toHaveLength(2);
    const isOwnGone = ids.map((id) => idsOf(plan).includes(id));
    expect(isOwnGone.slice(7)).toEqual([false, false, false]);
  });

  it('F2: what the caller knows to be dated wrongly counts for nothing either', async () => {
    const ids = await plantDays(5);
    const backdated = await plant({ time: '2026-03-29T11:00:00Z' });
    const isDoubtful = ({ id }: { id: SnapshotId }): boolean => id === backdated;
    const { plan } = await executeForget(repository, unattended(4, { isDoubtful }));
    expect(idsOf(plan)).toEqual([ids[0]]);
    expect(sparedOf(plan)).toEqual({ [backdated]: 'doubtfulTime' });
  });

  it.each<[string, number, UnattendedTerms]>([
    ['was set back', NOW_MS - 3 * DAY_MS, {}],
    ['is behind what it was', NOW_MS, { lastSeenMs: NOW_MS + 3 * DAY_MS }],
    ['jumped to 2038', Date.UTC(2038), {}],
  ])('B4: removes nothing when the clock %s', async (_name, time, terms) => {
    await plantDays(20);
    nowMs = time;
    await expectNothingGone(executeForget(repository, unattended(5, terms)), 'retention.clockImplausible');
  });

  it('B4: the clock jumps to 2038 and back; in all that time nothing goes that should have stayed', async () => {
    const ids = await plantDays(20);
    const policy = request(
      { counts: { last: 3 }, within: { years: 0, months: 0, days: 30, hours: 0 } },
      { unattended: {}, groupBy: ['series'] },
    );
    nowMs = Date.UTC(2038, 0, 1);
    const wrong = await plant({ time: '2038-01-01T00:00:00Z' });
    await expectNothingGone(executeForget(repository, policy), 'retention.clockImplausible');
    nowMs = NOW_MS;
    await expectNothingGone(executeForget(repository, policy), 'retention.clockImplausible');
    // Somebody who has seen the clock all the time knows which of the two is wrong.
    const seen = { ...policy, unattended: { lastSeenMs: NOW_MS } };
    expect(sparedOf((await executeForget(repository, seen)).plan)).toEqual({ [wrong]: 'doubtfulTime' });
    expect(await present()).toEqual(new Set([...ids, wrong]));
  });

  it('a new folder does not keep the last points of the old set for ever', async () => {
    const tags = [seriesTag('docs')];
    const before = await plantDays(10, { tags });
    const after = await plantDays(10, { tags, paths: ['/home', '/new'] });
    let plan: ForgetPlan;
    do ({ plan } = await executeForget(repository, unattended(5)));
    while (plan.remove.length > 0);
    const left = await present();
    expect(left.size).toBe(5);
    expect([...before, ...after].filter((id) => left.has(id))).toHaveLength(5);
    expect(plan.groups.map(({ key }) => key)).toEqual([{ series: 'docs' }]);
  });
});

it('touches nothing but snapshots and its own lock', async () => {
  await plantDays(4);
  const removed: StorageFileType[] = [];
  class Watched extends FaultStorage {
    override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
      removed.push(type);
      return super.remove(type, name, signal);
    }
  }
  await executeForget(openOn(new Watched(storage)), keepLast(2));
  expect(removed).toEqual(['snapshot', 'snapshot', 'lock']);
  expect(await reopen(repository).snapshots.loadAll()).toMatchObject({ damaged: [] });
});
