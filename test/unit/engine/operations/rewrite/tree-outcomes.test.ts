import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytesToId, type BlobId } from '#base/ids.ts';
import { TreeOutcomes, type TreeOutcome } from '#operations/rewrite/tree-outcomes.ts';

const keyOf = (name: number | string): Uint8Array => createHash('sha256').update(String(name)).digest();
const outcomeOf = (name: number): TreeOutcome => ({
  id: bytesToId<BlobId>(keyOf(`id ${String(name)}`)),
  files: name,
  bytes: name * 2 ** 40,
  goneFiles: name + 1,
  goneBytes: name + 2,
});

test('what was added is found, far beyond the first room, and nothing else', () => {
  const outcomes = new TreeOutcomes();
  for (let name = 0; name < 10_000; name++) outcomes.add(keyOf(name), outcomeOf(name));
  for (let name = 0; name < 10_000; name++) expect(outcomes.get(keyOf(name))).toEqual(outcomeOf(name));
  for (let name = 10_000; name < 11_000; name++) expect(outcomes.get(keyOf(name))).toBeUndefined();
});

test('keys that begin alike are told apart', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
        selector: (key) => key.join(),
        maxLength: 200,
      }),
      (keys) => {
        const outcomes = new TreeOutcomes();
        // All fall into the same slot.
        for (const key of keys) key.fill(0, 0, 4);
        const distinct = [...new Map(keys.map((key) => [key.join(), key])).values()];
        for (const [name, key] of distinct.entries()) outcomes.add(key, outcomeOf(name));
        for (const [name, key] of distinct.entries()) expect(outcomes.get(key)).toEqual(outcomeOf(name));
      },
    ),
  );
});
