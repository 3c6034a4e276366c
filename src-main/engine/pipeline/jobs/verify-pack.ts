/**
 * The verifyPack job: holds a whole pack file against its name, its own header and what the index says of it, and opens
 * every blob. Reports everything it finds, not only the first. Source: repository format, 7 and 18.
 */
import { bytesToId, idAt } from '#base/ids.ts';
import { openSealed } from '#format/envelope.ts';
import {
  HEADER_LENGTH_BYTES,
  isPackHeaderOf,
  parseHeaderLength,
  parsePackHeader,
  type PackEntry,
} from '#format/pack-header.ts';
import { TreeInspection } from '../tree-inspection.ts';
import type { BlobFault, JobTypes, PackEntries, PackFault } from '../job-types.ts';
import type { JobContext } from '../worker-thread.ts';

type VerifyPack = JobTypes['verifyPack'];

export function verifyPack(input: VerifyPack['input'], context: JobContext): VerifyPack['output'] {
  const { bytes, packId, entries } = input;
  const faults: PackFault[] = [];
  const blobs: BlobFault[] = [];
  if (!context.primitives.equal(context.primitives.sha256(bytes), packId))
    faults.push({ code: 'hashDiffers' });
  if (!isContiguous(entries)) faults.push({ code: 'notContiguous' });
  const unindexed = verifyHeader(bytes, entries, faults, blobs, context);
  const inspection = new TreeInspection();
  const positions: number[] = [];
  let plainBytes = 0;
  const open = (blob: IndexedBlob): void => {
    const plain = openBlob(bytes, blob, blobs, context);
    if (plain === undefined) return;
    plainBytes += plain.length;
    if (blob.type !== 'tree' || blob.position < 0) return;
    inspection.add(() => plain);
    positions.push(blob.position);
  };
  for (let position = 0; position < entries.isTree.length; position++) open(blobAt(entries, position));
  unindexed.forEach(open);
  releaseNow(bytes);
  const trees = { positions: Uint32Array.from(positions), inspected: inspection.finish() };
  return { faults, blobs, plainBytes, ...(positions.length === 0 ? {} : { trees }) };
}

/** What the index says of the pack, as it was sent. */
interface IndexedBlob extends PackEntry {
  /** Place in the list that was sent; -1 for a blob that only the header names. */
  readonly position: number;
}

/** Made when its turn comes: thousands that live as long as the pack is looked at would be work for the collector. */
function blobAt({ ids, isTree, numbers }: PackEntries, position: number): IndexedBlob {
  return {
    position,
    type: isTree[position] === 1 ? 'tree' : 'data',
    id: idAt(ids, position),
    offset: numbers[position * 3]!,
    sealedLength: numbers[position * 3 + 1]!,
    uncompressedLength: numbers[position * 3 + 2]!,
  };
}

function isContiguous({ isTree, numbers }: PackEntries): boolean {
  let end = 0;
  for (let position = 0; position < isTree.length; position++) {
    if (numbers[position * 3] !== end) return false;
    end += numbers[position * 3 + 1]!;
  }
  return true;
}

/** Returns the header's blobs that the index does not have there. */
function verifyHeader(
  bytes: Uint8Array,
  indexed: PackEntries,
  faults: PackFault[],
  blobs: BlobFault[],
  context: JobContext,
): IndexedBlob[] {
  let header: PackEntry[];
  try {
    if (bytes.length < HEADER_LENGTH_BYTES) throw new Error('the file is too short');
    const sealedLength = parseHeaderLength(bytes.subarray(-HEADER_LENGTH_BYTES), bytes.length);
    const start = bytes.length - HEADER_LENGTH_BYTES - sealedLength;
    const sealed = bytes.subarray(start, start + sealedLength);
    const plain = openSealed(context.primitives, context.settings.keys, sealed);
    if (endOf(indexed) === start && isPackHeaderOf(plain, indexed)) return [];
    header = parsePackHeader(plain);
    const last = header.at(-1);
    if (last === undefined || last.offset + last.sealedLength !== start)
      faults.push({ code: 'headerMisplaced' });
  } catch (error) {
    faults.push({ code: 'headerUnreadable', reason: reasonOf(error) });
    return [];
  }
  return compareWithHeader(
    Array.from(indexed.isTree, (_, position) => blobAt(indexed, position)),
    header,
    blobs,
  );
}

/** Where the last blob ends; -1 when there is none. */
function endOf({ isTree, numbers }: PackEntries): number {
  const last = isTree.length - 1;
  return last < 0 ? -1 : numbers[last * 3]! + numbers[last * 3 + 1]!;
}

/** Both directions. Returns the header's blobs that the index does not have there. */
function compareWithHeader(
  indexed: readonly IndexedBlob[],
  header: readonly PackEntry[],
  blobs: BlobFault[],
): IndexedBlob[] {
  const inHeader = new Map(header.map((entry) => [placeOf(entry), entry]));
  for (const entry of indexed) {
    const other = inHeader.get(placeOf(entry));
    inHeader.delete(placeOf(entry));
    if (other === undefined) addFault(blobs, entry, 'notInHeader');
    else if (
      other.sealedLength !== entry.sealedLength ||
      other.uncompressedLength !== entry.uncompressedLength
    ) {
      addFault(blobs, entry, 'differsFromHeader');
    }
  }
  const unindexed = [...inHeader.values()].map((entry) => ({ ...entry, position: -1 }));
  for (const entry of unindexed) addFault(blobs, entry, 'notInIndex');
  return unindexed;
}

function placeOf({ offset, type, id }: PackEntry): string {
  return `${offset} ${type} ${bytesToId(id)}`;
}

/** The plaintext until the next blob is opened; undefined when it does not open. */
function openBlob(
  bytes: Uint8Array,
  entry: IndexedBlob,
  blobs: BlobFault[],
  { codec }: JobContext,
): Uint8Array | undefined {
  const { offset, sealedLength, uncompressedLength, id } = entry;
  if (offset + sealedLength > bytes.length) {
    addFault(blobs, entry, 'beyondEnd');
    return undefined;
  }
  try {
    return codec.open(bytes.subarray(offset, offset + sealedLength), uncompressedLength, id);
  } catch (error) {
    addFault(blobs, entry, 'damaged', reasonOf(error));
    return undefined;
  }
}

function addFault(blobs: BlobFault[], entry: IndexedBlob, code: BlobFault['code'], reason?: string): void {
  blobs.push({
    position: entry.position,
    type: entry.type,
    blobId: bytesToId(entry.id),
    code,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** A pack is gone from memory at once, instead of when the collector happens to see how much it was. */
function releaseNow(bytes: Uint8Array<ArrayBuffer>): void {
  bytes.buffer.transfer(0);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
