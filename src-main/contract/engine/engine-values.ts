/** What goes to the engine process and comes back. Names of files are bytes; everything is safe for JSON. */
import type { ByteString } from '#base/byte-string.ts';
import type { WireError } from '#base/errors.ts';
import type { PlaceOptions } from '#contract/app/place-options.ts';
import type { PlaceTrial } from '#contract/app/place-trial.ts';

/** How a place is opened; its secret is found by the engine, under the place's id. */
/** How a place is reached. */
export interface PlaceAddress {
  readonly location: string;
  readonly options?: PlaceOptions;
}

export interface PlaceAccess extends PlaceAddress {
  readonly placeId: string;
  /** What must be found there: another one is refused before anything is written. Null: the first look. */
  readonly repositoryId: string | null;
}

export type SecretState = 'remembered' | 'session' | 'missing';

export interface ProbeOutcome {
  readonly kind:
    | 'empty'
    | 'repository'
    | 'otherFiles'
    | 'missing'
    | 'wrongCredentials'
    /** `reason`: the fingerprint of its key. */
    | 'unknownServer'
    | 'unreachable';
  readonly location: string;
  readonly freeBytes: number | null;
  readonly reason: string | null;
}

export interface TestOutcome {
  readonly probe: ProbeOutcome;
  readonly trial: PlaceTrial;
}

export interface KeysOutcome {
  readonly repositoryId: string;
  /** Of the key that this computer opens with. */
  readonly machineKeyId: string;
  readonly recoveryCode: string | null;
  /** Why the keychain keeps nothing, in plain words; null: it does. */
  readonly notRemembered: string | null;
}

/** Config and keys of a place as they were stored: sealed, in base64. */
export interface KeyCopy {
  readonly repositoryId: string;
  readonly config: string;
  readonly keys: readonly { readonly id: string; readonly bytes: string }[];
}

/** What a place cannot be opened without and no longer has whole. `keys`: none of them. */
export type LackingFile = 'config' | 'keys';

export interface PutBackEntry {
  readonly kind: 'config' | 'key';
  readonly was: 'missing' | 'damaged';
}

export interface ListedVersion {
  readonly snapshotId: string;
  /** RFC 3339 as stored. */
  readonly time: string;
  readonly timeMs: number;
  readonly tree: string;
  readonly hostname: string;
  readonly username: string;
  readonly paths: readonly ByteString[];
  readonly tags: readonly string[];
  readonly original: string | null;
}

export interface BackupChoice {
  readonly sources: readonly ByteString[];
  /** restic's patterns. */
  readonly excludePatterns: readonly ByteString[];
  /** Folders with a CACHEDIR.TAG keep only that. */
  readonly excludesCaches: boolean;
  readonly tags: readonly string[];
  /** Undefined: everything is looked at. */
  readonly hints?: {
    readonly paths: readonly ByteString[];
    /** To be looked at with all that is in them. */
    readonly wholeFolders: readonly ByteString[];
    /** The snapshot since which they were gathered. */
    readonly since: string;
  };
  readonly allowEmptySource: boolean;
}

export interface BackupOutcome {
  /** The place has it, with everything it needs. */
  readonly version: ListedVersion;
  /** Files that were to be in it and are not. */
  readonly leftOut: number;
  readonly changedWhileReading: number;
  /** What became of the hints; null: there were none. */
  readonly walkedBecause: string | null;
  readonly wasHinted: boolean;
  readonly filesNew: number;
  readonly filesChanged: number;
  readonly filesUnmodified: number;
  readonly bytesAdded: number;
  readonly bytesProcessed: number;
}

export interface CheckOutcome {
  /** Files of the place that are missing or damaged, by id; the first few. */
  readonly brokenPacks: readonly string[];
  readonly errorCount: number;
  /** Sentences, the first few. */
  readonly errors: readonly string[];
  readonly affected: readonly { readonly path: string; readonly snapshotIds: readonly string[] }[];
  readonly affectedCount: number;
  /** Versions whose own file is damaged: what is in them cannot be told; the first few. */
  readonly damagedVersions: readonly string[];
  readonly bytesRead: number;
}

/** One slice of all stored data, as a verification reads it. */
export interface DataPart {
  readonly part: number;
  readonly of: number;
}

export interface MendChoice {
  /** Slices that were found damaged: read again in the end. */
  readonly parts: readonly DataPart[];
  /** What was found missing or damaged in them. */
  readonly packs: readonly string[];
  /** Live folders and files in which lost contents are looked for. */
  readonly paths: readonly ByteString[];
  /** What is taken out of the place is kept here first. */
  readonly keptIn: string;
  /** What is found nowhere is taken out of the versions, which stay. */
  readonly givesUp: boolean;
}

/** How whole it is after the repair. */
export interface MendOutcome extends CheckOutcome {
  /** Files of the place that were damaged and are not there any more. */
  readonly mendedPacks: number;
  /** Pieces that were found elsewhere and are whole again. */
  readonly healedBlobs: number;
  /** Versions that go on without what is lost. */
  readonly replaced: readonly { readonly oldId: string; readonly version: ListedVersion }[];
  /** Versions of which nothing could be read, removed. */
  readonly removedIds: readonly string[];
  /** Versions whose own file was damaged, described anew from what was known of them; nothing of them is lost. */
  readonly remade: readonly { readonly oldId: string; readonly version: ListedVersion }[];
  /** What was found of versions of which nothing was known, where that was given up. */
  readonly recovered: readonly ListedVersion[];
  /** Damaged files of such versions, taken out of the place. */
  readonly takenOut: number;
}

/** In terms of restic's policy, limited to one series. */
export interface ThinOutChoice {
  readonly seriesTag: string;
  readonly policy: {
    readonly counts: Readonly<Record<string, number | 'all'>>;
    readonly within?: Readonly<Record<string, number>> | undefined;
    readonly withinUnits: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  /** Latest moment at which the clock was known to be right; null: nobody knows. */
  readonly lastSeenMs: number | null;
  /** Versions that are known to be complete: the brake keeps the newest three of them. */
  readonly completeIds: readonly string[];
}

export interface ThinOutPreview {
  readonly keeps: number;
  /** Kept for now by the brake. */
  readonly spares: number;
  readonly removes: readonly ListedVersion[];
  /** Of the spared: those that only wait for a later run. */
  readonly later: readonly ListedVersion[];
}

export interface ThinOutOutcome {
  readonly removedIds: readonly string[];
  readonly spared: number;
  /** The place did not let go of them. */
  readonly refused: number;
  /** Nor of these, because it lets nothing go: append-only, or for now. */
  readonly held: number;
  /** Until when the place keeps those, or what the removed ones were; null: no such day. */
  readonly keptUntilMs: number | null;
}

export interface CleanUpOutcome {
  /** Without what the place keeps all the same. */
  readonly freedBytes: number;
  readonly keptBytes: number;
  readonly keptUntilMs: number | null;
  readonly removedPacks: number;
  readonly postponedPacks: number;
  readonly removalRefused: boolean;
}

export interface RestoreAsk {
  readonly snapshotId: string;
  /** Absolute in the version; empty: all. */
  readonly paths: readonly ByteString[];
  /** Null: where they came from. */
  readonly target: ByteString | null;
  readonly rule: 'replace-keep-current' | 'keep-both' | 'only-missing' | 'only-older' | 'exact';
  /** Absolute in the version: left alone, with all that is in them. */
  readonly excludePaths?: readonly ByteString[];
  /** Absolute in the version: in the place of `rule` for these and what is below them; the deepest one counts. */
  readonly rulesByPath?: readonly {
    readonly path: ByteString;
    readonly rule: Exclude<RestoreAsk['rule'], 'exact'>;
  }[];
}

export interface RestoreLine {
  /** Absolute in the version. */
  readonly path: ByteString;
  readonly label: string;
  readonly action: 'restored' | 'updated' | 'beside' | 'unchanged' | 'kept' | 'removed';
  readonly sizeBytes: number;
  readonly currentModifiedMs: number | null;
}

export interface RestorePreview {
  readonly restored: number;
  readonly updated: number;
  readonly beside: number;
  readonly unchanged: number;
  readonly kept: number;
  readonly removed: number;
  readonly bytesToWrite: number;
  readonly freeBytes: number | null;
  readonly hasRoom: boolean;
  readonly problems: readonly { readonly path: ByteString; readonly reason: string }[];
  /** Where it was asked for. */
  readonly files?: readonly RestoreLine[];
  readonly filesCut: boolean;
}

/** By what a restore can be taken back; one for each part of the disk that it went to. */
export interface RestoreUndo {
  readonly folder: ByteString;
  readonly undoId: string;
}

/** Of all that was done, also where it was cut short. */
export interface RestoreOutcome {
  /** Why it ended before its end; null: it did not. */
  readonly cut: WireError | null;
  /** Where it went; the first of several. */
  readonly target: ByteString;
  readonly undos: readonly RestoreUndo[];
  /** Of what was asked for; null: it was cut short before that was known. */
  readonly filesTotal: number | null;
  readonly filesRestored: number;
  readonly filesUpdated: number;
  readonly filesUnchanged: number;
  readonly filesKept: number;
  readonly filesRemoved: number;
  readonly bytesRestored: number;
  readonly verifiedFiles: number;
  readonly problems: number;
}

export interface UndoableEntry {
  readonly undoId: string;
  readonly state: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

export interface UndoOutcome {
  readonly returned: number;
  readonly removed: number;
  readonly copied: number;
  readonly stayed: number;
  readonly problems: number;
  readonly isComplete: boolean;
}

/** What only the place itself knows. */
export interface PlaceSpace {
  readonly storedBytes: number;
  readonly freeBytes: number | null;
}

/** What the catalogue knows of it. */
export interface HistorySpace {
  readonly points: readonly { readonly timeMs: number; readonly addedBytes: number }[];
  readonly byFolder: readonly {
    readonly series: string;
    readonly folder: ByteString;
    readonly label: string;
    readonly bytes: number;
  }[];
}

export interface ContentPart {
  readonly sizeBytes: number;
  readonly offset: number;
  readonly base64: string;
}

export interface ExportAsk {
  /** `paths` are absolute in the version; empty: all. */
  readonly from: readonly { readonly snapshotId: string; readonly paths: readonly ByteString[] }[];
  /** Absolute; must not be there. */
  readonly target: ByteString;
}

export interface ExportOutcome {
  readonly files: number;
  /** Of the archive. */
  readonly bytes: number;
  /** Entries whose names or targets could not stand as they are. */
  readonly changedNames: number;
  /** Entries of a kind that archives cannot hold. */
  readonly skipped: number;
}

/** Null: as it is. */
export interface MarkChoice {
  readonly snapshotId: string;
  readonly keepForEver: boolean | null;
  /** Empty: none any more. */
  readonly label: string | null;
}

export interface EraseOutcome {
  /** By what each version was replaced, oldest first. */
  readonly replaced: readonly { readonly oldId: string; readonly version: ListedVersion }[];
  /** Versions that cannot be written anew, and stay as they were. */
  readonly refused: number;
  /** In all versions together. */
  readonly goneFiles: number;
  readonly freedBytes: number;
  /** Until when the place keeps what is gone all the same; null: not at all, or no such day. */
  readonly keptUntilMs: number | null;
}

export interface EraseOutlook {
  readonly versions: number;
  readonly files: number;
  readonly bytes: number;
  /** Some of the versions, the newest first. */
  readonly newestIds: readonly string[];
}

export interface SettingsFile {
  /** A plain file name. */
  readonly name: string;
  readonly text: string;
}

export interface StoredSettings {
  readonly snapshotId: string;
  readonly timeMs: number;
  readonly hostname: string;
  readonly files: readonly SettingsFile[];
}
