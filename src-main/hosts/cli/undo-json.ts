/** The JSON messages of an undo, shaped like a restore's. */
import { toDisplay } from '#base/byte-string.ts';
import type { ItemProblem } from './calls/access.ts';
import type { UndoHandlers, UndoneRestore, UndoList } from './calls/undo.ts';

type Message = Readonly<Record<string, unknown>>;

export function undoItemJson({ path, action, copy }: Parameters<UndoHandlers['onItem']>[0]): Message {
  return {
    message_type: 'verbose_status',
    action,
    item: toDisplay(path),
    ...(copy === undefined ? {} : { copy: toDisplay(copy) }),
  };
}

export function undoProblemJson(problem: ItemProblem): Message {
  return {
    message_type: 'error',
    error: { message: problem.reason },
    during: 'undo',
    item: toDisplay(problem.path),
  };
}

export function undoSummaryJson({ id, folder, counts, problems, isComplete }: UndoneRestore): Message {
  return {
    message_type: 'summary',
    undo_id: id,
    target: toDisplay(folder),
    files_returned: counts.returned,
    files_removed: counts.removed,
    files_copied: counts.copied,
    files_stayed: counts.stayed,
    errors: problems,
    complete: isComplete,
  };
}

export function undoListJson({ folder, restores }: UndoList): readonly Message[] {
  return restores.map(({ id, state, snapshotId, rule, startedAtMs, expiresAtMs }) => ({
    undo_id: id,
    target: toDisplay(folder),
    state,
    snapshot_id: snapshotId,
    rule,
    time: new Date(startedAtMs).toISOString(),
    expires: new Date(expiresAtMs).toISOString(),
  }));
}
