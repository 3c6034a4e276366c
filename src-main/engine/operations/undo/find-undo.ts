/** Finds the restores that can be taken back in a folder. Reads only. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { TargetRoot } from '#files/port.ts';
import { errorCodeOf } from '#pipeline/jobs/error-code.ts';
import { UNDO_DAYS, UNDO_FOLDER } from '#rules/undo-folder.ts';
import type { UndoList, UndoParts, UndoRequest } from './types.ts';
import { loadUndoRecords, type StoredUndoRecord } from './undo-record.ts';

const DAY_MS = 86_400_000;
const GROUP_OR_OTHERS_WRITE = 0o022;

export interface FoundUndo {
  /** To be closed by the caller. */
  readonly root: TargetRoot;
  readonly folder: ByteString;
  /** Newest first. */
  readonly records: readonly StoredUndoRecord[];
}

/**
 * In the folder, or in the nearest one above it that has an undo folder.
 * @throws request.invalidInput where there is none, and where somebody else may have written in it
 */
export function findUndo({ files, identity }: UndoParts, folder: ByteString): FoundUndo {
  for (let path = folder; ; path = above(path)) {
    const root = openQuietly(() => files.openRoot(path, 'fail'));
    const found = root && openQuietly(() => root.stat([UNDO_FOLDER]));
    if (root !== undefined && found?.kind === 'dir') {
      const isOurs = found.uid === identity.uid && (found.permissions & GROUP_OR_OTHERS_WRITE) === 0;
      if (isOurs) return { root, folder: path, records: loadUndoRecords(root, identity) };
      root.close();
      throw new TidemarkError('request.invalidInput', {
        what: `what is kept in ${toDisplay(path)} belongs to another user`,
        reason: 'run this as the user who restored',
      });
    }
    root?.close();
    if (path === '/' || path === above(path)) break;
  }
  throw new TidemarkError('request.invalidInput', {
    what: `there is no restore to take back in ${toDisplay(folder)}`,
    reason: `name the folder that was restored into with --target; a restore can be taken back for ${UNDO_DAYS} days, unless it used a rule of restic's that keeps nothing`,
  });
}

function openQuietly<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    errorCodeOf(error);
    return undefined;
  }
}

function above(path: ByteString): ByteString {
  return (path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/') as ByteString;
}

/** @throws as findUndo */
export function listUndo(parts: UndoParts, folder: ByteString): UndoList {
  const found = findUndo(parts, folder);
  found.root.close();
  const restores = found.records.map(({ record, state }) => {
    const { id, snapshotId, rule, startedAtMs } = record;
    return { id, state, snapshotId, rule, startedAtMs, expiresAtMs: startedAtMs + UNDO_DAYS * DAY_MS };
  });
  return { folder: found.folder, restores };
}

/** @throws request.invalidInput when there is none, more than one, or it may still be running */
export function chooseUndo({ records, folder }: FoundUndo, { id, force }: UndoRequest): StoredUndoRecord {
  const where = toDisplay(folder);
  const candidates =
    id === undefined
      ? records.filter(({ state }) => state !== 'undone').slice(0, 1)
      : records.filter(({ record }) => record.id.startsWith(id));
  const [chosen] = candidates;
  if (chosen === undefined)
    throw refusal(
      records.length === 0
        ? `there is no restore to take back in ${where}`
        : id === undefined
          ? `every restore in ${where} is taken back already`
          : `there is no restore ${id} in ${where}`,
    );
  if (candidates.length > 1) throw refusal(`more than one restore in ${where} begins with ${id}`);
  if (chosen.state === 'undone') throw refusal(`the restore ${chosen.record.id} is taken back already`);
  if (!force && chosen.state === 'running')
    throw refusal(
      `the restore ${chosen.record.id} is still running (process ${chosen.record.pid})`,
      'stop it first; if it is surely gone, add --force',
    );
  if (!force && chosen.state === 'unknown')
    throw refusal(
      `the restore ${chosen.record.id} may still be running on ${chosen.record.hostname}`,
      'take it back there, or add --force when it is surely gone',
    );
  return chosen;
}

function refusal(what: string, reason = 'see tidemark undo --list'): TidemarkError {
  return new TidemarkError('request.invalidInput', { what, reason });
}
