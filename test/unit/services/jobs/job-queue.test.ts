/** The queue over a real state file: order, one writer per place, rest, cancel, and what a crash leaves. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { jobRequest, type JobRequest } from '#contract/app/job-values.ts';
import { BY_PERSON, JobQueue, type JobQueueParts } from '#services/jobs/job-queue.ts';
import type { JobOutcome, JobRun } from '#services/jobs/job-work.ts';
import { placeOf } from '#services/jobs/may-run-beside.ts';
import { listJobTroubles } from '#services/state/job-troubles-table.ts';
import { getJob, listJobs, putJob, type Job } from '#services/state/jobs-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { FailingStateDisk } from '#test/support/failing-state-disk.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import {
  makeProfileFolder,
  openState,
  sampleJob,
  toJobId,
  toPlaceId,
  toPlanId,
} from '#test/support/state.ts';
import { rmSync } from 'node:fs';

const JOB_KINDS = jobRequest.options.map(({ shape }) => shape.kind.value);

interface Started {
  readonly request: JobRequest;
  readonly run: JobRun;
  finish(outcome?: Partial<JobOutcome>): void;
  fail(error: unknown): void;
}

let folder: string;
let state: StateFile;
let queue: JobQueue;
let started: Started[];
let ended: Job[];
let unexpected: unknown[];
let lastId: number;
/** What is stopped tells what it has done. */
let isTellingCut: boolean;

/** Stops when told to, as real work does. */
function work(request: JobRequest, run: JobRun): Promise<JobOutcome> {
  return new Promise((resolve, reject) => {
    started.push({
      request,
      run,
      finish: (outcome) => resolve({ hasExceptions: false, result: null, ...outcome }),
      fail: reject,
    });
    run.signal.addEventListener('abort', () => {
      if (!isTellingCut) reject(new TidemarkError('job.cancelled', {}));
    });
  });
}

function makeQueue(onlyAsked = false, isBetterLater?: JobQueueParts['isBetterLater']): JobQueue {
  const works = Object.fromEntries(JOB_KINDS.map((kind) => [kind, work]));
  return new JobQueue({
    state,
    clock: new FakeClock({ startMs: 1_800_000_000_000 }),
    zone: () => 'Europe/Berlin',
    newJobId: () => toJobId(`new-${++lastId}`),
    works: works as never,
    onlyAsked,
    ...(isBetterLater === undefined ? {} : { isBetterLater }),
    onChange: () => undefined,
    onEnded: (job) => ended.push(job),
    onUnexpected: (error) => unexpected.push(error),
  });
}

beforeEach(async () => {
  folder = makeProfileFolder();
  state = await openState(folder);
  [started, ended, unexpected, lastId, isTellingCut] = [[], [], [], 0, false];
  queue = makeQueue();
  await queue.open();
});
afterEach(async () => {
  await queue.close();
  await state.close();
  expect(unexpected).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

const backup = (plan: string, place: string): JobRequest => ({
  kind: 'backup',
  planId: toPlanId(plan),
  placeId: toPlaceId(place),
});
const verify = (place: string): JobRequest => ({
  kind: 'verify',
  placeId: toPlaceId(place),
  part: 1,
  of: 30,
});
const restore = (place: string): JobRequest => ({
  kind: 'restore',
  placeId: toPlaceId(place),
  snapshotId: 'a'.repeat(64),
  paths: [textToByteString('/a')],
  target: null,
  rule: 'keep-both',
});
const stored = (id: string): Job | undefined => state.read((reader) => getJob(reader, toJobId(id)));
const kinds = (): string[] => started.map(({ request }) => request.kind);
const settled = (): Promise<void> => expect.poll(() => state.read(() => 1)).toBe(1);

test('a job is stored before anybody hears of it, and its end before anybody acts on it', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  expect(stored(id)).toMatchObject({ state: 'running', startOffsetSec: 3600 });
  started[0]!.finish({ result: { files: 3 } });
  expect(await queue.wait(id)).toMatchObject({ state: 'done', result: { files: 3 } });
  expect(stored(id)).toMatchObject({ state: 'done' });
  expect(ended).toHaveLength(1);
});

test('one writer per place, other places beside it; a restore beside a backup, nothing beside a verification', async () => {
  await queue.add(backup('p', 'a'), 'schedule');
  await queue.add(backup('q', 'a'), 'schedule');
  await queue.add(backup('p', 'b'), 'schedule');
  await expect.poll(() => started).toHaveLength(2);
  await queue.add(restore('a'), 'person');
  await expect.poll(kinds).toEqual(['backup', 'backup', 'restore']);
  expect(started.map(({ request }) => 'placeId' in request && request.placeId)).toEqual(['a', 'b', 'a']);
  for (const job of started.splice(0)) job.finish();
  await expect.poll(() => started).toHaveLength(1);
  await queue.add(verify('a'), 'upkeep');
  await settled();
  expect(started).toHaveLength(1);
  started.splice(0)[0]!.finish();
  await expect.poll(kinds).toEqual(['verify']);
  await queue.add(restore('a'), 'person');
  await settled();
  expect(kinds()).toEqual(['verify']);
});

test('what is better begun after one that runs waits for it, no longer than it is better', async () => {
  let isBetter = true;
  await queue.close();
  queue = makeQueue(
    false,
    (job, _since, running) => isBetter && placeOf(job) === 'b' && placeOf(running) === 'a',
  );
  await queue.open();
  for (const place of ['a', 'b', 'c']) await queue.add(backup('p', place), 'schedule');
  const places = () => started.map(({ request }) => placeOf(request));
  await expect.poll(places).toEqual(['a', 'c']);
  isBetter = false;
  queue.look();
  await expect.poll(places).toEqual(['a', 'c', 'b']);
});

test('what the person asked for goes first, getting back before all', async () => {
  await queue.add(verify('a'), 'upkeep');
  await expect.poll(() => started).toHaveLength(1);
  await queue.add(backup('p', 'a'), 'schedule');
  await queue.add(backup('q', 'a'), 'person');
  await queue.add(restore('a'), 'person');
  for (const expected of ['verify', 'restore', 'backup', 'backup']) {
    await expect.poll(() => started.length).toBeGreaterThan(0);
    expect(started[0]!.request.kind).toBe(expected);
    started.shift()!.finish();
  }
  expect(ended.filter(({ kind }) => kind === 'backup').map(({ planId }) => planId)).toEqual(['q']);
  await expect
    .poll(() => ended.filter(({ kind }) => kind === 'backup').map(({ planId }) => planId))
    .toEqual(['q', 'p']);
});

test('the same work is not added twice; a person’s wish makes it the person’s', async () => {
  const first = await queue.add(backup('p', 'a'), 'schedule');
  expect(await queue.add(backup('p', 'a'), 'watcher')).toBe(first);
  expect(stored(first)?.startedBy).toBe('schedule');
  expect(await queue.add(backup('p', 'a'), 'person')).toBe(first);
  expect(stored(first)?.startedBy).toBe('person');
  const again = await queue.add(restore('a'), 'person');
  expect(await queue.add(restore('a'), 'person')).not.toBe(again);
});

test('what a person has chosen each time anew is never taken for the same work', async () => {
  const choices: JobRequest[] = [
    { kind: 'label', placeId: toPlaceId('a'), snapshotId: '1'.repeat(64), keepForEver: true, label: 'one' },
    { kind: 'label', placeId: toPlaceId('a'), snapshotId: '2'.repeat(64), keepForEver: true, label: 'two' },
    { kind: 'erase', placeId: toPlaceId('a'), series: 's', paths: [textToByteString('/one')] },
    { kind: 'erase', placeId: toPlaceId('a'), series: 's', paths: [textToByteString('/two')] },
    ...['/one.zip', '/two.zip'].map((target) => ({
      kind: 'export' as const,
      placeId: toPlaceId('a'),
      from: [{ snapshotId: '1'.repeat(64), paths: [] }],
      target: textToByteString(target),
    })),
  ];
  const ids = new Set<string>();
  for (const choice of choices) ids.add(await queue.add(choice, 'person'));
  expect(ids.size).toBe(choices.length);
});

test('cancelled while it waits and while it runs', async () => {
  const running = await queue.add(backup('p', 'a'), 'schedule');
  const waiting = await queue.add(backup('q', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  await queue.cancel(waiting);
  expect(stored(waiting)).toMatchObject({ state: 'cancelled' });
  await queue.cancel(running);
  expect(await queue.wait(running)).toMatchObject({ state: 'cancelled', error: null });
  await expect(queue.cancel(running)).rejects.toMatchObject({ code: 'request.notFound' });
});

test('a full disk of the profile holds no job up, and leaves none behind that nobody knows of', async () => {
  await queue.close();
  await state.close();
  const disk = new FailingStateDisk(folder);
  state = await openState(folder, { disk });
  queue = makeQueue();
  disk.failures = Infinity;
  await queue.open();
  for (let look = 0; look < 3; look++) {
    const id = await queue.add(backup('p', 'a'), 'schedule');
    await expect.poll(() => started).toHaveLength(look + 1);
    started[look]!.finish();
    expect(await queue.wait(id)).toMatchObject({ state: 'done' });
  }
  expect(state.isUnsaved).toBe(true);
  disk.failures = 0;
  await state.flush();
  expect(state.read((reader) => listJobs(reader, { limit: 9 })).map((job) => job.state)).toEqual([
    'done',
    'done',
    'done',
  ]);
});

test('opening what is all right writes nothing', async () => {
  await queue.close();
  await state.close();
  const disk = new FailingStateDisk(folder);
  state = await openState(folder, { disk });
  queue = makeQueue();
  await queue.open();
  expect(disk.writes).toBe(0);
});

test('rests and goes on; only what rests can go on', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  await queue.rest(id, 'onBattery');
  await expect.poll(() => stored(id)?.state).toBe('paused');
  expect(queue.active()).toMatchObject([{ row: { wait: 'onBattery' } }]);
  await queue.resume(id);
  await expect.poll(() => started).toHaveLength(2);
  await queue.resume(id);
  started[1]!.finish();
  expect(await queue.wait(id)).toMatchObject({ state: 'done' });
});

test.each([
  ['cancelled', 'cancelled', null],
  ['at rest', 'paused', null],
  ['closing', 'queued', null],
  ['on a full disk', 'failed', 'files.noSpace'],
] as const)('cut short %s: what was done until then is its result', async (how, expected, code) => {
  const id = await queue.add(restore('a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  const result = { filesRestored: 12 };
  const { run, finish } = started[0]!;
  const cut = new TidemarkError(code ?? 'job.cancelled', { path: '/a' } as never);
  isTellingCut = true;
  run.signal.addEventListener('abort', () => finish({ result, cut }));
  if (how === 'cancelled') await queue.cancel(id);
  if (how === 'at rest') await queue.rest(id, BY_PERSON);
  if (how === 'closing') await queue.close();
  if (code !== null) finish({ result, cut });
  await expect.poll(() => stored(id)?.state).toBe(expected);
  expect(stored(id)).toMatchObject({ result, error: code === null ? null : { code } });
});

test('stopped before its next run has done anything: it keeps what the run before has done', async () => {
  const id = await queue.add(restore('a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  isTellingCut = true;
  started[0]!.run.signal.addEventListener('abort', () =>
    started[0]!.finish({ result: { filesRestored: 12 }, cut: new TidemarkError('job.cancelled', {}) }),
  );
  await queue.rest(id, BY_PERSON);
  await expect.poll(() => stored(id)?.state).toBe('paused');
  isTellingCut = false;
  await queue.resume(id);
  await expect.poll(() => started).toHaveLength(2);
  await queue.cancel(id);
  expect(await queue.wait(id)).toMatchObject({ state: 'cancelled', result: { filesRestored: 12 } });
});

test('an error is kept with its advice; one that is none of ours is told as such', async () => {
  const first = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  started[0]!.fail(
    new TidemarkError('storage.full', { location: '/a', outOfInodes: false }, { retry: 'later' }),
  );
  expect(await queue.wait(first)).toMatchObject({
    state: 'failed',
    error: { code: 'storage.full', retry: 'later' },
  });
  const second = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(2);
  started[1]!.fail(new RangeError('odd'));
  expect(await queue.wait(second)).toMatchObject({ error: { code: 'internal.invariantBroken' } });
  expect(unexpected.splice(0)).toHaveLength(1);
});

test('files that had trouble are kept with the job', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  const error = new TidemarkError('files.unreadable', { path: '/x', reason: 'no' }).toWire();
  for (let n = 0; n < 5; n++) started[0]!.run.trouble(textToByteString(`/x${n}`), error);
  started[0]!.finish({ hasExceptions: true });
  expect(await queue.wait(id)).toMatchObject({ state: 'doneExcept', troubleCount: 5 });
  expect(stored(id)).toMatchObject({ troubleCount: 5 });
  expect(state.read((reader) => listJobTroubles(reader, id))).toHaveLength(5);
});

test('the engine process dies: interrupted, taken up again at once, but not a second time', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  for (const round of [0, 1]) {
    await expect.poll(() => started).toHaveLength(round + 1);
    started[round]!.fail(new TidemarkError('internal.connectionLost', {}));
  }
  await expect.poll(() => ended).toHaveLength(2);
  expect(stored(id)?.state).toBe('interrupted');
  expect(ended.map(({ state: how, startedBy }) => [how, startedBy])).toEqual([
    ['interrupted', 'schedule'],
    ['interrupted', 'retry'],
  ]);
  await settled();
  expect(started).toHaveLength(2);
});

test('the engine process dies under a restore: the same job goes on, but not a second time', async () => {
  const id = await queue.add(restore('a'), 'person');
  for (const round of [0, 1]) {
    await expect.poll(() => started).toHaveLength(round + 1);
    expect(started[round]!.run.id).toBe(id);
    started[round]!.fail(new TidemarkError('internal.connectionLost', {}));
  }
  expect(await queue.wait(id)).toMatchObject({ state: 'interrupted', startedBy: 'retry' });
  await settled();
  expect(started).toHaveLength(2);
});

test('the engine process dies while a restore is to rest: it rests, and goes on when told to', async () => {
  const id = await queue.add(restore('a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  isTellingCut = true;
  await queue.rest(id, BY_PERSON);
  started[0]!.fail(new TidemarkError('internal.connectionLost', {}));
  await expect.poll(() => stored(id)?.state).toBe('paused');
  isTellingCut = false;
  await queue.resume(id);
  await expect.poll(() => started).toHaveLength(2);
});

test('a restore that rests keeps no backup of its place waiting', async () => {
  const id = await queue.add(restore('a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  await queue.rest(id, BY_PERSON);
  await expect.poll(() => stored(id)?.state).toBe('paused');
  await queue.add(backup('p', 'a'), 'schedule');
  await queue.add(verify('b'), 'upkeep');
  await expect.poll(kinds).toEqual(['restore', 'backup', 'verify']);
  // It may go on beside them.
  await queue.resume(id);
  await expect.poll(kinds).toEqual(['restore', 'backup', 'verify', 'restore']);
});

test('done anew after a rest: troubles are those of the new run', async () => {
  const id = await queue.add(restore('a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  const error = new TidemarkError('files.unreadable', { path: '/x', reason: 'no' }).toWire();
  for (const name of ['/x', '/y']) started[0]!.run.trouble(textToByteString(name), error);
  await settled();
  await queue.rest(id, BY_PERSON);
  await expect.poll(() => stored(id)?.state).toBe('paused');
  expect(stored(id)?.troubleCount).toBe(2);
  await queue.resume(id);
  await expect.poll(() => started).toHaveLength(2);
  started[1]!.run.trouble(textToByteString('/y'), error);
  started[1]!.finish({ hasExceptions: true });
  expect(await queue.wait(id)).toMatchObject({ troubleCount: 1 });
  expect(state.read((reader) => listJobTroubles(reader, id)).map(({ path }) => path)).toEqual(['/y']);
});

test('closing lets a running job stop and wait for the next start', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  await queue.close();
  expect(stored(id)).toMatchObject({ state: 'queued', endedAtMs: null });
  queue = makeQueue();
  await queue.open();
  await expect.poll(() => started).toHaveLength(2);
});

test('after a crash: what ran is interrupted and queued anew, what waited waits, what rested rests', async () => {
  await queue.close();
  const request = { kind: 'backup', planId: 'p', placeId: 'a' };
  const open = { endedAtMs: null, error: null, result: null, isAhead: false, wait: null };
  await state.commit((writer) => {
    putJob(writer, sampleJob('ran', { ...open, state: 'running', request }));
    putJob(writer, sampleJob('ran again', { ...open, state: 'running', request, startedBy: 'retry' }));
    putJob(writer, sampleJob('waited', { ...open, state: 'queued', request: { ...request, planId: 'q' } }));
    putJob(writer, sampleJob('rested', { ...open, state: 'paused', request: { ...request, planId: 'r' } }));
  });
  queue = makeQueue();
  await queue.open();
  expect(stored('ran')).toMatchObject({ state: 'interrupted', error: { code: 'job.interrupted' } });
  expect(stored('ran again')).toMatchObject({ state: 'interrupted' });
  expect(queue.active().map(({ row }) => [row.id, row.startedBy])).toEqual([
    ['rested', 'schedule'],
    ['waited', 'schedule'],
    ['new-1', 'retry'],
  ]);
});

test.each([backup('p', 'a'), restore('a')])(
  '$kind at rest by a person: still so after a restart',
  async (request) => {
    const id = await queue.add(request, 'schedule');
    await expect.poll(() => started).toHaveLength(1);
    await queue.rest(id, BY_PERSON);
    await queue.close();
    queue = makeQueue();
    await queue.open();
    expect(queue.active()).toMatchObject([{ row: { id, state: 'paused', wait: BY_PERSON } }]);
    await queue.resume(id);
    await expect.poll(() => started).toHaveLength(2);
    expect(stored(id)).toMatchObject({ state: 'running', wait: null });
  },
);

test('the person’s rest is not a condition’s, whichever comes first', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  await queue.rest(id, 'onBattery');
  await expect.poll(() => stored(id)?.state).toBe('paused');
  await queue.rest(id, BY_PERSON);
  expect(stored(id)).toMatchObject({ state: 'paused', wait: BY_PERSON });
  await queue.rest(id, 'onBattery');
  expect(stored(id)).toMatchObject({ state: 'paused', wait: BY_PERSON });
});

test('killed before it has come to rest: it rests', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  isTellingCut = true;
  await queue.rest(id, BY_PERSON);
  const killed = stored(id)!;
  expect(killed).toMatchObject({ state: 'running', wait: BY_PERSON });
  started[0]!.fail(new TidemarkError('job.cancelled', {}));
  await queue.close();
  await state.commit((writer) => putJob(writer, killed));
  isTellingCut = false;
  queue = makeQueue();
  await queue.open();
  expect(queue.active()).toMatchObject([{ row: { id, state: 'paused', wait: BY_PERSON } }]);
  expect(started).toHaveLength(1);
});

test('told to go on before it has come to rest: it goes on', async () => {
  const id = await queue.add(backup('p', 'a'), 'schedule');
  await expect.poll(() => started).toHaveLength(1);
  isTellingCut = true;
  await queue.rest(id, BY_PERSON);
  await queue.resume(id);
  expect(stored(id)).toMatchObject({ state: 'running', wait: null });
  isTellingCut = false;
  started[0]!.fail(new TidemarkError('job.cancelled', {}));
  await expect.poll(() => started).toHaveLength(2);
});

test('after a crash a restore goes on as the same job, with what it has told, but not a second time', async () => {
  await queue.close();
  const result = { filesRestored: 12 };
  const ran = {
    kind: 'restore',
    planId: null,
    state: 'running',
    request: jobRequest.encode(restore('a')) as Job['request'],
    result,
    endedAtMs: null,
    error: null,
    isAhead: false,
  } as const;
  await state.commit((writer) => {
    putJob(writer, sampleJob('ran', ran));
    putJob(writer, sampleJob('ran again', { ...ran, startedBy: 'retry' }));
  });
  queue = makeQueue();
  await queue.open();
  expect(stored('ran again')).toMatchObject({ state: 'interrupted', result });
  await expect.poll(() => started).toHaveLength(1);
  expect(started[0]!.run.id).toBe('ran');
  expect(stored('ran')).toMatchObject({ startedBy: 'retry', result });
});

test('a core for one command runs what a person asks for, and leaves the rest for the next start', async () => {
  await queue.close();
  queue = makeQueue(true);
  await queue.open();
  const byItself = await queue.add(backup('p', 'a'), 'schedule');
  await queue.add(verify('b'), 'upkeep');
  const asked = await queue.add(backup('q', 'a'), 'person');
  await expect.poll(() => started).toHaveLength(1);
  started.splice(0)[0]!.finish();
  expect(await queue.wait(asked)).toMatchObject({ state: 'done' });
  // What waits becomes the person's by being asked for.
  expect(await queue.add(backup('p', 'a'), 'person')).toBe(byItself);
  await expect.poll(() => started).toHaveLength(1);
  started.splice(0)[0]!.finish();
  await queue.wait(byItself);
  await queue.close();
  queue = makeQueue();
  await queue.open();
  await expect.poll(kinds).toEqual(['verify']);
});

test('what was got ready for a window that is gone is not taken up again, whether it ran or waited', async () => {
  const from = [{ snapshotId: 'a'.repeat(64), paths: [textToByteString('/a')] }];
  const request: JobRequest = { kind: 'handOut', placeId: toPlaceId('p'), from, zipName: null };
  const ids = [await queue.add(request, 'person'), await queue.add(request, 'person')];
  await queue.add({ kind: 'cleanUp', placeId: toPlaceId('p') }, 'upkeep');
  await queue.close();
  queue = makeQueue();
  started = [];
  await queue.open();
  await expect.poll(kinds).toEqual(['cleanUp']);
  for (const id of ids)
    expect(state.read((reader) => getJob(reader, id))).toMatchObject({
      state: 'interrupted',
      error: { code: 'job.interrupted' },
    });
});

test('nor after its engine has died', async () => {
  const from = [{ snapshotId: 'a'.repeat(64), paths: [textToByteString('/a')] }];
  const id = await queue.add({ kind: 'handOut', placeId: toPlaceId('p'), from, zipName: null }, 'person');
  await expect.poll(() => started).toHaveLength(1);
  started[0]?.fail(new TidemarkError('internal.connectionLost', {}));
  expect(await queue.wait(id)).toMatchObject({ state: 'interrupted' });
  expect(started).toHaveLength(1);
  expect(queue.active()).toEqual([]);
});
