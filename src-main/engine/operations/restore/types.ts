/** What goes into a restore and what comes out. Paths in results are absolute in the snapshot (or below the chosen folder). */
import type { ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { MetadataProblem } from '#files/port.ts';
import type { SnapshotFilter } from '#repository/snapshot-store.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { RestoreRule, RuleByPath } from './rules.ts';

export interface RestoreRequest {
  /** `latest`, an id or its beginning; `:/path` after it makes that folder the root. */
  readonly snapshot: string;
  /** Considered for `latest` only. */
  readonly filter?: SnapshotFilter;
  /** Absolute. Full paths come below it. Undefined: everything goes back to where it came from. */
  readonly target: ByteString | undefined;
  /** Patterns are held against paths as results have them. */
  readonly include?: PatternOptions;
  readonly exclude?: PatternOptions;
  readonly overwrite: RestoreRule;
  /** In the place of `overwrite` for what is at or below these paths; nothing else is taken away there. */
  readonly rulesByPath?: readonly RuleByPath[];
  /** What the version does not have is taken away, whatever the rule; absent: as the rule says. */
  readonly removeOthers?: boolean;
  /** Absolute; what must not be taken away, such as the repository itself. */
  readonly protectedPaths?: readonly ByteString[];
  /** Absent: nothing is begun when there is not enough room for it. */
  readonly ignoreSpace?: boolean;
  /** Zeros become holes. */
  readonly sparse: boolean;
  /** What was written is read again and compared before the file gets its name. */
  readonly verify: boolean;
  /** Read without a lock. */
  readonly noLock: boolean;
  readonly dryRun: boolean;
  /** One that was cut short goes on where it is asked for again with the same: then all its runs are taken back as one. */
  readonly job?: string;
}

/**
 * `conflict`: something is in the way and the rule does not let it be replaced. `damaged`: the repository does not have
 * the content any more. `refused`: the tree asks for what is never done (a name like `..`). `failed`: the system refused.
 */
export type RestoreProblemKind = 'conflict' | 'damaged' | 'refused' | 'failed';

/** An entry that is not there as it should be. All others are. */
export interface RestoreProblem {
  readonly path: ByteString;
  readonly kind: RestoreProblemKind;
  /** The system's code (`EACCES`) for `failed`; an error code of ours (`integrity.blobCorrupt`) for `damaged`; else a word. */
  readonly code: string;
  /** For people: lower case, no full stop. Empty for `failed`: the code says it. */
  readonly reason: string;
}

/** Something about a restored entry that could not be applied. */
export interface RestoreWarning {
  readonly path: ByteString;
  readonly problem: MetadataProblem;
}

export interface RestoreTotals {
  /** Files, links, devices; no folders. */
  readonly files: number;
  /** Of files' contents. */
  readonly bytes: number;
}

export interface RestoreProgress {
  /** Counted beforehand, or from the snapshot's own summary, which leaves out links and devices; exact at the end. */
  readonly total: RestoreTotals;
  /** Written anew or put in the place of another. */
  readonly filesRestored: number;
  /** Were right already, or kept by the rule. */
  readonly filesSkipped: number;
  readonly foldersRestored: number;
  readonly bytesRestored: number;
  readonly bytesSkipped: number;
  readonly problems: number;
}

/**
 * `updated`: something else was in its place. `beside`: something else is in its place, so it got a name of its own. `kept`:
 * the rule kept what was there. `removed`: the version does not have it, or has a folder in its place, and it was taken into safe keeping.
 */
export type RestoreAction = 'restored' | 'updated' | 'beside' | 'unchanged' | 'kept' | 'removed';

/** Calls come from the core's thread and must be quick. */
export interface RestoreObserver {
  /** From now on there is something to take back, however the restore ends. */
  onUndoable?(target: ByteString, undoId: ByteString): void;
  /** It ends before its end, with an error: what was done until then, which stays so. */
  onCutShort?(done: RestoreResult): void;
  onProgress?(progress: RestoreProgress): void;
  onProblem?(problem: RestoreProblem): void;
  onWarning?(warning: RestoreWarning): void;
  /** For a listing of everything; costs a call per entry. @param placedAt where it is, if not under its own path */
  onEntry?(
    path: ByteString,
    kind: 'file' | 'dir',
    action: RestoreAction,
    sizeBytes: number,
    placedAt?: ByteString,
  ): void;
}

export interface RestoreResult {
  readonly snapshotId: SnapshotId;
  /** Where the files went; absolute. */
  readonly target: ByteString;
  /** By which it can be taken back; undefined when the rule keeps nothing, or when nothing was done. */
  readonly undoId: ByteString | undefined;
  readonly progress: RestoreProgress;
  /** Per action, without folders; of all runs together where it went on. After a dry run: what would be done. */
  readonly files: Readonly<Record<RestoreAction, number>>;
  /** Files whose content was read again and was right. */
  readonly verifiedFiles: number;
  /** How many of each kind; `problems` names the first of them. */
  readonly problemCounts: Readonly<Record<RestoreProblemKind, number>>;
  readonly problems: readonly RestoreProblem[];
  readonly warningCount: number;
  readonly warnings: readonly RestoreWarning[];
}

/** What a restore would do, found without changing anything. `undoId` is undefined. */
export interface RestorePlan extends RestoreResult {
  /** What paths in the result begin with in place of the target. */
  readonly prefix: ByteString;
  /** Bytes of content that would be written. */
  readonly bytesToWrite: number;
  /** At the target; undefined where the system does not tell. */
  readonly freeSpaceBytes: number | undefined;
  /** False when what would be written is more than there is room for (holes and hard links not counted). */
  readonly hasRoom: boolean;
}
