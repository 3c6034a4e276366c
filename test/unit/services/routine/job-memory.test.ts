/** What is remembered of clean-ups: whether the place keeps what is removed. The rest is in routine.test.ts. */
import { beforeEach, expect, test } from 'vitest';
import { JobMemory } from '#services/routine/job-memory.ts';
import type { Job } from '#services/state/jobs-table.ts';

let memory: JobMemory;
beforeEach(() => void (memory = new JobMemory()));

function done(kind: 'thinOut' | 'cleanUp', result: object): void {
  memory.note({
    kind,
    placeId: 'cloud',
    planId: null,
    state: 'done',
    endedAtMs: 1,
    result,
  } as unknown as Job);
}

test('a day is kept until a later one comes, also when the next clean-up has nothing to remove', () => {
  done('cleanUp', { removedPacks: 3, removalRefused: false, keptUntilMs: 500 });
  done('thinOut', { removed: 1, held: 0, keptUntilMs: 400 });
  done('cleanUp', { removedPacks: 0, removalRefused: false, keptUntilMs: null });
  expect(memory.keptUntilMs('cloud')).toBe(500);
  done('thinOut', { removed: 1, held: 0, keptUntilMs: 900 });
  expect(memory.keptUntilMs('cloud')).toBe(900);
  expect(memory.keptUntilMs('drive')).toBeUndefined();
});

test('a refusal without a day counts until something was let go', () => {
  done('thinOut', { removed: 0, held: 2, keptUntilMs: null });
  expect(memory.keptUntilMs('cloud')).toBeNull();
  done('cleanUp', { removedPacks: 0, removalRefused: true, keptUntilMs: null });
  expect(memory.keptUntilMs('cloud')).toBeNull();
  done('cleanUp', { removedPacks: 0, removalRefused: false, keptUntilMs: null });
  expect(memory.keptUntilMs('cloud')).toBeNull();
  done('thinOut', { removed: 1, held: 0, keptUntilMs: null });
  expect(memory.keptUntilMs('cloud')).toBeUndefined();
});
