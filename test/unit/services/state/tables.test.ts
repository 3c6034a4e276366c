/** Every table: what is put comes out again, exactly; what cannot be read is said and never passed over. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import {
  appendActivity,
  getActivityHead,
  listActivity,
  verifyActivity,
} from '#services/state/activity-table.ts';
import {
  listHeldRuns,
  MOST_HELD_RUNS_KEPT,
  putHeldRun,
  removeHeldRuns,
  type HeldRun,
} from '#services/state/held-runs-table.ts';
import { addJobTroubles, listJobTroubles, MOST_TROUBLES_KEPT } from '#services/state/job-troubles-table.ts';
import {
  getJob,
  listJobs,
  listLastJobs,
  listUnfinishedJobs,
  putJob,
  removeJobsEndedBefore,
} from '#services/state/jobs-table.ts';
import { migrate } from '#services/state/migrate.ts';
import { getPlace, listPlaces, putPlace, removePlace } from '#services/state/places-table.ts';
import { getPlan, listPlans, putPlan, removePlan } from '#services/state/plans-table.ts';
import { DEFAULT_WINDOW_SETTINGS } from '#contract/app/settings-calls.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import { StateDatabase } from '#services/state/state-database.ts';
import {
  listSafeVersions,
  listVersions,
  putVersions,
  removeVersions,
} from '#services/state/versions-table.ts';
import {
  ODD_NAME,
  sampleJob,
  samplePlace,
  samplePlan,
  sampleVersion,
  toJobId,
  toPlaceId,
  toPlanId,
} from '#test/support/state.ts';

let database: StateDatabase;
beforeEach(async () => {
  database = await StateDatabase.open();
  migrate(database);
});

/** As it is after the next start. */
async function reopen(): Promise<void> {
  database = await StateDatabase.open(database.export());
}

describe('plans', () => {
  test('come back exactly, names that are not UTF-8 and "keep all" included', async () => {
    putPlan(database, samplePlan());
    await reopen();
    expect(getPlan(database, toPlanId('plan-1'))).toEqual(samplePlan());
    expect(getPlan(database, toPlanId('plan-2'))).toBeUndefined();
  });

  test('names that are text stand there as text, for other eyes', () => {
    putPlan(database, samplePlan());
    const folders = database.first('SELECT folders FROM plans')?.['folders'];
    expect(folders).toBe('["/home/me/Documents","/home/me/Bücher",{"base64":"L2hvbWUvbWUv//4gASI="}]');
  });

  test('are replaced, removed, listed oldest first', () => {
    putPlan(database, samplePlan('b', { createdAtMs: 2 }));
    putPlan(database, samplePlan('a', { createdAtMs: 3 }));
    putPlan(database, samplePlan('c', { createdAtMs: 1 }));
    putPlan(database, samplePlan('b', { createdAtMs: 2, name: 'new', isOn: false }));
    removePlan(database, toPlanId('c'));
    expect(listPlans(database)).toEqual([
      samplePlan('b', { createdAtMs: 2, name: 'new', isOn: false }),
      samplePlan('a', { createdAtMs: 3 }),
    ]);
  });

  test.each([
    ['no JSON', `UPDATE plans SET schedule = '{'`, 'schedule'],
    ['a field missing', `UPDATE plans SET schedule = '{"maxAgeMs":1}'`, 'schedule.fixedTimes'],
    ['a field too many', `UPDATE plans SET commands = '{"before":[],"after":[],"during":[]}'`, 'commands'],
    ['a wrong kind', `UPDATE plans SET folders = '[1]'`, 'folders.0'],
    ['no flag', `UPDATE plans SET isOn = 2`, 'isOn'],
    ['nothing to keep', `UPDATE plans SET retention = '{"counts":{"daily":-1}}'`, 'retention'],
  ])('%s: said with table, entry and field; the other plans are not passed off as all', (_, sql, field) => {
    putPlan(database, samplePlan());
    database.run(sql);
    putPlan(database, samplePlan('plan-2'));
    expect(() => listPlans(database)).toThrow(
      expect.objectContaining({
        code: 'state.entryInvalid',
        data: { table: 'plans', entry: 'plan-1', reason: expect.stringContaining(field) },
      }),
    );
  });

  test('what would not be read back is not written', () => {
    const folders = ['/home/☂'] as unknown as ReturnType<typeof samplePlan>['folders'];
    for (const wrong of [
      { folders },
      { changedAtMs: NaN },
      { changedAtMs: 1.5 },
      { name: undefined as never },
    ]) {
      expect(() => putPlan(database, samplePlan('plan-1', wrong))).toThrow(
        expect.objectContaining({ code: 'request.invalidInput' }),
      );
    }
    expect(listPlans(database)).toEqual([]);
  });
});

describe('places', () => {
  test('come back exactly; a change keeps the versions known, removing takes them along', async () => {
    putPlace(database, samplePlace());
    putPlace(database, samplePlace('place-2', { addedAtMs: 1, address: {} }));
    putVersions(database, [sampleVersion()]);
    await reopen();
    const renamed = samplePlace('place-1', { name: 'NAS', machineKeyId: 'c'.repeat(64), repositoryId: null });
    putPlace(database, renamed);
    expect(listPlaces(database)).toEqual([samplePlace('place-2', { addedAtMs: 1, address: {} }), renamed]);
    expect(listVersions(database, toPlaceId('place-1'))).toEqual([sampleVersion()]);
    // As after a save: sql.js closes the database for that, opens it anew and must not forget that references count.
    database.export();
    removePlace(database, toPlaceId('place-1'));
    expect(getPlace(database, toPlaceId('place-1'))).toBeUndefined();
    expect(database.all('SELECT * FROM versions')).toEqual([]);
  });
});

describe('jobs', () => {
  const waiting = {
    state: 'queued',
    startedAtMs: null,
    startOffsetSec: null,
    endedAtMs: null,
    result: null,
    error: null,
  } as const;

  test('come back exactly, waiting and done', async () => {
    putJob(database, sampleJob('job-1', waiting));
    await reopen();
    expect(getJob(database, toJobId('job-1'))).toEqual(sampleJob('job-1', waiting));
    putJob(database, sampleJob());
    expect(getJob(database, toJobId('job-1'))).toEqual(sampleJob());
  });

  test('the unfinished, oldest first', () => {
    putJob(database, sampleJob('new', { ...waiting, queuedAtMs: 9 }));
    putJob(database, sampleJob('done'));
    putJob(database, sampleJob('old', { ...waiting, state: 'running', queuedAtMs: 8 }));
    expect(listUnfinishedJobs(database).map(({ id }) => id)).toEqual(['old', 'new']);
  });

  test('history newest first, page by page, of one plan', () => {
    for (let at = 0; at < 7; at++) putJob(database, sampleJob(`j${at}`, { queuedAtMs: at >> 1 }));
    putJob(database, sampleJob('other', { planId: null }));
    const all: string[] = [];
    for (let page = listJobs(database, { limit: 3 }); page.length > 0;) {
      all.push(...page.map(({ id }) => id));
      page = listJobs(database, { limit: 3, before: page.at(-1)! });
    }
    expect(all).toEqual(['other', 'j6', 'j5', 'j4', 'j3', 'j2', 'j1', 'j0']);
    const ofPlan = listJobs(database, { limit: 99, planId: toPlanId('plan-1') });
    expect(ofPlan.map(({ id }) => id)).toEqual(all.slice(1));
  });

  test('what decisions are made by: the newest of each pair and all since the last that went well, as they were asked for', () => {
    const failed = { state: 'failed', endedAtMs: 1 } as const;
    const done = { state: 'done', endedAtMs: 1, error: null } as const;
    putJob(database, sampleJob('rare', { ...done, planId: toPlanId('monthly'), queuedAtMs: 1 }));
    for (let at = 0; at < 120; at++)
      putJob(database, sampleJob(`a${at}`, { ...done, queuedAtMs: 1000 - at }));
    for (let at = 0; at < 150; at++)
      putJob(database, sampleJob(`b${at}`, { ...failed, placeId: null, queuedAtMs: at }));
    putJob(database, sampleJob('c', { ...done, placeId: toPlaceId('other') }));
    for (let at = 0; at < 150; at++)
      putJob(database, sampleJob(`d${at}`, { ...failed, placeId: toPlaceId('other'), queuedAtMs: at }));
    const ids = listLastJobs(database).map(({ id }) => String(id));
    expect(ids).toEqual([
      'rare',
      ...Array.from({ length: 100 }, (_, at) => `a${at + 20}`),
      ...Array.from({ length: 150 }, (_, at) => `b${at}`),
      'c',
      ...Array.from({ length: 150 }, (_, at) => `d${at}`),
    ]);
  });

  test('old ones go with their troubles, those that have not ended stay', () => {
    putJob(database, sampleJob('old', { endedAtMs: 10 }));
    // The newest of its outcome: decisions are made by it.
    putJob(database, sampleJob('last cancelled', { endedAtMs: 10, state: 'cancelled', queuedAtMs: 0 }));
    putJob(database, sampleJob('edge', { endedAtMs: 11 }));
    putJob(database, sampleJob('runs', { ...waiting, queuedAtMs: 1 }));
    addJobTroubles(database, toJobId('old'), [trouble('x')]);
    removeJobsEndedBefore(database, 11);
    expect(listJobs(database, { limit: 9 }).map(({ id }) => id)).toEqual(['edge', 'runs', 'last cancelled']);
    expect(database.all('SELECT * FROM jobTroubles')).toEqual([]);
  });
});

describe('held runs', () => {
  const held = (fromMs: number, toMs: number, more: Partial<HeldRun> = {}): HeldRun => ({
    planId: toPlanId('plan-1'),
    placeId: toPlaceId('place-1'),
    fromMs,
    toMs,
    reason: 'placeAway',
    ...more,
  });
  const listed = () => listHeldRuns(database, toPlanId('plan-1'), toPlaceId('place-1'));

  test('come back exactly, oldest first, of one plan and place; one that goes on stays one', async () => {
    putHeldRun(database, held(5, 6, { reason: 'offline' }));
    putHeldRun(database, held(1, 2));
    putHeldRun(database, held(1, 4));
    putHeldRun(database, held(1, 9, { placeId: toPlaceId('place-2') }));
    await reopen();
    expect(listed()).toEqual([held(1, 4), held(5, 6, { reason: 'offline' })]);
  });

  test('what ended long ago goes, and what lies ahead of now', () => {
    for (const fromMs of [1, 10, 21]) putHeldRun(database, held(fromMs, fromMs + 5));
    removeHeldRuns(database, 7, 20);
    expect(listed()).toEqual([held(10, 15)]);
  });

  test('so many and no more are kept, the newest', () => {
    for (let at = 0; at < MOST_HELD_RUNS_KEPT + 3; at++) putHeldRun(database, held(2 * at, 2 * at + 1));
    removeHeldRuns(database, 0, 1_000_000);
    expect(listed()).toHaveLength(MOST_HELD_RUNS_KEPT);
    expect(listed()[0]).toEqual(held(6, 7));
  });
});

function trouble(name: string) {
  return {
    path: textToByteString(name),
    error: { code: 'files.unreadable', data: { path: name, reason: 'EACCES' }, retry: 'afterUser' },
  } as const;
}

describe('troubles of a job', () => {
  const id = toJobId('job-1');

  test('come back in order, counted; a change of the job keeps them', async () => {
    putJob(database, sampleJob());
    addJobTroubles(database, id, [trouble('b'), { ...trouble('odd'), path: ODD_NAME }]);
    addJobTroubles(database, id, [trouble('a')]);
    await reopen();
    expect(getJob(database, id)?.troubleCount).toBe(3);
    putJob(database, sampleJob('job-1', { state: 'doneExcept', troubleCount: 3 }));
    expect(listJobTroubles(database, id)).toEqual([
      trouble('b'),
      { ...trouble('odd'), path: ODD_NAME },
      trouble('a'),
    ]);
  });

  test('so many and no more are kept, all are counted', () => {
    putJob(database, sampleJob());
    addJobTroubles(database, id, [trouble('first')]);
    addJobTroubles(
      database,
      id,
      Array.from({ length: MOST_TROUBLES_KEPT }, (_, at) => trouble(`${at}`)),
    );
    addJobTroubles(database, id, [trouble('last')]);
    const kept = listJobTroubles(database, id);
    expect([kept.length, kept[0]?.path, kept.at(-1)?.path]).toEqual([
      MOST_TROUBLES_KEPT,
      'first',
      `${MOST_TROUBLES_KEPT - 2}`,
    ]);
    expect(getJob(database, id)?.troubleCount).toBe(MOST_TROUBLES_KEPT + 2);
  });

  test('of a job that is not there are a mistake', () => {
    expect(() => addJobTroubles(database, id, [trouble('a')])).toThrow(
      expect.objectContaining({ code: 'internal.invariantBroken' }),
    );
  });
});

describe('versions', () => {
  beforeEach(() => {
    for (const name of ['place-1', 'place-2']) putPlace(database, samplePlace(name));
  });

  test('come back exactly, newest first, place by place', async () => {
    const older = sampleVersion('older', { timeMs: 1, planId: null, isComplete: false, confirmedAtMs: null });
    const elsewhere = sampleVersion('snapshot-1', { placeId: toPlaceId('place-2'), hostname: 'nas' });
    putVersions(database, [older, sampleVersion(), elsewhere]);
    await reopen();
    expect(listVersions(database, toPlaceId('place-1'))).toEqual([sampleVersion(), older]);
    expect(listVersions(database, toPlaceId('place-2'))).toEqual([elsewhere]);
    putVersions(database, [sampleVersion('older', { timeMs: 1 })]);
    removeVersions(database, toPlaceId('place-1'), ['snapshot-1', 'not there']);
    expect(listVersions(database, toPlaceId('place-1'))).toEqual([sampleVersion('older', { timeMs: 1 })]);
    expect(listVersions(database, toPlaceId('place-2'))).toHaveLength(1);
  });

  test('only what is complete, confirmed and of the plan counts as safe', () => {
    putVersions(database, [
      sampleVersion('safe-old', { timeMs: 1 }),
      sampleVersion('safe', { timeMs: 2 }),
      sampleVersion('incomplete', { timeMs: 3, isComplete: false }),
      sampleVersion('unconfirmed', { timeMs: 4, confirmedAtMs: null }),
      sampleVersion('other plan', { timeMs: 5, planId: toPlanId('plan-2') }),
      sampleVersion('elsewhere', { timeMs: 6, placeId: toPlaceId('place-2') }),
    ]);
    const [newest] = listSafeVersions(database, toPlaceId('place-1'), toPlanId('plan-1'), 1);
    expect(newest?.snapshotId).toBe('safe');
    expect(listSafeVersions(database, toPlaceId('place-2'), toPlanId('plan-2'), 1)).toEqual([]);
  });
});

describe('settings', () => {
  test('come back; null is a value, absent is none', async () => {
    expect(getSetting(database, 'pause')).toBeUndefined();
    putSetting(database, 'pause', null);
    putSetting(database, 'installationId', 'first');
    putSetting(database, 'installationId', 'second');
    await reopen();
    expect(getSetting(database, 'pause')).toBeNull();
    expect(getSetting(database, 'installationId')).toBe('second');
    expect(getSetting(database, 'lastSeenTimeMs')).toBeUndefined();
  });

  test('of the window that are younger than what was kept are as they are at first', () => {
    const { accent, ...older } = { ...DEFAULT_WINDOW_SETTINGS, theme: 'dark' };
    database.run(`INSERT INTO settings VALUES ('window', '${JSON.stringify(older)}')`);
    expect(getSetting(database, 'window')).toEqual({ ...older, accent });
  });

  test('of a wrong kind are neither written nor read', () => {
    expect(() => putSetting(database, 'installationId', '')).toThrow(
      expect.objectContaining({ code: 'request.invalidInput' }),
    );
    database.run(`INSERT INTO settings VALUES ('lastSeenTimeMs', '"soon"')`);
    expect(() => getSetting(database, 'lastSeenTimeMs')).toThrow(
      expect.objectContaining({ code: 'state.entryInvalid' }),
    );
  });
});

describe('activity', () => {
  function append(count: number): void {
    const from = getActivityHead(database).number;
    for (let at = 1; at <= count; at++)
      appendActivity(database, { atMs: at, kind: 'planChanged', data: { at: from + at, name: 'é"' } });
  }

  /** What somebody does who may write the file. */
  function tamper(sql: string): void {
    database.runScript(`DROP TRIGGER activityIsNotChanged; DROP TRIGGER activityIsNotRemoved; ${sql}`);
  }

  test('an empty log is intact; entries come back newest first, page by page', async () => {
    expect(verifyActivity(database)).toEqual({ kind: 'intact', head: { number: 0, hash: '0'.repeat(64) } });
    append(5);
    await reopen();
    expect(listActivity(database, 2).map(({ number }) => number)).toEqual([5, 4]);
    expect(listActivity(database, 9, 4)).toEqual(
      [3, 2, 1].map((number) => ({
        number,
        atMs: number,
        kind: 'planChanged',
        data: { at: number, name: 'é"' },
      })),
    );
    expect(verifyActivity(database)).toEqual({ kind: 'intact', head: getActivityHead(database) });
  });

  test('the hash is what the page about the state says', () => {
    append(1);
    const text = `["${'0'.repeat(64)}",1,1,"planChanged","{\\"at\\":1,\\"name\\":\\"é\\\\\\"\\"}"]`;
    expect(getActivityHead(database).hash).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  });

  test('our own code can neither change nor remove entries', () => {
    append(2);
    for (const sql of [
      `UPDATE activity SET kind = 'x'`,
      'DELETE FROM activity',
      'DELETE FROM activity WHERE number = 2',
    ])
      expect(() => database.run(sql)).toThrow(expect.objectContaining({ code: 'internal.invariantBroken' }));
    expect(listActivity(database, 9)).toHaveLength(2);
  });

  test.each([
    ['a changed text', `UPDATE activity SET data = '{}' WHERE number = 3`, 3, 'changed'],
    ['a changed time', `UPDATE activity SET atMs = 99 WHERE number = 3`, 3, 'changed'],
    ['a changed kind', `UPDATE activity SET kind = 'x' WHERE number = 1`, 1, 'changed'],
    ['a changed hash', `UPDATE activity SET hash = '${'f'.repeat(64)}' WHERE number = 5`, 5, 'changed'],
    ['an entry taken out', 'DELETE FROM activity WHERE number = 2', 2, 'missing'],
    ['the beginning cut off', 'DELETE FROM activity WHERE number < 3', 1, 'missing'],
    [
      'an entry taken out and the rest moved up',
      'DELETE FROM activity WHERE number = 2; UPDATE activity SET number = number - 1 WHERE number > 2',
      2,
      'changed',
    ],
  ] as const)('%s: the first broken link is found', (_, sql, number, reason) => {
    append(5);
    tamper(sql);
    expect(verifyActivity(database)).toEqual({ kind: 'broken', number, reason });
  });

  test('an entry forged with a hash of its own breaks the next link; the last one shows against a known head', async () => {
    append(5);
    const known = getActivityHead(database);
    const forger = await StateDatabase.open();
    migrate(forger);
    for (let at = 1; at <= 5; at++) appendActivity(forger, { atMs: at, kind: 'forged', data: null });
    const forged = forger.first('SELECT * FROM activity WHERE number = 3')!;
    tamper('DELETE FROM activity WHERE number = 3');
    database.run('INSERT INTO activity VALUES (:number, :atMs, :kind, :data, :previousHash, :hash)', forged);
    expect(verifyActivity(database)).toEqual({ kind: 'broken', number: 3, reason: 'notLinked' });
    expect(verifyActivity(forger).kind).toBe('intact');
    expect(verifyActivity(forger, known)).toEqual({ kind: 'broken', number: 5, reason: 'changed' });
  });

  test('a cut end shows against a known head only', () => {
    append(5);
    const known = getActivityHead(database);
    tamper('DELETE FROM activity WHERE number > 3');
    expect(verifyActivity(database).kind).toBe('intact');
    expect(verifyActivity(database, known)).toEqual({ kind: 'broken', number: 4, reason: 'missing' });
  });

  test('a long log is verified to its end', () => {
    database.inTransaction(() => append(2_500));
    expect(verifyActivity(database)).toMatchObject({ kind: 'intact', head: { number: 2_500 } });
    tamper(`UPDATE activity SET atMs = 1000000 WHERE number = 2500`);
    expect(verifyActivity(database)).toEqual({ kind: 'broken', number: 2_500, reason: 'changed' });
  });
});
