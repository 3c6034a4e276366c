/**
 * The records of restores that can be taken back: one folder each below the undo folder of a target. Owns what is in such a
 * folder but the journals and kept things themselves, and their removal when they are too old.
 *
 * record         what the restore was; `record-undone` instead once it is taken back (a rename: needs no room on a full disk)
 * running        there while the restore works; left behind by one that was killed
 * journal-RUN-*  what was done, one per run and thread; see pipeline/undo-journal.ts
 * kept/          what was taken away
 *
 * A restore that was cut short and goes on does so under the same record, as its next run: one undo takes all of it back.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Identity } from '#base/identity.ts';
import type { FileMetadata, TargetPath, TargetRoot } from '#files/port.ts';
import { errorCodeOf } from '#pipeline/jobs/error-code.ts';
import { JOURNAL_PREFIX, KEPT_FOLDER, keepingFolder, makeKeepingFolder } from '#pipeline/safe-keeping.ts';
import { encodeMetadata, parseMetadata } from '#pipeline/undo-journal.ts';
import { doubtClock } from '#rules/clock-doubt.ts';
import { UNDO_DAYS, UNDO_FOLDER } from '#rules/undo-folder.ts';
import { readJournals } from './read-journal.ts';
import { removeTree } from './remove-tree.ts';

const RECORD = 'record' as ByteString;
const RECORD_UNDONE = 'record-undone' as ByteString;
const RUNNING = 'running' as ByteString;
const MAX_RECORD_BYTES = 1 << 20;
const DAY_MS = 86_400_000;

export interface UndoRecord {
  readonly id: ByteString;
  readonly snapshotId: string;
  /** Name of the rule, for people. */
  readonly rule: string;
  /** By which it is found when it goes on; undefined: it never does. */
  readonly job: string | undefined;
  /** Of its first run. */
  readonly startedAtMs: number;
  /** Of its last run. */
  readonly hostname: string;
  readonly pid: number;
  /** Beginnings of the names of unfinished files, one of each run: so there were that many. */
  readonly temporaryPrefixes: readonly ByteString[];
  /** Of the target itself, before. */
  readonly root: FileMetadata | undefined;
}

/** `interrupted`: its process is gone. `unknown`: it may still be running on another machine. */
export type UndoState = 'running' | 'unknown' | 'interrupted' | 'ended' | 'undone';

export interface StoredUndoRecord {
  readonly record: UndoRecord;
  readonly state: UndoState;
}

/** `20261122-140502-1a2b3c4d`, in UTC. */
export function undoIdAt(nowMs: number, random: Uint8Array): ByteString {
  const digits = new Date(nowMs).toISOString().replace(/[-:T]/g, '');
  const suffix = Buffer.from(random).toString('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${suffix}` as ByteString;
}

/** Durable when it returns. @throws the system's errors */
export function createUndoRecord(root: TargetRoot, record: UndoRecord): void {
  const folder = keepingFolder([], record.id);
  makeKeepingFolder(root, [], record.id);
  writeFile(root, [...folder, RUNNING], '');
  writeRecord(root, record);
}

/** A further run begins, which `record` tells of already. Durable when it returns. @throws the system's errors */
export function goOnWithUndoRecord(root: TargetRoot, record: UndoRecord): void {
  const folder = keepingFolder([], record.id);
  // Left behind by a run that was killed.
  if (root.stat([...folder, RUNNING]) === undefined) writeFile(root, [...folder, RUNNING], '');
  writeRecord(root, record);
}

function writeRecord(root: TargetRoot, record: UndoRecord): void {
  const folder = keepingFolder([], record.id);
  const text = JSON.stringify({ ...record, root: record.root && encodeMetadata(record.root) });
  const written = [...folder, 'record.new' as ByteString];
  if (root.stat(written) !== undefined) root.remove(written);
  writeFile(root, written, text);
  root.rename(written, [...folder, RECORD]);
  root.flushAround?.([folder]);
}

function writeFile(root: TargetRoot, path: TargetPath, text: string): void {
  const file = root.createFile(path);
  try {
    file.write(Buffer.from(text), 0);
    file.flush();
  } finally {
    file.close();
  }
}

/** The restore is over, however it went. False: it did nothing, and its record is removed. */
export function endUndoRecord(root: TargetRoot, id: ByteString): boolean {
  const folder = keepingFolder([], id);
  const hasJournal = root.list(folder).some((name) => name.startsWith(JOURNAL_PREFIX));
  if (hasJournal) root.remove([...folder, RUNNING]);
  else {
    removeTree(root, folder);
    removeUndoFolderIfEmpty(root);
  }
  return hasJournal;
}

/** Newest first. Folders that hold no record of ours are passed over. */
export function loadUndoRecords(root: TargetRoot, identity: Identity): StoredUndoRecord[] {
  const found: StoredUndoRecord[] = [];
  for (const id of namesIn(root, [UNDO_FOLDER])) {
    const stored = loadRecord(root, id, identity);
    if (stored !== undefined) found.push(stored);
  }
  // Not by id: two may begin within a second.
  return found.sort((a, b) => b.record.startedAtMs - a.record.startedAtMs);
}

/** What a job has begun in this target and goes on with; not what was taken back meanwhile. */
export function recordOfJob(
  root: TargetRoot,
  identity: Identity,
  job: string | undefined,
): UndoRecord | undefined {
  if (job === undefined) return undefined;
  const records = loadUndoRecords(root, identity);
  return records.find(({ record, state }) => record.job === job && state !== 'undone')?.record;
}

function loadRecord(root: TargetRoot, id: ByteString, identity: Identity): StoredUndoRecord | undefined {
  const folder = keepingFolder([], id);
  const names = namesIn(root, folder);
  const isUndone = names.includes(RECORD_UNDONE);
  const text = readText(root, [...folder, isUndone ? RECORD_UNDONE : RECORD]);
  const record = text === undefined ? undefined : parseRecord(text, id);
  if (record === undefined) return undefined;
  if (isUndone) return { record, state: 'undone' };
  if (!names.includes(RUNNING)) return { record, state: 'ended' };
  if (record.hostname !== identity.hostname) return { record, state: 'unknown' };
  return { record, state: identity.isProcessAlive(record.pid) ? 'running' : 'interrupted' };
}

function parseRecord(text: string, id: ByteString): UndoRecord | undefined {
  try {
    const value = JSON.parse(text) as Record<keyof UndoRecord, unknown>;
    const { snapshotId, rule, job, startedAtMs, hostname, pid } = value;
    // Before restores went on, there was one.
    const { temporaryPrefixes = [(value as { temporaryPrefix?: unknown }).temporaryPrefix] } = value;
    if (typeof startedAtMs !== 'number' || typeof pid !== 'number') return undefined;
    if (!Array.isArray(temporaryPrefixes) || !temporaryPrefixes.every(isPrefix)) return undefined;
    return {
      id,
      snapshotId: String(snapshotId),
      rule: String(rule),
      job: typeof job === 'string' ? job : undefined,
      startedAtMs,
      hostname: String(hostname),
      pid,
      temporaryPrefixes,
      root: parseMetadata(value.root),
    };
  } catch {
    return undefined;
  }
}

function isPrefix(value: unknown): value is ByteString {
  return typeof value === 'string' && value !== '';
}

export function markUndone(root: TargetRoot, id: ByteString): void {
  const folder = keepingFolder([], id);
  root.renameNew([...folder, RECORD], [...folder, RECORD_UNDONE]);
  for (const name of namesIn(root, folder)) if (name === RUNNING) root.remove([...folder, name]);
}

/**
 * Removes what is kept for longer than it is promised. What cannot be removed now is tried again by the next run; so is all of
 * it when the clock is years ahead of what is there, which may be the clock's fault.
 */
export function removeExpired(root: TargetRoot, identity: Identity, nowMs: number): void {
  const records = loadUndoRecords(root, identity);
  const times = records.map(({ record }) => record.startedAtMs);
  if (doubtClock({ nowMs }, times)?.kind === 'farAhead') return;
  for (const { record, state } of records) {
    if (nowMs - record.startedAtMs <= UNDO_DAYS * DAY_MS || state === 'running') continue;
    try {
      removeRecord(root, record.id);
    } catch (error) {
      errorCodeOf(error);
    }
  }
  removeUndoFolderIfEmpty(root);
}

function removeRecord(root: TargetRoot, id: ByteString): void {
  removeWhatServed(root, id);
  removeTree(root, keepingFolder([], id));
}

/** All but the record itself, the journals last: a kill on the way leaves what is needed to go on. */
export function removeWhatServed(root: TargetRoot, id: ByteString): void {
  const folder = keepingFolder([], id);
  for (const place of otherPlaces(root, id)) {
    removeTree(root, keepingFolder(place, id));
    removeUndoFolderIfEmpty(root, place);
  }
  removeTree(root, [...folder, KEPT_FOLDER]);
  for (const name of namesIn(root, folder))
    if (name.startsWith(JOURNAL_PREFIX)) root.remove([...folder, name]);
}

/** Tops of other file systems that this restore kept things on. */
function otherPlaces(root: TargetRoot, id: ByteString): TargetPath[] {
  const places = new Map<string, TargetPath>();
  for (const { entry } of readJournals(root, id)) {
    if (entry.kind !== 'name' || entry.kept === undefined) continue;
    const at = entry.kept.indexOf(UNDO_FOLDER);
    if (at > 0) places.set(entry.kept.slice(0, at).join('/'), entry.kept.slice(0, at));
  }
  return [...places.values()];
}

/** With nothing in it but its tag. */
export function removeUndoFolderIfEmpty(root: TargetRoot, place: TargetPath = []): void {
  const folder = [...place, UNDO_FOLDER];
  const names = namesIn(root, folder);
  if (names.length !== 1 || names[0] !== 'CACHEDIR.TAG') return;
  try {
    root.remove([...folder, names[0]]);
    root.remove(folder);
  } catch (error) {
    errorCodeOf(error);
  }
}

/** Whether anything is still kept for it. */
export function isKeepingAnything(root: TargetRoot, id: ByteString): boolean {
  return [[], ...otherPlaces(root, id)].some(
    (place) => namesIn(root, [...keepingFolder(place, id), KEPT_FOLDER]).length > 0,
  );
}

function namesIn(root: TargetRoot, folder: TargetPath): ByteString[] {
  try {
    return root.list(folder);
  } catch (error) {
    errorCodeOf(error);
    return [];
  }
}

function readText(root: TargetRoot, path: TargetPath): string | undefined {
  try {
    const file = root.openFile(path, 'read');
    try {
      const bytes = Buffer.alloc(Math.min(file.sizeBytes(), MAX_RECORD_BYTES));
      return bytes.toString('utf8', 0, file.read(bytes, 0));
    } finally {
      file.close();
    }
  } catch (error) {
    errorCodeOf(error);
    return undefined;
  }
}
