import { systemClock } from '#base/system-clock.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import { GateStorage } from '#storage/decorators/gate-storage.ts';
import { LimitStorage } from '#storage/decorators/limit-storage.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { TraceStorage } from '#storage/decorators/trace-storage.ts';
import type { Storage } from '#storage/port.ts';
import { describeStorage, LARGEST_BYTES } from '#test/suites/storage-suite.ts';
import { decoratePlace } from '#test/support/decorated-place.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { makeLocalPlace, makeMemoryPlace } from '#test/support/storage-places.ts';

const MIB = 1 << 20;

describeStorage('local', () => makeLocalPlace(), { largestBytes: 128 * MIB });
describeStorage('local without hard links', () => makeLocalPlace({ hardLinks: false, quick: true }), {
  largestBytes: LARGEST_BYTES,
});

describeStorage(
  'local through all that hosts put around it',
  async () => decoratePlace(await makeLocalPlace({ quick: true })),
  { largestBytes: MIB, cancelledMayStand: true },
);

const AROUND_MEMORY: Record<string, (inner: Storage) => Storage> = {
  memory: (inner) => inner,
  'forwarding around memory': (inner) => new ForwardingStorage(inner),
  'retry around memory': (inner) =>
    new RetryStorage(inner, { clock: systemClock, random: () => 0.5, budget: RETRY_BUDGETS.local }),
  'limit around memory': (inner) => new LimitStorage(inner, { maxConcurrent: 3 }),
  'trace around memory': (inner) => new TraceStorage(inner, systemClock, () => undefined),
  'gate around memory': (inner) =>
    new GateStorage(inner, { pass: async () => undefined, patience: () => undefined }),
  'fault without a plan around memory': (inner) => new FaultStorage(inner),
};

for (const [title, decorate] of Object.entries(AROUND_MEMORY)) {
  describeStorage(title, () => makeMemoryPlace(decorate), { largestBytes: LARGEST_BYTES });
}
