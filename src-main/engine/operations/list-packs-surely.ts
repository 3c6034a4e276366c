/**
 * Which packs are really there. A place may list too little (a lagging store, a folder that is not mounted whole), and
 * whoever takes that for loss destroys data: a pack counts as gone only when two listings lack it and it cannot be had by
 * its name either. When the place contradicts itself, nothing may be concluded.
 */
import { isId, type PackId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { Storage } from '#storage/port.ts';

const LOOKS_AT_A_TIME = 16;

/**
 * Sizes in bytes of all packs that are there. `expected`: those that ought to be.
 * @throws storage.ioFailed when the place contradicts itself; its own errors
 */
export async function listPacksSurely(
  storage: Storage,
  expected: readonly PackId[],
  signal: AbortSignal | undefined,
): Promise<Map<PackId, number>> {
  const first = await listPacks(storage, signal);
  const second = await listPacks(storage, signal);
  const found = new Map([...first, ...second]);
  const unlisted = expected.filter((packId) => !found.has(packId));
  const unsteady = [...found].filter(([packId, bytes]) => first.get(packId) !== bytes || !second.has(packId));
  const doubtful = [...unlisted, ...unsteady.map(([packId]) => packId)];
  for (let start = 0; start < doubtful.length; start += LOOKS_AT_A_TIME) {
    throwIfCancelled(signal);
    await Promise.all(
      doubtful.slice(start, start + LOOKS_AT_A_TIME).map(async (packId) => {
        const bytes = await sizeOf(storage, packId, signal);
        if (bytes !== undefined) found.set(packId, bytes);
        else if (found.has(packId)) throw contradiction(storage);
      }),
    );
  }
  return found;
}

async function listPacks(storage: Storage, signal: AbortSignal | undefined): Promise<Map<PackId, number>> {
  const entries = await storage.list('pack', signal);
  return new Map(
    entries.filter(({ name }) => isId(name)).map(({ name, sizeBytes }) => [name as PackId, sizeBytes]),
  );
}

/** Undefined when there is no such pack. */
async function sizeOf(
  storage: Storage,
  packId: PackId,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    return (await storage.stat('pack', packId, signal)).sizeBytes;
  } catch (error) {
    if (isTidemarkError(error, 'storage.objectMissing')) return undefined;
    throw error;
  }
}

function contradiction({ location }: Storage): TidemarkError {
  const reason = 'it lists files that are not there';
  return new TidemarkError('storage.ioFailed', { location, operation: 'list', reason }, { retry: 'later' });
}
