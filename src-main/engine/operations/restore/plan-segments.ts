/**
 * Which pieces of packs are loaded for a set of blobs, and how blobs that lie near each other share a load and a job. Pure.
 */
import type { BlobLocation } from '#repository/blob-index.ts';

export interface NeededBlob<Use> {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly location: BlobLocation;
  readonly uses: Use[];
}

/** One piece of a pack, with the blobs in it in order of their offsets. */
export interface Segment<Use> {
  readonly packId: string;
  readonly offset: number;
  readonly length: number;
  readonly blobs: readonly NeededBlob<Use>[];
}

export interface SegmentLimits {
  /** A segment is closed when it reaches this length; one blob may exceed it. */
  readonly maxBytes: number;
  /** Bytes between two blobs that are rather loaded than asked around. */
  readonly maxGapBytes: number;
  /** A blob with more uses (zeros, mostly) is loaded several times, so that no job is long. */
  readonly maxUses: number;
}

/** Packs come in the order in which they are first needed. */
export function planSegments<Use>(needed: Iterable<NeededBlob<Use>>, limits: SegmentLimits): Segment<Use>[] {
  const byPack = new Map<string, NeededBlob<Use>[]>();
  for (const blob of splitUses(needed, limits.maxUses)) {
    const list = byPack.get(blob.location.packId);
    if (list === undefined) byPack.set(blob.location.packId, [blob]);
    else list.push(blob);
  }
  const segments: Segment<Use>[] = [];
  for (const [packId, blobs] of byPack) {
    blobs.sort((a, b) => a.location.offset - b.location.offset);
    let first = 0;
    let uses = 0;
    for (const [index, blob] of blobs.entries()) {
      if (index > first && !fits(blobs[first]!, blobs[index - 1]!, blob, uses, limits)) {
        segments.push(segmentOf(packId, blobs.slice(first, index)));
        first = index;
        uses = 0;
      }
      uses += blob.uses.length;
    }
    segments.push(segmentOf(packId, blobs.slice(first)));
  }
  return segments;
}

function* splitUses<Use>(needed: Iterable<NeededBlob<Use>>, maxUses: number): Generator<NeededBlob<Use>> {
  for (const blob of needed) {
    if (blob.uses.length <= maxUses) yield blob;
    else
      for (let start = 0; start < blob.uses.length; start += maxUses)
        yield { ...blob, uses: blob.uses.slice(start, start + maxUses) };
  }
}

function fits<Use>(
  first: NeededBlob<Use>,
  last: NeededBlob<Use>,
  next: NeededBlob<Use>,
  uses: number,
  { maxBytes, maxGapBytes, maxUses }: SegmentLimits,
): boolean {
  return (
    endOf(next) - first.location.offset <= maxBytes &&
    next.location.offset - endOf(last) <= maxGapBytes &&
    uses + next.uses.length <= maxUses
  );
}

function segmentOf<Use>(packId: string, blobs: readonly NeededBlob<Use>[]): Segment<Use> {
  const { offset } = blobs[0]!.location;
  return { packId, offset, length: endOf(blobs.at(-1)!) - offset, blobs };
}

function endOf<Use>({ location }: NeededBlob<Use>): number {
  return location.offset + location.length;
}
