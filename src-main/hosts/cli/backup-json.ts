/** The JSON messages of a backup, in restic's shapes and order. Source: restic's manual, "Scripting", checked against 0.19.1. */
import { toDisplay } from '#base/byte-string.ts';
import type {
  BackupItem,
  BackupProgress,
  BackupResult,
  ChangedPathsOutcome,
  UnreadItem,
} from './calls/backup.ts';

type Message = Readonly<Record<string, unknown>>;

/** Members that are 0, empty or unknown are left out, but the share. */
export function backupStatusJson(progress: BackupProgress, elapsedSeconds: number): Message {
  const { bytesDone, filesDone, totalBytes = 0, totalFiles = 0 } = progress;
  const share = totalBytes > 0 ? bytesDone / totalBytes : 0;
  const remaining = share > 0 && share < 1 ? Math.floor((elapsedSeconds / share) * (1 - share)) : 0;
  return withoutZeros(
    {
      message_type: 'status',
      seconds_elapsed: Math.floor(elapsedSeconds),
      seconds_remaining: remaining,
      percent_done: share,
      total_files: totalFiles,
      files_done: filesDone,
      total_bytes: totalBytes,
      bytes_done: bytesDone,
      error_count: progress.problems,
      current_files: progress.current.map(toDisplay),
    },
    'percent_done',
  );
}

export function backupItemProblemJson(problem: UnreadItem): Message {
  return {
    message_type: 'error',
    error: { message: problem.reason },
    during: 'archival',
    item: toDisplay(problem.path),
    // Ours: restic leaves such files out.
    ...(problem.keptPrevious ? { kept_previous: true } : {}),
  };
}

export function backupItemJson(item: BackupItem): Message {
  return {
    message_type: 'verbose_status',
    action: item.action,
    item: toDisplay(item.path) + (item.isDir ? '/' : ''),
    duration: item.cost.seconds,
    data_size: item.cost.dataBytes,
    data_size_in_repo: item.cost.dataBytesPacked,
    metadata_size: item.cost.treeBytes,
    metadata_size_in_repo: item.cost.treeBytesPacked,
    total_files: 0,
  };
}

/** How much there is to look at is known, so many seconds after the start. */
export function backupScanJson(files: number, bytes: number, elapsedSeconds: number): Message {
  return {
    message_type: 'verbose_status',
    action: 'scan_finished',
    item: '',
    duration: elapsedSeconds,
    data_size: bytes,
    data_size_in_repo: 0,
    metadata_size: 0,
    metadata_size_in_repo: 0,
    total_files: files,
  };
}

export function backupSummaryJson(result: BackupResult, dryRun: boolean): Message {
  const { summary, changedPaths } = result;
  return {
    message_type: 'summary',
    files_new: summary.filesNew,
    files_changed: summary.filesChanged,
    files_unmodified: summary.filesUnmodified,
    dirs_new: summary.dirsNew,
    dirs_changed: summary.dirsChanged,
    dirs_unmodified: summary.dirsUnmodified,
    data_blobs: summary.dataBlobs,
    tree_blobs: summary.treeBlobs,
    data_added: summary.dataAdded,
    data_added_packed: summary.dataAddedPacked,
    total_files_processed: summary.totalFilesProcessed,
    total_bytes_processed: summary.totalBytesProcessed,
    total_duration: result.seconds,
    backup_start: summary.backupStart,
    backup_end: summary.backupEnd,
    ...(result.snapshotId === undefined ? {} : { snapshot_id: result.snapshotId }),
    ...(dryRun ? { dry_run: true } : {}),
    ...(changedPaths === undefined ? {} : { changed_paths: changedPathsJson(changedPaths) }),
  };
}

/** Ours; restic has no such list. */
function changedPathsJson(outcome: ChangedPathsOutcome): Message {
  return outcome.kind === 'followed'
    ? { followed: true, given: outcome.pathCount, outside: outcome.outsideCount }
    : { followed: false, reason: outcome.reason };
}

/** As Go's `omitempty` does. */
export function withoutZeros(message: Message, ...kept: readonly string[]): Message {
  return Object.fromEntries(
    Object.entries(message).filter(
      ([key, value]) => kept.includes(key) || (value !== 0 && !(Array.isArray(value) && value.length === 0)),
    ),
  );
}
