/** The JSON messages of a restore, in restic's shapes and order. Source: restic's manual, "Scripting", checked against 0.19.1. */
import { toDisplay } from '#base/byte-string.ts';
import { withoutZeros } from './backup-json.ts';
import type { ItemProblem } from './calls/access.ts';
import type { RestoreItem, RestoreProgress, RestoreResult } from './calls/restore.ts';

type Message = Readonly<Record<string, unknown>>;

export function restoreStatusJson(progress: RestoreProgress, elapsedSeconds: number): Message {
  const share = progress.totalBytes > 0 ? progress.bytesRestored / progress.totalBytes : 0;
  return withoutZeros(
    {
      message_type: 'status',
      seconds_elapsed: Math.floor(elapsedSeconds),
      percent_done: share,
      ...counts(progress),
    },
    'percent_done',
  );
}

/** Restic's, and what it does not have: how to take it back, and the room that a dry run found. */
export function restoreSummaryJson(result: RestoreResult): Message {
  const { progress, seconds, filesRemoved, undoId, target, room } = result;
  return {
    ...withoutZeros({
      message_type: 'summary',
      seconds_elapsed: Math.floor(seconds),
      ...counts(progress),
      files_deleted: filesRemoved,
    }),
    ...(undoId === undefined ? {} : { undo_id: undoId, target: toDisplay(target) }),
    ...(room === undefined ? {} : { bytes_needed: room.neededBytes, bytes_free: room.freeBytes }),
  };
}

export function restoreProblemJson(problem: ItemProblem): Message {
  return {
    message_type: 'error',
    error: { message: problem.reason },
    during: 'restore',
    item: toDisplay(problem.path),
  };
}

export function restoreItemJson(item: RestoreItem): Message {
  return {
    message_type: 'verbose_status',
    action: item.action,
    item: toDisplay(item.path),
    size: item.isDir ? 0 : item.sizeBytes,
  };
}

function counts(progress: RestoreProgress): Message {
  return {
    total_files: progress.totalFiles,
    files_restored: progress.filesRestored,
    files_skipped: progress.filesSkipped,
    total_bytes: progress.totalBytes,
    bytes_restored: progress.bytesRestored,
    bytes_skipped: progress.bytesSkipped,
  };
}
