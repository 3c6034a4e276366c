/**
 * The header at the end of a pack: which blobs lie in it, in order. Owns the entries' bytes (before sealing), the
 * header's length field and the arithmetic of sizes. Offsets are not stored, they follow from the order: there are
 * no gaps.
 * Source: repository format, 7.1 and 7.2.
 *
 *   pack = blob 1 || ... || blob n || sealed(entry 1 || ... || entry n) || header length
 *
 *   entry             offset  size  meaning (integers little-endian)
 *   all types         0       1     type: 0 data, 1 tree, 2 data compressed, 3 tree compressed
 *                     1       4     sealed length of the blob
 *   types 0 and 1     5       32    id
 *   types 2 and 3     5       4     uncompressed length
 *                     9       32    id
 *
 *   header length     0       4     bytes of the sealed header
 */
import { ID_BYTES } from '#base/ids.ts';
import type { BlobType } from '#format/blob-type.ts';
import { SEAL_OVERHEAD_BYTES } from '#format/envelope.ts';
import { FormatError } from '#format/format-error.ts';

export const HEADER_LENGTH_BYTES = 4;
const PLAIN_ENTRY_BYTES = 37;
const COMPRESSED_ENTRY_BYTES = 41;
const COMPRESSED_FLAG = 2;
const TREE_FLAG = 1;
const MAX_UINT32 = 0xffff_ffff;

export const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** All counted with the larger entry, so that the sealed header and its length field stay within MAX_HEADER_BYTES + 4. */
export const MAX_PACK_ENTRIES = Math.floor((MAX_HEADER_BYTES - SEAL_OVERHEAD_BYTES) / COMPRESSED_ENTRY_BYTES);

/** One blob as a header tells of it. */
export interface PackHeaderEntry {
  readonly type: BlobType;
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly sealedLength: number;
  /** 0 when the blob is not compressed. */
  readonly uncompressedLength: number;
}

/** One blob with its place in the pack. */
export interface PackEntry extends PackHeaderEntry {
  readonly offset: number;
}

/** What size arithmetic needs of an entry. */
type EntryLengths = Pick<PackHeaderEntry, 'sealedLength' | 'uncompressedLength'>;

export function packEntryBytes(uncompressedLength: number): number {
  return uncompressedLength === 0 ? PLAIN_ENTRY_BYTES : COMPRESSED_ENTRY_BYTES;
}

/** Bytes of the sealed header, without the length field. */
export function sealedHeaderBytes(entries: Iterable<EntryLengths>): number {
  let bytes = SEAL_OVERHEAD_BYTES;
  for (const entry of entries) bytes += packEntryBytes(entry.uncompressedLength);
  return bytes;
}

/** Bytes of the whole pack file with these blobs. */
export function packSize(entries: Iterable<EntryLengths>): number {
  let bytes = SEAL_OVERHEAD_BYTES + HEADER_LENGTH_BYTES;
  for (const entry of entries) bytes += entry.sealedLength + packEntryBytes(entry.uncompressedLength);
  return bytes;
}

/** The header's plaintext, ready for sealing. @throws FormatError for no, too many or impossible entries. */
export function encodePackHeader(entries: Iterable<PackHeaderEntry>): Uint8Array {
  let count = 0;
  for (const _ of entries) count++;
  if (count === 0 || count > MAX_PACK_ENTRIES) throw new FormatError(`a pack cannot hold ${count} blobs`);
  const bytes = new Uint8Array(sealedHeaderBytes(entries) - SEAL_OVERHEAD_BYTES);
  const view = new DataView(bytes.buffer);
  let position = 0;
  for (const { type, id, sealedLength, uncompressedLength } of entries) {
    const isCompressed = uncompressedLength !== 0;
    if (id.length !== ID_BYTES || sealedLength > MAX_UINT32 || uncompressedLength > MAX_UINT32) {
      throw new FormatError('blob does not fit a pack header');
    }
    bytes[position] = (type === 'tree' ? TREE_FLAG : 0) | (isCompressed ? COMPRESSED_FLAG : 0);
    view.setUint32(position + 1, sealedLength, true);
    if (isCompressed) view.setUint32(position + 5, uncompressedLength, true);
    position += packEntryBytes(uncompressedLength);
    bytes.set(id, position - ID_BYTES);
  }
  return bytes;
}

/** The length field that ends a pack, for a sealed header of that many bytes. */
export function encodeHeaderLength(sealedHeaderLength: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_LENGTH_BYTES);
  new DataView(bytes.buffer).setUint32(0, sealedHeaderLength, true);
  return bytes;
}

/**
 * Length of the sealed header from the last four bytes of a pack of `packBytes` bytes.
 * @throws FormatError when no valid header can have it.
 */
export function parseHeaderLength(lastBytes: Uint8Array, packBytes: number): number {
  const view = new DataView(lastBytes.buffer, lastBytes.byteOffset, lastBytes.byteLength);
  const length = view.getUint32(lastBytes.length - HEADER_LENGTH_BYTES, true);
  const isValid =
    length >= SEAL_OVERHEAD_BYTES + PLAIN_ENTRY_BYTES &&
    length <= MAX_HEADER_BYTES &&
    length <= packBytes - HEADER_LENGTH_BYTES;
  if (!isValid) throw new FormatError(`pack header cannot have ${length} bytes`);
  return length;
}

/** Blobs in columns, without an object for each. */
export interface PackColumns {
  /** 32 bytes per blob. */
  readonly ids: Uint8Array;
  /** 1 = tree, 0 = data. */
  readonly isTree: Uint8Array;
  /** Per blob: offset, sealed length, uncompressed length. */
  readonly numbers: Uint32Array;
}

/** Whether an opened header names exactly these blobs, in this order and without gaps from the pack's start on. */
export function isPackHeaderOf(plain: Uint8Array, { ids, isTree, numbers }: PackColumns): boolean {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  let offset = 0;
  let position = 0;
  for (let blob = 0; blob < isTree.length; blob++) {
    const sealedLength = numbers[blob * 3 + 1]!;
    const uncompressedLength = numbers[blob * 3 + 2]!;
    const isCompressed = uncompressedLength !== 0;
    const end = position + packEntryBytes(uncompressedLength);
    const typeByte = (isTree[blob] === 1 ? TREE_FLAG : 0) | (isCompressed ? COMPRESSED_FLAG : 0);
    const isSame =
      end <= plain.length &&
      plain[position] === typeByte &&
      view.getUint32(position + 1, true) === sealedLength &&
      (!isCompressed || view.getUint32(position + 5, true) === uncompressedLength) &&
      numbers[blob * 3] === offset;
    if (!isSame) return false;
    for (let i = 0; i < ID_BYTES; i++)
      if (plain[end - ID_BYTES + i] !== ids[blob * ID_BYTES + i]) return false;
    offset += sealedLength;
    position = end;
  }
  return position === plain.length;
}

/** Entries of an opened header, in order; ids are views into it. @throws FormatError */
export function parsePackHeader(plain: Uint8Array): PackEntry[] {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const entries: PackEntry[] = [];
  let offset = 0;
  let position = 0;
  while (position < plain.length) {
    const typeByte = plain[position] as number;
    if (typeByte > (COMPRESSED_FLAG | TREE_FLAG))
      throw new FormatError(`unknown blob type ${typeByte} in a pack header`);
    const isCompressed = (typeByte & COMPRESSED_FLAG) !== 0;
    const end = position + (isCompressed ? COMPRESSED_ENTRY_BYTES : PLAIN_ENTRY_BYTES);
    if (end > plain.length) throw new FormatError('pack header is cut off');
    const sealedLength = view.getUint32(position + 1, true);
    const uncompressedLength = isCompressed ? view.getUint32(position + 5, true) : 0;
    if (sealedLength < SEAL_OVERHEAD_BYTES) throw new FormatError('blob in a pack header is too short');
    if (isCompressed && uncompressedLength === 0) throw new FormatError('compressed blob without a length');
    entries.push({
      type: (typeByte & TREE_FLAG) === 0 ? 'data' : 'tree',
      id: plain.subarray(end - ID_BYTES, end),
      sealedLength,
      uncompressedLength,
      offset,
    });
    offset += sealedLength;
    position = end;
  }
  return entries;
}
