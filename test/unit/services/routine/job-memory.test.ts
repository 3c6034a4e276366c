/** What is remembered of clean-ups and of damage. The rest is in routine.test.ts. */
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

test('E1: damage is remembered by slice until it is read whole, mended, or found to be lost for good', () => {
  const found = (snapshotIds: readonly string[], brokenPacks: readonly string[] = []) => ({
    affected: [{ path: '/a', snapshotIds }],
    brokenPacks,
  });
  const end = (kind: string, result: object): void =>
    memory.note({
      kind,
      placeId: 'cloud',
      planId: null,
      state: 'doneExcept',
      endedAtMs: 1,
      result,
    } as unknown as Job);
  const damaged = (): string[] => [...memory.damagedVersions('cloud')].sort();
  end('verify', { part: 3, of: 30, ...found(['old'], ['p1']) });
  end('verify', { part: 4, of: 30, ...found(['new'], ['p2', 'p1']) });
  end('verify', { part: 5, of: 30, affected: [], brokenPacks: [] });
  expect(damaged()).toEqual(['new', 'old']);
  expect(memory.damageIn('cloud')).toEqual({
    parts: [
      { part: 3, of: 30 },
      { part: 4, of: 30 },
    ],
    packs: ['p1', 'p2'],
  });
  end('mend', { ...found(['old']) });
  expect([damaged(), memory.damageIn('cloud')]).toEqual([['old'], { parts: [], packs: [] }]);
  // What is lost for good is told by whatever looks next, or is not there any more.
  end('verify', { part: 6, of: 30, ...found(['old']) });
  expect(damaged()).toEqual(['old']);
  end('mend', { affected: [], brokenPacks: [] });
  expect(damaged()).toEqual([]);
});
