/**
 * After an interrupted run there are packs that no index file names. Their contents are good: this reads
 * their headers and makes their blobs known, so that the next run does not send them again. Runs under a shared lock; a pack of
 * another client that is storing right now may be adopted too, which is harmless: both describe it alike.
 */
import { isId, type PackId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { openSealed } from '#format/envelope.ts';
import { FormatError } from '#format/format-error.ts';
import {
  HEADER_LENGTH_BYTES,
  packSize,
  parseHeaderLength,
  parsePackHeader,
  type PackEntry,
} from '#format/pack-header.ts';
import type { StorageEntry } from '#storage/port.ts';
import type { Repository } from './repository.ts';
import type { WriteScope } from './write-scope.ts';

/** Enough for the header of most packs, so that one request does. */
const FIRST_READ_BYTES = 16 * 1024;

/** `listed`: the packs, where they were asked for before. @returns how many were adopted */
export async function adoptOrphanPacks(
  repository: Repository,
  scope: WriteScope,
  signal?: AbortSignal,
  listed?: Promise<readonly StorageEntry[]>,
): Promise<number> {
  let adopted = 0;
  for (const { name, sizeBytes } of await (listed ?? repository.storage.list('pack', signal))) {
    if (!isId(name) || repository.index.hasPack(name as PackId)) continue;
    const entries = await loadPackHeader(repository, name as PackId, sizeBytes, signal);
    if (entries === undefined) continue;
    await scope.adoptPack(name as PackId, entries);
    adopted++;
  }
  return adopted;
}

/** Undefined for a pack that is cut off, damaged or gone: its blobs will be stored again. */
export async function loadPackHeader(
  { storage, ports, keys }: Repository,
  packId: PackId,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<PackEntry[] | undefined> {
  try {
    const tail = await loadTail(Math.min(sizeBytes, FIRST_READ_BYTES));
    const headerBytes = parseHeaderLength(tail, sizeBytes) + HEADER_LENGTH_BYTES;
    const whole = headerBytes <= tail.length ? tail : await loadTail(headerBytes);
    const sealed = whole.subarray(whole.length - headerBytes, whole.length - HEADER_LENGTH_BYTES);
    const entries = parsePackHeader(openSealed(ports.primitives, keys, sealed));
    return packSize(entries) === sizeBytes ? entries : undefined;
  } catch (error) {
    const isDamage =
      error instanceof FormatError ||
      error instanceof RangeError ||
      isTidemarkError(error, 'storage.objectMissing') ||
      isTidemarkError(error, 'storage.rangeInvalid');
    if (isDamage) return undefined;
    throw error;
  }

  function loadTail(length: number): Promise<Uint8Array> {
    return storage.load('pack', packId, { offset: sizeBytes - length, length }, signal);
  }
}
