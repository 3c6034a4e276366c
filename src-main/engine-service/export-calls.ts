/**
 * Some of one or several versions as one zip file, with the folders from the lowest one that holds all of it. What is
 * chosen by itself is taken from its own version, also where a chosen folder of another version has it too.
 */
import path, { posix } from 'node:path';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { ExportOutcome } from '#contract/engine/engine-values.ts';
import { cleanPath, findPlace } from '#operations/find-in-snapshot.ts';
import { commonFolder } from '#operations/restore/source-places.ts';
import { writeArchive, type ArchiveSource } from '#operations/write-archive.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import type { EngineHandlers, EngineService } from './engine-service.ts';
import { JobTeller } from './job-teller.ts';
import { writeNewFile } from './new-file.ts';

const ROOT = '/' as ByteString;

export function exportCalls({ parts, places }: EngineService): Pick<EngineHandlers, 'export'> {
  return {
    export: ({ access, ask }, { signal, tell }) =>
      places.with(access, { signal, keepsIndex: true }, async (repository): Promise<ExportOutcome> => {
        const { target } = ask;
        refuseRelative(target);
        const wanted = ask.from.map(({ snapshotId, paths }) => ({ snapshotId, paths: withoutInner(paths) }));
        refuseTwice(wanted.flatMap(({ paths }) => paths));
        const teller = new JobTeller(tell, parts.clock);
        const versions = [];
        for (const { snapshotId, paths } of wanted)
          versions.push({ stored: await repository.snapshots.find(snapshotId, {}, signal), paths });
        // After the versions: then all their blobs are in it.
        await repository.loadIndex({ signal });
        const sources: ArchiveSource[] = [];
        for (const { stored, paths } of versions)
          for (const one of paths) sources.push(await findPlace(repository, stored, one, signal));
        const content = { sources, base: commonFolder(sources.map((source) => folderOf(source.path))) };
        let [files, bytes] = [0, 0];
        const onFile = (current: ByteString): void => {
          files++;
          teller.progress({ filesDone: files, bytesDone: bytes, current });
        };
        const suffix = Buffer.from(createPrimitives().randomBytes(4)).toString('hex');
        const notes = await writeNewFile(target, suffix, (write) => {
          const sink = async (chunk: Uint8Array): Promise<void> => {
            await write(chunk);
            bytes += chunk.length;
          };
          return writeArchive(repository, content, 'zip', sink, signal, onFile);
        });
        const skipped = notes.filter(({ what }) => what === 'skipped').length;
        return { files, bytes, changedNames: notes.length - skipped, skipped };
      }),
  };
}

/** What lies in another chosen folder goes along with it. None: everything. */
function withoutInner(paths: readonly ByteString[]): ByteString[] {
  if (paths.length === 0) return [ROOT];
  const wanted = new Set(paths.map(cleanPath));
  return [...wanted].filter((one) => {
    for (let above = folderOf(one); above !== one && above !== ROOT; above = folderOf(above))
      if (wanted.has(above)) return false;
    return one === ROOT || !wanted.has(ROOT);
  });
}

function folderOf(path: ByteString): ByteString {
  return posix.dirname(path) as ByteString;
}

/** An archive has no room for one name in two versions. @throws request.invalidInput */
function refuseTwice(paths: readonly ByteString[]): void {
  const twice = paths.find((path, at) => paths.indexOf(path) !== at);
  if (twice === undefined) return;
  throw new TidemarkError('request.invalidInput', {
    what: `the choice of ${toDisplay(twice)}`,
    reason: 'it is asked for in two versions',
  });
}

/** @throws request.invalidInput */
function refuseRelative(target: ByteString): void {
  if (path.isAbsolute(target) && !target.endsWith('/') && !target.includes('\0')) return;
  throw new TidemarkError('request.invalidInput', {
    what: `the file ${toDisplay(target)}`,
    reason: 'it must be an absolute path of a file',
  });
}
