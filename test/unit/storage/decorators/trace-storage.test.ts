import { expect, test } from 'vitest';
import { TraceStorage, type TracedCall } from '#storage/decorators/trace-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

test('tells of each call what it was, what it moved, how long it took and how it ended', async () => {
  const clock = new FakeClock();
  const faults = new FaultStorage(new MemoryStorage());
  faults.plan('list', { kind: 'stall', until: clock.sleep(250) });
  const calls: TracedCall[] = [];
  const storage = new TraceStorage(faults, clock, (call) => calls.push(call));
  const bytes = Buffer.from('bytes');
  const name = sha256(bytes);
  await storage.create();
  await storage.open();
  await storage.save('pack', name, bytes);
  await storage.load('pack', name, { offset: 1, length: 2 });
  await storage.load('pack', name);
  await expectCode(storage.load('key', name), 'storage.objectMissing');
  const listing = storage.list('pack');
  await clock.advance(250);
  await listing;
  await storage.stat('pack', name);
  await storage.remove('pack', name);
  await storage.freeSpaceBytes();
  const quick = { durationMs: 0, outcome: 'ok', bytes: 0 };
  expect(calls).toEqual([
    { ...quick, operation: 'create' },
    { ...quick, operation: 'open' },
    { ...quick, operation: 'save', type: 'pack', name, bytes: 5 },
    { ...quick, operation: 'load', type: 'pack', name, range: { offset: 1, length: 2 }, bytes: 2 },
    { ...quick, operation: 'load', type: 'pack', name, bytes: 5 },
    { ...quick, operation: 'load', type: 'key', name, outcome: 'storage.objectMissing' },
    { ...quick, operation: 'list', type: 'pack', entries: 1, durationMs: 250 },
    { ...quick, operation: 'stat', type: 'pack', name },
    { ...quick, operation: 'remove', type: 'pack', name },
    { ...quick, operation: 'freeSpaceBytes' },
  ]);
});
