/** Whatever is done to them in whatever order, a storage on the disk and one in memory answer the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { ByteRange, Storage, StorageFileType } from '#storage/port.ts';
import { sha256 } from '#test/support/sha256.ts';
import { makeLocalPlace } from '#test/support/storage-places.ts';

type Step =
  | {
      readonly kind: 'save';
      readonly type: StorageFileType;
      readonly file: number;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: 'load';
      readonly type: StorageFileType;
      readonly file: number;
      readonly range?: ByteRange;
    }
  | { readonly kind: 'stat' | 'remove'; readonly type: StorageFileType; readonly file: number }
  | { readonly kind: 'list'; readonly type: StorageFileType };

const type = fc.constantFrom<StorageFileType>('config', 'key', 'lock', 'snapshot', 'index', 'pack');
const file = fc.nat(3);
const range = fc.record({ offset: fc.nat(40), length: fc.nat(40) });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('save'), type, file, sizeBytes: fc.nat(50) }) },
  {
    weight: 2,
    arbitrary: fc.record(
      { kind: fc.constant('load'), type, file, range },
      { requiredKeys: ['kind', 'type', 'file'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stat', 'remove'), type, file }) },
  fc.record({ kind: fc.constant('list'), type }),
);

function nameOf(each: { type: StorageFileType; file: number }): string {
  return each.type === 'config' ? 'config' : sha256(Buffer.from(`file ${String(each.file)}`));
}

/** What the call gave, or the code of its error. Lists are sorted: their order is nobody's promise. */
async function outcomeOf(storage: Storage, each: Step): Promise<unknown> {
  try {
    switch (each.kind) {
      case 'save':
        return await storage.save(
          each.type,
          nameOf(each),
          new Uint8Array(each.sizeBytes).fill(each.sizeBytes),
        );
      case 'load':
        return [...(await storage.load(each.type, nameOf(each), each.range))];
      case 'stat':
        return await storage.stat(each.type, nameOf(each));
      case 'remove':
        return await storage.remove(each.type, nameOf(each));
      case 'list':
        return [...(await storage.list(each.type))].sort((a, b) => (a.name < b.name ? -1 : 1));
    }
  } catch (error) {
    if (!isTidemarkError(error)) throw error;
    return error.code;
  }
}

test('disk and memory agree', async () => {
  const place = await makeLocalPlace({ quick: true });
  const types: StorageFileType[] = ['config', 'key', 'lock', 'snapshot', 'index', 'pack'];
  try {
    await place.storage.create();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const memory = new MemoryStorage();
        await memory.create();
        for (const each of types) {
          for (const { name } of await place.storage.list(each)) await place.storage.remove(each, name);
        }
        for (const each of steps) {
          expect(await outcomeOf(place.storage, each)).toEqual(await outcomeOf(memory, each));
        }
      }),
      { numRuns: 100 },
    );
  } finally {
    await place.storage.close();
    await place.dispose();
  }
});
