/** Some of a version as a zip file, with the folders from the lowest one that holds all of it. */
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
        const { snapshotId, target } = ask;
        refuseRelative(target);
        const teller = new JobTeller(tell, parts.clock);
        const stored = await repository.snapshots.find(snapshotId, {}, signal);
        await repository.loadIndex({ signal });
        const sources: ArchiveSource[] = [];
        for (const wanted of withoutInner(ask.paths))
          sources.push(await findPlace(repository, stored, wanted, signal));
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

/** @throws request.invalidInput */
function refuseRelative(target: ByteString): void {
  if (path.isAbsolute(target) && !target.endsWith('/') && !target.includes('\0')) return;
  throw new TidemarkError('request.invalidInput', {
    what: `the file ${toDisplay(target)}`,
    reason: 'it must be an absolute path of a file',
  });
}
