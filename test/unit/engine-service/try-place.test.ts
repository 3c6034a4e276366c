/** A trial that goes wrong: what is said, and that nothing of it stays. Real servers are in test/interop/places. */
import { beforeEach, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { tryPlace } from '#engine-service/try-place.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

let memory: MemoryStorage;
let faults: FaultStorage;
let clock: FakeClock;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  faults = new FaultStorage(memory);
  clock = new FakeClock();
});

const run = (signal = new AbortController().signal) =>
  tryPlace(faults, { clock, primitives: nodePrimitives, mayWrite: true }, signal);

/** Until nothing goes on but waiting. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const worked = { kind: 'worked' };
const failedWith = (code: string) => ({ kind: 'failed', error: expect.objectContaining({ code }) });
const refused = (keptUntil: string | null) =>
  new TidemarkError('storage.removalRefused', { location: 'x', keptUntil }, { retry: 'afterUser' });
const full = new TidemarkError('storage.full', { location: 'x', outOfInodes: false });

test('all is well', async () => {
  expect(await run()).toMatchObject({
    lists: worked,
    writes: worked,
    readsBack: worked,
    removes: worked,
    keeping: { kind: 'nothing' },
    upload: { bytes: 4 << 20, isSlower: false },
    download: { bytes: 4 << 20, isSlower: false },
    clockAheadMs: null,
    left: null,
  });
  expect(memory.files.size).toBe(0);
});

test('where nothing can be written, nothing else is tried', async () => {
  faults.plan('save', { kind: 'fail', error: full });
  expect(await run()).toMatchObject({
    writes: failedWith('storage.full'),
    readsBack: { kind: 'notTried' },
    removes: { kind: 'notTried' },
    upload: null,
    left: null,
  });
  expect(memory.files.size).toBe(0);
});

test('an answer that got lost after the file was written: it is taken away all the same', async () => {
  faults.plan('save', { kind: 'failAfter', error: full });
  expect(await run()).toMatchObject({ writes: failedWith('storage.full'), left: null });
  expect(memory.files.size).toBe(0);
});

test('a place that gives back something else, or shows nothing of it in its list', async () => {
  faults.plan('load', { kind: 'truncate', bytes: 1000 });
  expect(await run()).toMatchObject({ readsBack: failedWith('storage.notKept'), removes: worked });
  faults.plan('list', { kind: 'stale', isMissing: () => true }, { type: 'trial' });
  expect(await run()).toMatchObject({ lists: failedWith('storage.notKept'), removes: worked });
  expect(memory.files.size).toBe(0);
});

test('a place that says it removes and does not: what stays is told', async () => {
  faults.plan('remove', { kind: 'lie' }, { skip: 1, times: 1 });
  expect(await run()).toMatchObject({
    removes: failedWith('storage.ioFailed'),
    keeping: { kind: 'unknown' },
    upload: null,
    left: { files: 1, bytes: 1024, untilMs: null },
  });
  expect([...memory.files.keys()]).toEqual([expect.stringMatching(/^\.tmp-0-[0-9a-f]{12}$/)]);
});

test('where nothing goes, nothing is written; what is there is read', async () => {
  faults.plan('remove', { kind: 'fail', error: refused(null) }, { times: Infinity });
  const before = faults.changeCount;
  const kept = {
    writes: { kind: 'notTried' },
    lists: worked,
    removes: failedWith('storage.removalRefused'),
    keeping: { kind: 'everything', untilMs: null },
    upload: null,
    left: null,
  };
  expect(await run()).toMatchObject({ ...kept, readsBack: { kind: 'notTried' } });
  // The one removal that was refused.
  expect(faults.changeCount).toBe(before + 1);
  expect(memory.files.size).toBe(0);
  await memory.save('config', 'config', new Uint8Array(9));
  expect(await run()).toMatchObject({ ...kept, readsBack: worked });
  expect(memory.files.size).toBe(1);
});

test('a refusal that shows only when something is there, with its day', async () => {
  const keptUntil = '2027-01-02T03:04:05.000Z';
  faults.plan('remove', { kind: 'fail', error: refused(keptUntil) }, { skip: 1 });
  expect(await run()).toMatchObject({
    removes: failedWith('storage.removalRefused'),
    keeping: { kind: 'everything', untilMs: Date.parse(keptUntil) },
    upload: null,
    left: { files: 1, bytes: 1024, untilMs: Date.parse(keptUntil) },
  });
});

test('too slow for the smallest measurement: no more than so much, and nothing stays', async () => {
  faults.plan('save', { kind: 'stall', until: new Promise(() => undefined) }, { skip: 1 });
  const trial = run();
  await settle();
  await clock.advance(4_000);
  expect(await trial).toMatchObject({
    writes: worked,
    removes: worked,
    upload: { bytes: 256 << 10, ms: 4_000, isSlower: true },
    download: null,
    left: null,
  });
  expect(memory.files.size).toBe(0);
});

test('a place that hangs: the step fails, the rest is not waited for', async () => {
  faults.plan('load', { kind: 'stall', until: new Promise(() => undefined) });
  const trial = run();
  await settle();
  await clock.advance(30_000);
  expect(await trial).toMatchObject({ readsBack: failedWith('storage.timeout'), upload: null, left: null });
  expect(memory.files.size).toBe(0);
});

test.each([0, 1, 2] as const)('cancelled while file %d is written: nothing stays', async (skip) => {
  const control = new AbortController();
  faults.plan('save', { kind: 'stall', until: new Promise(() => undefined) }, { skip });
  const trial = run(control.signal);
  await settle();
  control.abort();
  await expect(trial).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(memory.files.size).toBe(0);
});

test('cancelled after a file was written', async () => {
  const control = new AbortController();
  faults.plan('load', { kind: 'stall', until: new Promise(() => undefined) });
  const trial = run(control.signal);
  await settle();
  expect(memory.files.size).toBe(1);
  control.abort();
  await expect(trial).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(memory.files.size).toBe(0);
});
