/** The look at a location and, where that shows something to write into, the trial of it. */
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { PlaceTrial } from '#contract/app/place-trial.ts';
import type { PlaceAddress, ProbeOutcome, TestOutcome } from '#contract/engine/engine-values.ts';
import type { Primitives } from '#format/primitives.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage } from '#storage/port.ts';
import type { OpenPlaces } from './open-places.ts';
import { probePlace } from './probe-place.ts';
import { tryPlace, untriedPlace } from './try-place.ts';

/** @throws job.cancelled, request.invalidInput */
export async function testPlace(
  places: OpenPlaces,
  clock: Clock,
  address: PlaceAddress,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const { location } = address;
  const above = folderAbove(location);
  const outcome = await places.withPorts(
    address,
    async ({ storage, primitives }) => {
      const probe = await probePlace(storage, location, signal);
      return { probe, trial: await tryWhatIsThere(storage, primitives, probe, above !== undefined) };
    },
    true,
  );
  const isInFolder = outcome.probe.kind === 'missing' && above !== undefined;
  return isInFolder ? tryAbove(places, clock, outcome, above, signal) : outcome;

  async function tryWhatIsThere(
    storage: Storage,
    primitives: Primitives,
    { kind }: ProbeOutcome,
    isFolder: boolean,
  ): Promise<PlaceTrial> {
    switch (kind) {
      case 'repository':
        return tryPlace(storage, { clock, primitives, mayWrite: true }, signal);
      case 'empty':
      case 'otherFiles':
        return tryPlace(
          storage,
          { clock, primitives, mayWrite: !storage.capabilities.emptyLooksMissing },
          signal,
        );
      case 'missing': {
        const aheadMs = isFolder ? undefined : await storage.clockAheadMs(signal).catch(() => undefined);
        return { ...untriedPlace(), clockAheadMs: aheadMs ?? null };
      }
      default:
        return untriedPlace();
    }
  }
}

/** What a missing folder can do is what the one can in which it is made. */
async function tryAbove(
  places: OpenPlaces,
  clock: Clock,
  outcome: TestOutcome,
  above: string,
  signal: AbortSignal,
): Promise<TestOutcome> {
  try {
    return await places.withPorts(
      { location: above },
      async ({ storage, primitives }) => {
        await storage.open(signal);
        const freeBytes = (await storage.freeSpaceBytes(signal)) ?? null;
        const trial = await tryPlace(storage, { clock, primitives, mayWrite: true }, signal);
        return { probe: { ...outcome.probe, freeBytes }, trial };
      },
      true,
    );
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled') throw error;
    return outcome;
  }
}

/** Undefined: the place is none of folders. */
function folderAbove(location: string): string | undefined {
  const place = parseLocation(location);
  if (place.kind === 'local') return path.dirname(path.resolve(place.path));
  if (place.kind === 'sftp') return describeLocation({ ...place, path: path.posix.dirname(place.path) });
  return undefined;
}
