/**
 * Whether a list of touched paths may stand for looking at everything. It may only when the parent snapshot is exactly what
 * the rest is said to be as: refuse on doubt, because a walk costs time and a wrong "unchanged" costs a version. Pure.
 * What no snapshot records (files that could not be read) is the caller's to doubt.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { recordExclusions } from '#rules/exclusion-record.ts';
import { TouchedPaths } from '#rules/touched-paths.ts';
import { FollowedHints } from './followed-hints.ts';
import { absolutePath } from './source-tree.ts';
import type { BackupRequest, HintOutcome, HintRefusal } from './types.ts';

export interface JudgedHints {
  /** Undefined when everything is looked at. */
  readonly hints: FollowedHints | undefined;
  /** Undefined when no hints were given. */
  readonly outcome: HintOutcome | undefined;
}

/** `uid`: whose files are read now. `paths`: the sources as they will be stored. */
export function judgeHints(
  request: BackupRequest,
  paths: readonly ByteString[],
  parent: StoredSnapshot | undefined,
  uid: number,
): JudgedHints {
  const { changeHints, workingFolder } = request;
  if (changeHints === undefined) return { hints: undefined, outcome: undefined };
  const reason = refusalOf(request, paths, parent, uid);
  const summary = parent?.snapshot.summary;
  if (reason !== undefined || summary === undefined)
    return { hints: undefined, outcome: { kind: 'walked', reason: reason ?? 'otherProgram' } };
  const absolute = (path: ByteString): ByteString => absolutePath(path, workingFolder);
  const touched = new TouchedPaths(
    changeHints.paths.map(absolute),
    (changeHints.wholeFolders ?? []).map(absolute),
  );
  const hints = new FollowedHints(touched, {
    files: summary.totalFilesProcessed ?? 0,
    sizeBytes: summary.totalBytesProcessed ?? 0,
    folders: (summary.dirsNew ?? 0) + (summary.dirsChanged ?? 0) + (summary.dirsUnmodified ?? 0),
  });
  return {
    hints,
    outcome: { kind: 'followed', pathCount: touched.count, outsideCount: touched.countOutside(paths) },
  };
}

function refusalOf(
  request: BackupRequest,
  paths: readonly ByteString[],
  parent: StoredSnapshot | undefined,
  uid: number,
): HintRefusal | undefined {
  const { doubt, since } = request.changeHints!;
  if (doubt === true) return 'doubt';
  if (parent === undefined || parent.snapshot.tree === null) return 'noParent';
  const { id, snapshot } = parent;
  if (since !== undefined && id !== since) return 'otherParent';
  if (snapshot.programVersion !== request.programVersion || snapshot.uid !== uid) return 'otherProgram';
  if (snapshot.original !== undefined) return 'rewritten';
  if (snapshot.hostname !== request.hostname || !isSame(snapshot.paths, paths.map(toDisplay)))
    return 'otherSources';
  // In order: a later pattern may take back what an earlier one leaves out.
  return isSameList(snapshot.excludes, exclusionsOf(request)) ? undefined : 'otherExcludes';
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return isSameList([...a].sort(), [...b].sort());
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** As the snapshot records them. */
export function exclusionsOf({ scan, oneFileSystem }: BackupRequest): string[] {
  return recordExclusions({ ...scan, oneFileSystem });
}
