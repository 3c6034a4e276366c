/**
 * What makes a restore one that can be taken back: its record in the target, made before anything is changed, ended however
 * the restore ends. One that goes on does so under the record that its first run made. What is older than promised is
 * removed on the way.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Identity } from '#base/identity.ts';
import type { TargetFiles, TargetRoot } from '#files/port.ts';
import { errorCodeOf } from '#pipeline/jobs/error-code.ts';
import { throwIfFull } from '#pipeline/restore-place.ts';
import { metadataOf } from '#pipeline/safe-keeping.ts';
import type { JournalEntry } from '#pipeline/undo-journal.ts';
import {
  createUndoRecord,
  endUndoRecord,
  goOnWithUndoRecord,
  recordOfJob,
  removeExpired,
  removeUndoFolderIfEmpty,
  type UndoRecord,
} from '../undo/undo-record.ts';
import { readJournals, runsIn } from '../undo/read-journal.ts';
import { EarlierRuns } from './earlier-runs.ts';
import { targetNotWritable } from './prepare.ts';

export interface BegunUndo {
  readonly id: ByteString;
  /** From 1 on. */
  readonly run: number;
  readonly earlier: EarlierRuns;
  /** To be called when nothing more is changed. Never throws. False: there is nothing to take back. */
  end(): boolean;
}

/** Of this run; all but the last is what a first one makes its record from. */
export type RunDescription = Omit<UndoRecord, 'root' | 'hostname' | 'pid' | 'temporaryPrefixes'> & {
  readonly temporaryPrefix: ByteString;
};

/** @throws files.targetNotWritable, files.noSpace: then nothing was changed */
export function beginUndo(
  files: TargetFiles,
  target: ByteString,
  identity: Identity,
  { temporaryPrefix, ...description }: RunDescription,
): BegunUndo {
  const { hostname, pid } = identity;
  try {
    const root = files.openRoot(target, 'fail');
    try {
      const found = root.stat([]);
      const was = found && metadataOf(root, [], found);
      removeExpired(root, identity, description.startedAtMs);
      const begun = recordOfJob(root, identity, description.job);
      const temporaryPrefixes = [...(begun?.temporaryPrefixes ?? []), temporaryPrefix];
      const record = { ...(begun ?? { ...description, root: was }), hostname, pid, temporaryPrefixes };
      if (begun === undefined) createUndoRecord(root, record);
      else goOnWithUndoRecord(root, record);
      const { id } = record;
      return {
        id,
        run: temporaryPrefixes.length,
        earlier: new EarlierRuns(entriesOf(root, id)),
        end: () => endQuietly(files, target, id),
      };
    } finally {
      root.close();
    }
  } catch (error) {
    throwIfFull(errorCodeOf(error), [target], error);
    throw targetNotWritable(target, error);
  }
}

function* entriesOf(root: TargetRoot, id: ByteString): Generator<JournalEntry> {
  for (const run of runsIn(root, id)) for (const { entry } of readJournals(root, id, run)) yield entry;
}

/** A record that cannot be ended now is taken for that of a killed run, which can be undone too. */
function endQuietly(files: TargetFiles, target: ByteString, id: ByteString): boolean {
  let root: TargetRoot | undefined;
  try {
    root = files.openRoot(target, 'fail');
    const hasDone = endUndoRecord(root, id);
    removeUndoFolderIfEmpty(root);
    return hasDone;
  } catch (error) {
    errorCodeOf(error);
    return true;
  } finally {
    root?.close();
  }
}
