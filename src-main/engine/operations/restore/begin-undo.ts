/**
 * What makes a restore one that can be taken back: its record in the target, made before anything is changed, ended however
 * the restore ends. What is older than promised is removed on the way.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Identity } from '#base/identity.ts';
import type { TargetFiles, TargetRoot } from '#files/port.ts';
import { errorCodeOf } from '#pipeline/jobs/error-code.ts';
import { throwIfFull } from '#pipeline/restore-place.ts';
import { metadataOf } from '#pipeline/safe-keeping.ts';
import {
  createUndoRecord,
  endUndoRecord,
  removeExpired,
  removeUndoFolderIfEmpty,
  type UndoRecord,
} from '../undo/undo-record.ts';
import { targetNotWritable } from './prepare.ts';

export interface BegunUndo {
  readonly id: ByteString;
  /** To be called when nothing more is changed. Never throws. False: there is nothing to take back. */
  end(): boolean;
}

/** @throws files.targetNotWritable, files.noSpace: then nothing was changed */
export function beginUndo(
  files: TargetFiles,
  target: ByteString,
  identity: Identity,
  description: Omit<UndoRecord, 'root' | 'hostname' | 'pid'>,
): BegunUndo {
  const { hostname, pid } = identity;
  try {
    const root = files.openRoot(target, 'fail');
    try {
      const found = root.stat([]);
      const was = found && metadataOf(root, [], found);
      removeExpired(root, identity, description.startedAtMs);
      createUndoRecord(root, { ...description, hostname, pid, root: was });
    } finally {
      root.close();
    }
  } catch (error) {
    throwIfFull(errorCodeOf(error), [target], error);
    throw targetNotWritable(target, error);
  }
  const { id } = description;
  return { id, end: () => endQuietly(files, target, id) };
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
