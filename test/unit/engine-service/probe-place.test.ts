/** What is said of a place behind a network before anybody uses it; folders are in place-calls.test.ts. */
import { beforeEach, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { probePlace } from '#engine-service/probe-place.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

const ID = 'ab'.repeat(32);
const LOCATION = 'rest:https://nas/me/';

let memory: MemoryStorage;
let faults: FaultStorage;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  faults = new FaultStorage(memory);
});

const probe = () => probePlace(faults, LOCATION, new AbortController().signal);

test('empty, a repository, and what is left of one', async () => {
  expect(await probe()).toEqual({ kind: 'empty', location: 'memory', freeBytes: null, reason: null });
  await memory.save('key', ID, new Uint8Array(1));
  expect(await probe()).toMatchObject({ kind: 'otherFiles' });
  await memory.save('config', 'config', new Uint8Array(1));
  expect(await probe()).toMatchObject({ kind: 'repository' });
});

test.each([
  [
    'storage.unreachable',
    { location: LOCATION, reason: 'nobody answers' },
    'later',
    'unreachable',
    'nobody answers',
  ],
  ['storage.unreachable', { location: LOCATION, reason: 'no folder' }, 'afterUser', 'missing', null],
  [
    'storage.wrongCredentials',
    { location: LOCATION, reason: 'not known' },
    'afterUser',
    'wrongCredentials',
    'not known',
  ],
  [
    'storage.certificateUntrusted',
    { location: LOCATION, reason: 'expired' },
    'afterUser',
    'unreachable',
    'expired',
  ],
  [
    'storage.timeout',
    { location: LOCATION, operation: 'open' },
    'later',
    'unreachable',
    /did not answer in time/,
  ],
] as const)('%s, %j', async (code, data, retry, kind, reason) => {
  faults.plan('open', { kind: 'fail', error: new TidemarkError(code, data, { retry }) });
  const found = await probe();
  expect(found.kind).toBe(kind);
  if (reason instanceof RegExp) expect(found.reason).toMatch(reason);
  else expect(found.reason).toBe(reason);
});
