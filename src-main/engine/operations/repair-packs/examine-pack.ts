/**
 * Looks into one pack file for everything that is still good in it: each blob that the index or the pack's own header names is
 * opened and its hash compared. A blob is good however damaged its surroundings are. Source: repository format, 3 and 7.
 */
import { bytesToId, type PackId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { PackEntry } from '#format/pack-header.ts';
import { loadPackHeader } from '#repository/adopt-orphan-packs.ts';
import type { Repository } from '#repository/repository.ts';

export interface ExaminedBytes {
  /** Each blob once. */
  readonly good: readonly PackEntry[];
  /** Named, but not to be had from here. */
  readonly bad: readonly PackEntry[];
  /** Its bytes match its name and its header names just what the index does. */
  readonly isWhole: boolean;
}

/** `indexed`: what the index says of it. @throws storage errors, job.cancelled */
export async function examinePack(
  repository: Repository,
  packId: PackId,
  bytes: Uint8Array,
  indexed: readonly PackEntry[],
  signal: AbortSignal | undefined,
): Promise<ExaminedBytes> {
  const { primitives } = repository.ports;
  const header = await loadPackHeader(repository, packId, bytes.length, signal);
  const named = new Map([...(header ?? []), ...indexed].map((entry) => [placeKey(entry), entry]));
  const good = new Map<string, PackEntry>();
  for (const entry of named.values()) {
    throwIfCancelled(signal);
    const key = blobKey(entry);
    if (!good.has(key) && opens(repository, bytes, entry)) good.set(key, entry);
  }
  const bad = [...named.values()].filter((entry) => !good.has(blobKey(entry)));
  const isWhole =
    header !== undefined &&
    bad.length === 0 &&
    named.size === header.length &&
    bytesToId(primitives.sha256(bytes)) === packId;
  return { good: [...good.values()], bad, isWhole };
}

/** Names a blob. */
export function blobKey({ type, id }: Pick<PackEntry, 'type' | 'id'>): string {
  return `${type} ${bytesToId(id)}`;
}

/** Names a blob at its place in a pack. */
export function placeKey(entry: PackEntry): string {
  return `${blobKey(entry)} ${entry.offset} ${entry.sealedLength} ${entry.uncompressedLength}`;
}

function opens({ codec }: Repository, bytes: Uint8Array, entry: PackEntry): boolean {
  const { offset, sealedLength, uncompressedLength, id } = entry;
  if (offset + sealedLength > bytes.length) return false;
  try {
    codec.open(bytes.subarray(offset, offset + sealedLength), uncompressedLength, id);
    return true;
  } catch (error) {
    if (isTidemarkError(error)) throw error;
    return false;
  }
}
