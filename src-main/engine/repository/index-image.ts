/**
 * An index in the form that it has in memory, kept nearby so that the next opening need not read all index files and place
 * every blob anew: with a million blobs, a second. It says which index files it is made of, and counts only where all of them
 * are still listed: such files never change, and what new ones say is added. Sealed in portions with the repository's keys;
 * each names its image and its own number, so that nothing but a whole image of this repository opens. One that was wrong
 * before it was sealed (memory that flips bits) shows when a blob is not where it says: it is dropped then (repository.ts).
 * Knows no files. Who checks or repairs a repository asks for none.
 *
 * | portion | plaintext, behind the image's name (16 bytes) and the portion's number (4)              |
 * | ------- | --------------------------------------------------------------------------------------- |
 * | 0       | JSON: `ImageHead`                                                                       |
 * | then    | slots, SLOTS_IN_PORTION at a time                                                       |
 * | then    | segment by segment: ids of the entries that are used, then their words                  |
 */
import { ID_BYTES, type IndexId, type PackId } from '#base/ids.ts';
import { openSealed, sealBytes } from '#format/envelope.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { BlobIndex, SEGMENT_ENTRIES, WORDS, type Segment } from './blob-index.ts';

/** An index that an earlier opening of the same repository leaves: all that the files named say, and nothing else. */
export interface KeptIndex {
  readonly index: BlobIndex;
  readonly indexIds: readonly IndexId[];
}

/** Where images are kept. Nothing in it is believed, and nothing there is needed: no failure leaves it. */
export interface IndexImages {
  /** The sealed portions, read as they are asked for. Undefined: there is none. */
  load(repositoryId: string): Iterable<Uint8Array> | undefined;
  /** All of them in place of the image before, or none. */
  save(repositoryId: string, portions: Iterable<Uint8Array>): void;
  /** There is no image afterwards, where that can be had. */
  drop(repositoryId: string): void;
}

interface ImageHead {
  readonly format: typeof FORMAT;
  readonly entryCount: number;
  readonly slotCount: number;
  readonly packIds: readonly PackId[];
  readonly indexIds: readonly IndexId[];
}

/** Numbers are in the order of bytes of the machine that wrote them. */
const FORMAT = `1, ${new Uint8Array(Uint32Array.of(1).buffer).join('')}`;
const NAME_BYTES = 16;
const PREFIX_BYTES = NAME_BYTES + 4;
const SLOTS_IN_PORTION = 1 << 18;
/** About four million blobs. A larger index is read from its files. */
const MOST_BYTES = 256 << 20;

export function isWorthAnImage(index: BlobIndex): boolean {
  return index.entryCount > 0 && index.memoryBytes <= MOST_BYTES;
}

export function* sealImage(
  primitives: Primitives,
  keys: CryptoKeys,
  { index, indexIds }: KeptIndex,
): Generator<Uint8Array> {
  const name = primitives.randomBytes(NAME_BYTES);
  let number = 0;
  for (const contents of plainPortions(index, indexIds)) {
    const plain = new Uint8Array(PREFIX_BYTES + contents.reduce((sum, { length }) => sum + length, 0));
    plain.set(prefixOf(name, number++));
    let at = PREFIX_BYTES;
    for (const part of contents) {
      plain.set(part, at);
      at += part.length;
    }
    yield sealBytes(primitives, keys, plain);
  }
}

/** @throws Error when it is not whole, not of this repository, or of another form */
export function openImage(primitives: Primitives, keys: CryptoKeys, sealed: Iterable<Uint8Array>): KeptIndex {
  const portions = openPortions(primitives, keys, sealed);
  try {
    return readImage(portions);
  } finally {
    // Whoever reads them from a file closes it.
    portions.return(undefined);
  }
}

function readImage(portions: Generator<Uint8Array>): KeptIndex {
  const head = JSON.parse(Buffer.from(next(portions)).toString()) as ImageHead;
  if (head.format !== FORMAT) throw new Error('another form');
  const slots = new Uint32Array(head.slotCount);
  for (let at = 0; at < slots.length; at += SLOTS_IN_PORTION) slots.set(asWords(next(portions)), at);
  const segments: Segment[] = [];
  for (let first = 0; first < head.entryCount; first += SEGMENT_ENTRIES) {
    const used = Math.min(SEGMENT_ENTRIES, head.entryCount - first);
    segments.push(openSegment(next(portions), used));
  }
  const { entryCount, packIds, indexIds } = head;
  return { index: BlobIndex.copyOf({ entryCount, packIds, slots, segments }), indexIds };
}

/** What each portion consists of. */
function* plainPortions(index: BlobIndex, indexIds: readonly IndexId[]): Generator<readonly Uint8Array[]> {
  const { entryCount, packIds, slots, segments } = index.parts();
  const head: ImageHead = { format: FORMAT, entryCount, slotCount: slots.length, packIds, indexIds };
  yield [Buffer.from(JSON.stringify(head))];
  for (let at = 0; at < slots.length; at += SLOTS_IN_PORTION)
    yield [asBytes(slots.subarray(at, at + SLOTS_IN_PORTION))];
  for (const [number, { ids, words }] of segments.entries()) {
    const used = Math.min(SEGMENT_ENTRIES, entryCount - number * SEGMENT_ENTRIES);
    yield [ids.subarray(0, used * ID_BYTES), asBytes(words.subarray(0, used * WORDS))];
  }
}

function* openPortions(
  primitives: Primitives,
  keys: CryptoKeys,
  sealed: Iterable<Uint8Array>,
): Generator<Uint8Array> {
  let name: Uint8Array | undefined;
  let number = 0;
  for (const portion of sealed) {
    const plain = openSealed(primitives, keys, portion);
    name ??= plain.subarray(0, NAME_BYTES);
    if (Buffer.compare(plain.subarray(0, PREFIX_BYTES), prefixOf(name, number++)) !== 0)
      throw new Error('portions of several images');
    yield plain.subarray(PREFIX_BYTES);
  }
}

function openSegment(plain: Uint8Array, used: number): Segment {
  if (plain.length !== used * (ID_BYTES + WORDS * 4)) throw new Error('a segment of another size');
  const ids = new Uint8Array(SEGMENT_ENTRIES * ID_BYTES);
  const words = new Uint32Array(SEGMENT_ENTRIES * WORDS);
  ids.set(plain.subarray(0, used * ID_BYTES));
  words.set(asWords(plain.subarray(used * ID_BYTES)));
  return { ids, words };
}

function next(portions: Generator<Uint8Array>): Uint8Array {
  const taken = portions.next();
  if (taken.done === true) throw new Error('the image ends too early');
  return taken.value;
}

function prefixOf(name: Uint8Array, number: number): Uint8Array {
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(name);
  new DataView(prefix.buffer).setUint32(NAME_BYTES, number, true);
  return prefix;
}

function asBytes(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Copied, because memory wants words at multiples of four. Not by `slice`: of a Buffer that is a view. */
function asWords(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
