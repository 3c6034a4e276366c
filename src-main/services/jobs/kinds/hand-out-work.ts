/**
 * Gets something of one or several versions ready for other programs: dragged out of the window, or sent to a browser as a
 * zip file. What is dragged has a limit, because somebody holds it; files come with their times and rights, and verified.
 */
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { fromWireError, TidemarkError } from '#base/errors.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import { MOST_DRAGGED_BYTES } from '#contract/app/hand-out-calls.ts';
import type { RestoreAsk } from '#contract/engine/engine-values.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import type { JobRun, JobWork, RequestOf } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

export function handOutWork(parts: WorkParts): JobWork<'handOut'> {
  return async (request, run) => {
    const { handOuts, note } = parts;
    const folder = textToByteString(await handOuts.make(run.id));
    try {
      const { files, bytes, lacking } = await (request.zipName === null
        ? restoreInto(parts, folder, request, run)
        : zipInto(parts, folder, request.zipName, request, run));
      await handOuts.settle(run.id);
      await refuseNothing(parts, request, run);
      const { placeId, from } = request;
      note('handedOut', { placeId, snapshotIds: from.map(({ snapshotId }) => snapshotId), files, bytes });
      return { hasExceptions: lacking > 0, result: { files, bytes, lacking } };
    } catch (error) {
      await handOuts.remove(run.id);
      throw error;
    }
  };
}

/** @throws files.pathNotInSnapshot */
async function refuseNothing({ handOuts }: WorkParts, { from }: HandOut, run: JobRun): Promise<void> {
  if ((await handOuts.files(run.id)).length > 0) return;
  const [{ snapshotId, paths } = { snapshotId: '', paths: [] }] = from;
  const data = { path: toDisplay(paths[0] ?? ('/' as ByteString)), snapshotId };
  throw new TidemarkError('files.pathNotInSnapshot', data, { retry: 'afterUser' });
}

type HandOut = RequestOf<'handOut'>;

interface HandedOut {
  readonly files: number;
  readonly bytes: number;
  /** What could not be had, or not in this form. */
  readonly lacking: number;
}

/** @throws files.tooMuchToDrag and what a restore throws */
async function restoreInto(
  { state, engine }: WorkParts,
  target: ByteString,
  { placeId, from }: HandOut,
  run: JobRun,
): Promise<HandedOut> {
  const access = accessTo(state.read((reader) => requirePlace(reader, placeId)));
  const asks = from.map(({ snapshotId, paths }): RestoreAsk => ({
    snapshotId,
    paths,
    target,
    rule: 'keep-both',
  }));
  let needed = 0;
  for (const ask of asks) {
    const plan = await engine.calls['restore.prepare'](
      { access, ask, withFiles: false },
      { signal: run.signal },
    );
    needed += plan.bytesToWrite;
  }
  if (needed > MOST_DRAGGED_BYTES) {
    const data = { bytes: needed, mostBytes: MOST_DRAGGED_BYTES };
    throw new TidemarkError('files.tooMuchToDrag', data, { retry: 'never' });
  }
  let [files, bytes, lacking] = [0, 0, 0];
  for (const ask of asks) {
    const outcome = await engine.calls.restore({ access, ask }, engineOptions(run));
    if (outcome.cut !== null) throw fromWireError(outcome.cut);
    files += outcome.filesRestored;
    bytes += outcome.bytesRestored;
    lacking += outcome.problems;
  }
  return { files, bytes, lacking };
}

async function zipInto(
  { state, engine }: WorkParts,
  folder: ByteString,
  zipName: string,
  { placeId, from }: HandOut,
  run: JobRun,
): Promise<HandedOut> {
  const access = accessTo(state.read((reader) => requirePlace(reader, placeId)));
  const target = `${folder}/${textToByteString(safeFileName(zipName))}` as ByteString;
  const outcome = await engine.calls.export({ access, ask: { from, target } }, engineOptions(run));
  return { files: outcome.files, bytes: outcome.bytes, lacking: outcome.skipped };
}
