/**
 * Shows in the system's file manager what a job has put back or put elsewhere. Who asks names the job: where it put things is
 * what the core knows of it, so no path of a stranger is ever shown.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import { jobRequest } from '#contract/app/job-values.ts';
import { restoreResult } from '#contract/app/restore-values.ts';
import type { JobId } from '#contract/app/values.ts';
import { diskPathOf } from '#engine-service/disk-path.ts';
import { folderOfCopy } from '#engine-service/restore-parts.ts';
import { getJob, type Job } from '#services/state/jobs-table.ts';
import type { CoreParts } from './core-parts.ts';

/** Of many that were put back, one that is still there is enough. */
const MOST_TRIED = 100;

/** False: this host has no file manager, or nothing of it is there any more. @throws request.notFound */
export async function showMadeFiles({ state, ports }: CoreParts, id: JobId): Promise<boolean> {
  const job = state.read((reader) => getJob(reader, id));
  if (job === undefined) throw new TidemarkError('request.notFound', { what: 'job', id });
  const made = madeBy(job).slice(0, MOST_TRIED);
  if (ports.showInFolder === undefined) return false;
  for (const file of [...made, ...made.slice(0, 1).map(folderAbove)]) {
    const text = textOf(file);
    if (text === undefined || !(await isThere(text))) continue;
    ports.showInFolder(text);
    return true;
  }
  return false;
}

/** Absolute, in the tree's writing. Empty: it made nothing that could be shown. */
function madeBy({ request, result, endedAtMs }: Job): readonly ByteString[] {
  const asked = jobRequest.safeParse(request).data;
  if (asked === undefined || endedAtMs === null || result === null) return [];
  if (asked.kind === 'export') return [asked.target];
  if (asked.kind !== 'restore') return [];
  const done = restoreResult.safeParse(result).data;
  if (done === undefined || done.filesRestored + done.filesUpdated + done.filesUnchanged === 0) return [];
  const { paths, target } = asked;
  if (paths.length === 0) {
    const folder = target ?? done.folder;
    return folder === null ? [] : [folder];
  }
  if (target === null) return paths;
  const above = folderOfCopy(paths)?.length ?? 0;
  return paths.map((each) => (target + each.slice(above)) as ByteString);
}

function folderAbove(file: ByteString): ByteString {
  return (file.slice(0, file.lastIndexOf('/')) || '/') as ByteString;
}

/** As file managers take it; undefined for bytes that are no text. */
function textOf(file: ByteString): string | undefined {
  const text = toDisplay(file);
  if (textToByteString(text) !== file) return undefined;
  const onDisk = diskPathOf(file);
  return path.normalize(typeof onDisk === 'string' ? onDisk : text);
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
