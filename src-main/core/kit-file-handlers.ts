/** Saving the recovery kit: what was chosen is judged first, and written when the person says so. One choice is known at a time. */
import { open, rename, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { toDisplay } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import type { kitFileCalls } from '#contract/app/kit-file-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { describeErrorCode } from '#files/describe-file-error.ts';
import { locationOf } from '#services/places/place-access.ts';
import { listPlaces } from '#services/state/places-table.ts';
import { listPlans } from '#services/state/plans-table.ts';
import type { CoreParts } from './core-parts.ts';
import { kitFileRisks } from './kit-file-risks.ts';
import { loadDiskFacts } from './machine/block-devices.ts';
import { disksUnder } from './machine/disks-under.ts';
import { machineFiles } from './machine/machine-files.ts';

const OWNER_ONLY = 0o600;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

export function kitFileHandlers({ ports, state, newId }: CoreParts): CallHandlers<typeof kitFileCalls> {
  let chosen: { readonly choiceId: string; readonly file: string } | undefined;
  return {
    'kit.chooseFile': async ({ name }) => {
      const file = (await ports.chooseFile?.(safeFileName(name))) ?? null;
      if (file === null) return null;
      chosen = { choiceId: newId(), file };
      const { folders, places } = state.read((reader) => ({
        folders: listPlans(reader).flatMap((plan) => plan.folders),
        places: listPlaces(reader),
      }));
      const sources = { files: machineFiles(), loadDisks: (source: string) => loadDiskFacts(source) };
      const risks = await kitFileRisks(file, {
        platform: process.platform,
        home: homedir(),
        protectedFolders: [...new Set(folders.map((folder) => toDisplay(folder)))],
        places: places.map((place) => ({ name: place.name, location: locationOf(place) })),
        disksUnder: (folder) => disksUnder(folder, sources),
      });
      return { choiceId: chosen.choiceId, label: file, risks };
    },
    'kit.saveFile': async ({ choiceId, base64 }) => {
      if (chosen?.choiceId !== choiceId)
        throw new TidemarkError('request.notFound', { what: 'chosen file', id: choiceId });
      await writeWhole(chosen.file, Buffer.from(base64, 'base64'), choiceId);
      chosen = undefined;
    },
  };
}

/** In the place of what is there: the dialog has asked. On the disk before it is told, because a stick is pulled out. */
async function writeWhole(file: string, bytes: Uint8Array, suffix: string): Promise<void> {
  const unfinished = path.join(path.dirname(file), `.${suffix}.unfinished`);
  try {
    const handle = await open(unfinished, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await unlink(unfinished).catch(() => undefined);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const options = { retry: 'afterUser', cause: error } as const;
    if (NO_ROOM.has(code)) throw new TidemarkError('files.noSpace', { path: file }, options);
    const data = { path: file, reason: describeErrorCode(code) };
    throw new TidemarkError('files.targetNotWritable', data, options);
  }
}
