/** The blobs of one pack as columns and as entries: columns take a third of the room, entries are what gets written. */
import { ID_BYTES, idAt } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { PackEntries } from '#pipeline/job-types.ts';

const NUMBERS_PER_BLOB = 3;

/** `entries` in order of offset; what comes out has arrays of its own. */
export function packColumns(entries: readonly PackEntry[]): PackEntries {
  const ids = new Uint8Array(entries.length * ID_BYTES);
  const isTree = new Uint8Array(entries.length);
  const numbers = new Uint32Array(entries.length * NUMBERS_PER_BLOB);
  entries.forEach(({ type, id, offset, sealedLength, uncompressedLength }, position) => {
    ids.set(id, position * ID_BYTES);
    isTree[position] = type === 'tree' ? 1 : 0;
    numbers.set([offset, sealedLength, uncompressedLength], position * NUMBERS_PER_BLOB);
  });
  return { ids, isTree, numbers };
}

/** The ids are views. */
export function entriesOfColumns({ ids, isTree, numbers }: PackEntries): PackEntry[] {
  return Array.from(isTree, (tree, position) => ({
    type: tree === 1 ? 'tree' : 'data',
    id: idAt(ids, position),
    offset: numbers[position * NUMBERS_PER_BLOB]!,
    sealedLength: numbers[position * NUMBERS_PER_BLOB + 1]!,
    uncompressedLength: numbers[position * NUMBERS_PER_BLOB + 2]!,
  }));
}

/** The same blobs at the same places. */
export function isSamePlaces(one: PackEntries, other: PackEntries): boolean {
  return (
    one.numbers.length === other.numbers.length &&
    one.numbers.every((number, i) => number === other.numbers[i]) &&
    one.isTree.every((tree, i) => tree === other.isTree[i]) &&
    Buffer.compare(one.ids, other.ids) === 0
  );
}
