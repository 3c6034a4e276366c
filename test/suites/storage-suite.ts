/**
 * The contract of `src-main/storage/port.ts` as tests: every adapter and every decorator runs it unchanged.
 * Numbers in the titles are those of the list of contract cases that the suite was written from. Most cases follow each
 * other in one place, emptied in between, over one storage: making a place takes longer than they do.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { newTrialName } from '#storage/object-path.ts';
import type { RepositoryFileType, Storage } from '#storage/port.ts';
import { sha256 } from '#test/support/sha256.ts';

export interface StoragePlace {
  /** A storage at a place that does not exist yet. */
  readonly storage: Storage;
  /** Puts a file past the storage, by its path in the repository: damaged, foreign or left-over ones. */
  plantFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes the folders of packs, when they are empty, where each of them makes lists take longer. */
  removePackFolders?(): Promise<void>;
  dispose(): Promise<void>;
}

export interface StorageSuiteOptions {
  /** Largest file tried. */
  readonly largestBytes: number;
  /** How many files the place lists at a time. */
  readonly listPage?: number;
  /** Where a new place is had sooner than an emptied one. */
  readonly eachInNewPlace?: boolean;
  /** A cancelled save may stand, whole: it is being asked for, or the line was cut between its last byte and the answer. */
  readonly cancelledMayStand?: boolean;
  /** What a server cannot give, each with the reason that stands in the name of the skipped test. */
  readonly missesNothing?: string;
  readonly showsParts?: string;
  /** Nor can it be made up for by repeating. */
  readonly hindersWritersOfOneName?: string;
  /** A trial lies among the packs. */
  readonly trialsArePacks?: string;
  /** Files in wrong folders are left out of the test. */
  readonly listsMisplaced?: string;
}

const TYPES: readonly RepositoryFileType[] = ['config', 'key', 'lock', 'snapshot', 'index', 'pack'];
const CONTENT_NAMED = ['lock', 'snapshot', 'index', 'pack'] as const;
const MIB = 1 << 20;
const SIZES = [0, 1, 4095, 4096, 32767, 32768, 32769, MIB, 5 * MIB + 1, 16 * MIB - 1, 16 * MIB, 128 * MIB];
/** By hand, with TIDEMARK_TEST_LARGE=1: sizes and numbers as they are in use. */
export const IS_LARGE = process.env['TIDEMARK_TEST_LARGE'] === '1';
/** A pack's largest size where there is time for it, else what is more than any adapter has under way at once. */
export const LARGEST_BYTES = IS_LARGE ? 128 * MIB : 5 * MIB + 1;
const DEFAULT_LIST_PAGE = IS_LARGE ? 1000 : 100;
const RANDOM_RANGES = IS_LARGE ? 500 : 160;

function nameOf(type: RepositoryFileType, bytes: Uint8Array): string {
  return type === 'config' ? 'config' : sha256(bytes);
}

/** Cheap, and different for every seed. */
function makeBytes(sizeBytes: number, seed = 0): Uint8Array<ArrayBuffer> {
  const key = createHash('sha256')
    .update(`${String(sizeBytes)} ${String(seed)}`)
    .digest();
  return new Uint8Array(
    createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(new Uint8Array(sizeBytes)),
  );
}

/** Not expect().toEqual: that takes seconds on a pack. */
function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

export async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const outcome = await promise.then(
    () => 'no error',
    (error: unknown) => (isTidemarkError(error) ? error.code : error),
  );
  expect(outcome).toBe(code);
}

function testUnless(obstacle: string | undefined, name: string, body: () => Promise<void>): void {
  if (obstacle === undefined) test(name, body);
  else test.skip(`${name} (${obstacle})`, body);
}

export function describeStorage(
  title: string,
  makePlace: () => Promise<StoragePlace>,
  options: StorageSuiteOptions,
): void {
  describe(`storage contract: ${title}`, () => {
    let place: StoragePlace;
    let storage: Storage;

    async function dispose(): Promise<void> {
      await storage.close();
      await place.dispose();
    }

    async function empty(): Promise<void> {
      for (const type of TYPES) {
        const entries = await storage.list(type);
        await Promise.all(entries.map(({ name }) => storage.remove(type, name)));
      }
      await place.removePackFolders?.();
    }

    async function saveNew(
      type: RepositoryFileType,
      sizeBytes: number,
      seed = 0,
    ): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
      const bytes = makeBytes(sizeBytes, seed);
      const name = nameOf(type, bytes);
      await storage.save(type, name, bytes);
      return { name, bytes };
    }

    describe('a new place', () => {
      beforeEach(async () => {
        place = await makePlace();
        storage = place.storage;
      });
      afterEach(dispose);

      testUnless(options.missesNothing, '1: open of a place that is not there fails', async () => {
        await expectCode(storage.open(), 'storage.unreachable');
      });

      test('1: create makes an empty repository, again is harmless, then it opens', async () => {
        await storage.create();
        const { name, bytes } = await saveNew('key', 300);
        await storage.create();
        await storage.open();
        expectSameBytes(await storage.load('key', name), bytes);
        for (const type of TYPES) expect(await storage.list(type)).toHaveLength(type === 'key' ? 1 : 0);
      });

      test('4, 40: foreign, temporary and misplaced files are not listed', async () => {
        await storage.create();
        const id = 'ab'.repeat(32);
        const { name } = await saveNew('pack', 10);
        const strays = [
          'data/.DS_Store',
          'data/ab/Thumbs.db',
          'data/ab/.tmp-123-0123456789ab',
          `data/ab/${id}-tmp-1234`,
          `data/ab/${id.toUpperCase()}`,
          `data/ab/${id}00`,
          'keys/desktop.ini',
          'keys/.nfs0000000012345678',
          'snapshots/.tmp-1-0123456789ab',
          'locks/x',
          'config.old',
          id,
        ];
        if (options.listsMisplaced === undefined) strays.push(`data/cd/${id}`, `data/${id}`);
        for (const path of strays) await place.plantFile(path, Buffer.from('stray'));
        expect(await storage.list('pack')).toEqual([{ name, sizeBytes: 10 }]);
        for (const type of TYPES) if (type !== 'pack') expect(await storage.list(type)).toEqual([]);
      });
    });

    describe('after create', () => {
      let isMade = false;

      beforeEach(async ({ onTestFailed }) => {
        // What a failed case leaves behind is no concern of the next one.
        onTestFailed(async () => {
          isMade = false;
          await dispose();
        });
        if (isMade && options.eachInNewPlace !== true) return empty();
        if (isMade) await dispose();
        place = await makePlace();
        storage = place.storage;
        await storage.create();
        isMade = true;
      });
      afterAll(async () => {
        if (isMade) await dispose();
      });

      basics();
      ranges();
      atomicity();
      cancelling();
    });

    function basics(): void {
      for (const type of TYPES) {
        test(`2, 3: ${type}: save, stat, list, load, remove`, async () => {
          const { name, bytes } = await saveNew(type, 1234);
          expect(await storage.stat(type, name)).toEqual({ name, sizeBytes: 1234 });
          expect(await storage.list(type)).toEqual([{ name, sizeBytes: 1234 }]);
          const loaded = await storage.load(type, name);
          expectSameBytes(loaded, bytes);
          for (const other of TYPES) if (other !== type) expect(await storage.list(other)).toEqual([]);
          await storage.remove(type, name);
          expect(await storage.list(type)).toEqual([]);
          await expectCode(storage.load(type, name), 'storage.objectMissing');
        });
      }

      for (const sizeBytes of SIZES.filter((each) => each <= options.largestBytes)) {
        test(`2, 3: ${String(sizeBytes)} bytes come back as they went`, async () => {
          const { name, bytes } = await saveNew('pack', sizeBytes);
          const loaded = await storage.load('pack', name);
          expectSameBytes(loaded, bytes);
          expect(await storage.stat('pack', name)).toEqual({ name, sizeBytes });
        });
      }

      test('2: what is loaded owns its memory, so it can be handed to a thread', async () => {
        const { name } = await saveNew('pack', 5000);
        for (const range of [undefined, { offset: 100, length: 200 }]) {
          const loaded = await storage.load('pack', name, range);
          expect(loaded.byteOffset).toBe(0);
          expect(loaded.buffer.byteLength).toBe(loaded.length);
          expect(loaded.buffer).toBeInstanceOf(ArrayBuffer);
          structuredClone(loaded, { transfer: [loaded.buffer] });
          expect(loaded.length).toBe(0);
        }
        expect((await storage.load('pack', name)).length).toBe(5000);
      });

      test('2: a saved file does not follow later changes of the bytes given', async () => {
        const { name, bytes } = await saveNew('index', 100);
        const before = bytes.slice();
        bytes.fill(1);
        expectSameBytes(await storage.load('index', name), before);
      });

      // In one folder, and spread over 256.
      for (const type of ['index', 'pack'] as const) {
        test(`4: ${type}: lists each file once, on one page, at its end, and on several`, async () => {
          const page = options.listPage ?? DEFAULT_LIST_PAGE;
          const expected = new Map<string, number>();
          for (const count of [page - 1, page, page + 1, 2 * page + page / 10]) {
            const saves: Promise<void>[] = [];
            for (let i = expected.size; i < count; i++) {
              const bytes = Buffer.from(`${'x'.repeat(i % 7)}${String(i)}`);
              expected.set(sha256(bytes), bytes.length);
              saves.push(storage.save(type, sha256(bytes), bytes));
              if (saves.length === 100) await Promise.all(saves.splice(0));
            }
            await Promise.all(saves);
            const listed = await storage.list(type);
            expect(listed).toHaveLength(count);
            expect(new Map(listed.map((entry) => [entry.name, entry.sizeBytes]))).toEqual(expected);
          }
        });
      }

      test('5: a missing name: stat and load say so, remove is content', async () => {
        for (const type of TYPES) {
          const name = nameOf(type, Buffer.from('never saved'));
          await expectCode(storage.stat(type, name), 'storage.objectMissing');
          await expectCode(storage.load(type, name), 'storage.objectMissing');
          await expectCode(storage.load(type, name, { offset: 0, length: 1 }), 'storage.objectMissing');
          await storage.remove(type, name);
          await storage.remove(type, name);
        }
      });

      test('a name that could leave its folder is refused as a bug', async () => {
        for (const name of ['../config', 'config', '', `${'ab'.repeat(31)}/x`, 'AB'.repeat(32)]) {
          await expectCode(storage.load('pack', name), 'internal.invariantBroken');
          await expectCode(storage.save('key', name, new Uint8Array(1)), 'internal.invariantBroken');
          await expectCode(storage.remove('pack', name), 'internal.invariantBroken');
        }
      });

      test('6: 64 saves and 64 loads at once', async () => {
        const files = Array.from({ length: 64 }, (_, i) => makeBytes(20_000 + i, i));
        await Promise.all(files.map((bytes) => storage.save('pack', sha256(bytes), bytes)));
        const loaded = await Promise.all(files.map((bytes) => storage.load('pack', sha256(bytes))));
        loaded.forEach((bytes, i) => expectSameBytes(bytes, files[i] as Uint8Array));
      });

      testUnless(
        options.hindersWritersOfOneName,
        '6: the same name saved 8 times at once is one intact file',
        async () => {
          const bytes = makeBytes(3 * MIB);
          const name = sha256(bytes);
          // A place that writes under the final name tells some that they failed for now, and has to be asked again.
          const patient =
            options.showsParts === undefined
              ? storage
              : new RetryStorage(storage, {
                  clock: systemClock,
                  random: Math.random,
                  budget: RETRY_BUDGETS.network,
                });
          await Promise.all(Array.from({ length: 8 }, () => patient.save('pack', name, bytes)));
          expect(await storage.list('pack')).toEqual([{ name, sizeBytes: bytes.length }]);
          expectSameBytes(await storage.load('pack', name), bytes);
        },
      );

      test('a trial is a file like any other, and none of the repository', async () => {
        const [name, bytes] = [newTrialName('0123456789ab'), makeBytes(70_000)];
        await expectCode(storage.stat('trial', name), 'storage.objectMissing');
        await storage.remove('trial', name);
        await storage.save('trial', name, bytes);
        expect(await storage.stat('trial', name)).toEqual({ name, sizeBytes: bytes.length });
        expect(await storage.list('trial')).toEqual([{ name, sizeBytes: bytes.length }]);
        expectSameBytes(await storage.load('trial', name), bytes);
        expectSameBytes(await storage.load('trial', name, { offset: 9, length: 99 }), bytes.slice(9, 108));
        for (const type of TYPES) {
          const listed = type === 'pack' && options.trialsArePacks !== undefined ? 1 : 0;
          expect(await storage.list(type)).toHaveLength(listed);
        }
        // Young, so the janitor leaves it.
        await storage.removeLeftovers();
        expect(await storage.keptUntilMs('trial', name)).toBeUndefined();
        await storage.remove('trial', name);
        await expectCode(storage.stat('trial', name), 'storage.objectMissing');
        // Where the place tells its clock, it is the one of this computer; finding out leaves nothing.
        expect(Math.abs((await storage.clockAheadMs()) ?? 0)).toBeLessThan(3000);
        for (const type of [...TYPES, 'trial'] as const) expect(await storage.list(type)).toEqual([]);
      });

      test('34: free space is a figure exactly where it is claimed to be known', async () => {
        const free = await storage.freeSpaceBytes();
        expect(typeof free).toBe(storage.capabilities.freeSpaceKnown ? 'number' : 'undefined');
      });
    }

    function ranges(): void {
      test('7: first, middle, last, none and all', async () => {
        const { name, bytes } = await saveNew('pack', 10_000);
        for (const [offset, length] of [
          [0, 1],
          [5000, 100],
          [9999, 1],
          [0, 10_000],
          [0, 0],
          [10_000, 0],
        ] as const) {
          const loaded = await storage.load('pack', name, { offset, length });
          expectSameBytes(loaded, bytes.subarray(offset, offset + length));
        }
      });

      test('7: a range beyond the end is an error, never a short result', async () => {
        const { name } = await saveNew('pack', 10_000);
        for (const [offset, length] of [
          [10_000, 1],
          [9999, 2],
          [0, 10_001],
          [10_001, 0],
          [20_000, 5],
          [-1, 5],
          [0, 2 ** 40],
        ] as const) {
          await expectCode(storage.load('pack', name, { offset, length }), 'storage.rangeInvalid');
        }
      });

      test('7: ranges of every type, config included', async () => {
        for (const type of TYPES) {
          const { name, bytes } = await saveNew(type, 500);
          expectSameBytes(await storage.load(type, name, { offset: 20, length: 30 }), bytes.subarray(20, 50));
        }
      });

      test(`7: ${String(RANDOM_RANGES)} random ranges of a pack, 16 at once`, async () => {
        const { name, bytes } = await saveNew('pack', Math.min(16 * MIB, options.largestBytes));
        const draws = randomBytes(RANDOM_RANGES * 8);
        const lane = async (first: number): Promise<void> => {
          for (let i = first; i < RANDOM_RANGES; i += 16) {
            const offset = draws.readUInt32LE(i * 8) % bytes.length;
            const length = draws.readUInt32LE(i * 8 + 4) % Math.min(bytes.length - offset, 100_000);
            const loaded = await storage.load('pack', name, { offset, length });
            expectSameBytes(loaded, bytes.subarray(offset, offset + length));
          }
        };
        await Promise.all(Array.from({ length: 16 }, (_, i) => lane(i)));
      });
    }

    function atomicity(): void {
      testUnless(options.showsParts, '9: a reader during a save sees nothing or all of it', async () => {
        const bytes = makeBytes(Math.min(16 * MIB, options.largestBytes));
        const name = sha256(bytes);
        let saving = true;
        const save = storage.save('pack', name, bytes).finally(() => (saving = false));
        while (saving) {
          const listed = await storage.list('pack');
          if (listed.length > 0) expect(listed).toEqual([{ name, sizeBytes: bytes.length }]);
          const loaded = await storage.load('pack', name).catch((error: unknown) => error);
          if (loaded instanceof Uint8Array) expectSameBytes(loaded, bytes);
          else expect(isTidemarkError(loaded, 'storage.objectMissing')).toBe(true);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await save;
        expectSameBytes(await storage.load('pack', name), bytes);
      });

      for (const type of ['config', 'key'] as const) {
        test(`14: a second ${type} is refused and the first one stays`, async () => {
          const first = makeBytes(155, 1);
          const name = nameOf(type, first);
          await storage.save(type, name, first);
          for (const second of [makeBytes(155, 2), makeBytes(200, 3), first]) {
            await expectCode(storage.save(type, name, second), 'storage.alreadyExists');
          }
          expectSameBytes(await storage.load(type, name), first);
        });
      }

      for (const type of CONTENT_NAMED) {
        test(`15: ${type}: the same size is stored already, another size is replaced`, async () => {
          const { name, bytes } = await saveNew(type, 4000);
          await storage.save(type, name, bytes);
          await storage.remove(type, name);
          const path = await plantedPath(type, name);
          for (const wrong of [new Uint8Array(0), bytes.subarray(0, 1000), makeBytes(9000, 1)]) {
            await place.plantFile(path, wrong);
            expect(await storage.stat(type, name)).toEqual({ name, sizeBytes: wrong.length });
            await storage.load(type, name, { offset: 0, length: Math.min(10, wrong.length) });
            await storage.save(type, name, bytes);
            expectSameBytes(await storage.load(type, name), bytes);
            expectSameBytes(await storage.load(type, name, { offset: 0, length: 4000 }), bytes);
            expect(await storage.list(type)).toEqual([{ name, sizeBytes: 4000 }]);
            await storage.remove(type, name);
          }
        });
      }

      test('16: of 8 creators of the config exactly one wins', async () => {
        if (!storage.capabilities.refusesOverwrite) return;
        const candidates = Array.from({ length: 8 }, (_, i) => makeBytes(155, i));
        const outcomes = await Promise.allSettled(
          candidates.map((bytes) => storage.save('config', 'config', bytes)),
        );
        const winners = outcomes.flatMap((each, i) => (each.status === 'fulfilled' ? [i] : []));
        expect(winners).toHaveLength(1);
        for (const each of outcomes) {
          if (each.status === 'rejected') {
            expect(isTidemarkError(each.reason, 'storage.alreadyExists')).toBe(true);
          }
        }
        expectSameBytes(
          await storage.load('config', 'config'),
          candidates[winners[0] as number] as Uint8Array,
        );
      });
    }

    async function plantedPath(type: RepositoryFileType, name: string): Promise<string> {
      const folders = { lock: 'locks', snapshot: 'snapshots', index: 'index', key: 'keys' } as const;
      if (type === 'config') return 'config';
      return type === 'pack' ? `data/${name.slice(0, 2)}/${name}` : `${folders[type]}/${name}`;
    }

    function cancelling(): void {
      test('17: a signal that fired already: every call ends at once and nothing changes', async () => {
        const { name, bytes } = await saveNew('pack', 1000);
        const signal = AbortSignal.abort();
        const other = makeBytes(1000, 5);
        await expectCode(storage.create(signal), 'job.cancelled');
        await expectCode(storage.open(signal), 'job.cancelled');
        await expectCode(storage.save('pack', sha256(other), other, signal), 'job.cancelled');
        await expectCode(storage.load('pack', name, undefined, signal), 'job.cancelled');
        await expectCode(storage.load('pack', name, { offset: 1, length: 1 }, signal), 'job.cancelled');
        await expectCode(storage.list('pack', signal), 'job.cancelled');
        await expectCode(storage.stat('pack', name, signal), 'job.cancelled');
        await expectCode(storage.remove('pack', name, signal), 'job.cancelled');
        await expectCode(storage.freeSpaceBytes(signal), 'job.cancelled');
        await expectCode(storage.keptUntilMs('pack', name, signal), 'job.cancelled');
        await expectCode(storage.clockAheadMs(signal), 'job.cancelled');
        expect(await storage.list('pack')).toEqual([{ name, sizeBytes: bytes.length }]);
      });

      testUnless(options.showsParts, '17: a save cancelled at any moment leaves nothing or all', async () => {
        const bytes = makeBytes(Math.min(16 * MIB, options.largestBytes));
        const name = sha256(bytes);
        for (let turns = 0; turns < 40; turns += 4) {
          const controller = new AbortController();
          const saving = storage.save('pack', name, bytes, controller.signal);
          const settled = saving.then(
            () => 'saved',
            (error: unknown) => (isTidemarkError(error) ? error.code : String(error)),
          );
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
          controller.abort();
          const outcome = await settled;
          const listed = await storage.list('pack');
          if (outcome === 'saved') expect(listed).toEqual([{ name, sizeBytes: bytes.length }]);
          else {
            expect(outcome).toBe('job.cancelled');
            if (listed.length > 0 && options.cancelledMayStand === true)
              expect(listed).toEqual([{ name, sizeBytes: bytes.length }]);
            else expect(listed).toEqual([]);
          }
          await storage.remove('pack', name);
        }
        await storage.save('pack', name, bytes);
        expectSameBytes(await storage.load('pack', name), bytes);
      });

      test('18: cancelling one call does not disturb 15 others', async () => {
        const controller = new AbortController();
        const files = Array.from({ length: 16 }, (_, i) => makeBytes(200_000, i));
        const saves = files.map((bytes, i) =>
          storage.save('pack', sha256(bytes), bytes, i === 7 ? controller.signal : undefined),
        );
        controller.abort();
        const outcomes = await Promise.allSettled(saves);
        outcomes.forEach((each, i) => {
          if (i !== 7) expect(each.status).toBe('fulfilled');
        });
        const listed = await storage.list('pack');
        expect(listed.length).toBe(outcomes.filter((each) => each.status === 'fulfilled').length);
      });

      test('17: a signal that serves many calls is left with no listeners', async () => {
        const { signal } = new AbortController();
        const { name, bytes } = await saveNew('pack', 1000);
        const range = { offset: 0, length: 1 };
        await Promise.all(Array.from({ length: 64 }, () => storage.load('pack', name, range, signal)));
        await storage.save('index', name, bytes, signal);
        await storage.list('index', signal);
        await storage.stat('index', name, signal);
        await storage.remove('index', name, signal);
        await expectCode(storage.load('index', name, undefined, signal), 'storage.objectMissing');
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      });
    }
  });
}
