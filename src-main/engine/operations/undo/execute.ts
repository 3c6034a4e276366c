/**
 * Takes a restore back, its last run first: what it took away gets its name again, what it made is removed unless somebody
 * changed it since, and metadata becomes what it was. Everything is decided from the journal and from what lies there now, so an undo that was
 * killed, or that of a restore that was killed, is finished by running it again. Needs no room and no repository.
 * Invariant: nothing that the restore did not make disappears; at most it gets another name.
 */
import { throwIfCancelled } from '#base/errors.ts';
import type { TargetRoot } from '#files/port.ts';
import { localZone } from '#format/time.ts';
import { chooseUndo, findUndo } from './find-undo.ts';
import { labelTime } from './label-time.ts';
import { readJournals, runsIn, type ReadEntry } from './read-journal.ts';
import { TakeBack } from './take-back.ts';
import type { UndoAction, UndoObserver, UndoParts, UndoRequest, UndoResult } from './types.ts';
import {
  isKeepingAnything,
  markUndone,
  removeExpired,
  removeWhatServed,
  type UndoRecord,
} from './undo-record.ts';

/** Steps between two looks at the signal, and chances for others to run. */
const STEPS_PER_BREATH = 1024;
const ACTIONS = ['returned', 'removed', 'copied', 'stayed'] as const satisfies readonly UndoAction[];

/**
 * @throws request.invalidInput when there is nothing to take back, or the restore may still be running; job.cancelled: what
 * was taken back until then stays so, and the rest can be done later. What concerns single entries is told to the observer.
 */
export async function executeUndo(
  parts: UndoParts,
  request: UndoRequest,
  observer: UndoObserver = {},
  signal?: AbortSignal,
): Promise<UndoResult> {
  const found = findUndo(parts, request.folder);
  const { root, folder } = found;
  try {
    const { record } = chooseUndo(found, request);
    const nowMs = parts.clock.nowMs();
    const label = `changed ${labelTime(nowMs, localZone())}`;
    const counts: Record<UndoAction, number> = { returned: 0, removed: 0, copied: 0, stayed: 0 };
    let problems = 0;
    for (const run of runsIn(root, record.id).toReversed()) {
      const work = new TakeBack({ root, folder, record, label, observer, primitives: parts.primitives });
      await takeRunBack(work, root, record, run, () => breathe(parts, signal));
      for (const action of ACTIONS) counts[action] += work.counts[action];
      problems += work.problems;
    }
    const isComplete = problems === 0 && !isKeepingAnything(root, record.id);
    if (isComplete) {
      // After all steps, because they change its time.
      if (record.root !== undefined) root.applyMetadata([], record.root);
      markUndone(root, record.id);
      removeWhatServed(root, record.id);
    }
    removeExpired(root, parts.identity, nowMs);
    return { id: record.id, folder, counts, problems, isComplete };
  } finally {
    root.close();
  }
}

/** Files first, so that folders are empty; what lies in the place of folders after them; metadata last. */
async function takeRunBack(
  work: TakeBack,
  root: TargetRoot,
  { id }: UndoRecord,
  run: number,
  breath: () => Promise<void>,
): Promise<void> {
  const passes = [
    ({ entry }: ReadEntry) => entry.kind !== 'name' && work.prepareFolder(entry),
    ({ entry, writtenUntil }: ReadEntry) => entry.kind === 'name' && work.takeFileBack(entry, writtenUntil),
    undefined,
    ({ entry }: ReadEntry) => entry.kind === 'name' && work.returnOnly(entry),
    ({ entry }: ReadEntry) => entry.kind === 'metadata' && work.restoreMetadata(entry),
  ];
  for (const pass of passes) {
    if (pass === undefined) {
      work.removeMadeFolders();
      continue;
    }
    let steps = 0;
    for (const read of readJournals(root, id, run)) {
      if (steps++ % STEPS_PER_BREATH === 0) await breath();
      pass(read);
    }
  }
}

async function breathe({ clock }: UndoParts, signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal);
  await clock.sleep(0, signal);
}
