/**
 * What each language must have: the shapes of the tables below `en/` and `de/`. A text that is missing in one of them
 * does not compile. The tables are read through the modules beside this folder only.
 */
import type { ErrorCode, ErrorData } from '#base/errors.ts';
import type { GroupProblem, KeychainRefusal, KeyKind, PassphraseWeakness, SecretNeed } from '../key-codes.ts';
import type { ProblemCode, ProtectionState, WaitReason } from '../protection-codes.ts';
import type { DoubtReason, FullWalkReason, UnwatchedReason } from '../watch-codes.ts';

export interface ErrorText {
  /** What happened. */
  readonly title: string;
  /** What is safe; empty where nothing was at stake. */
  readonly safe: string;
  /** What to do. */
  readonly todo: string;
}

/** The two vocabularies: restic's terms for the command line, plain ones for the window. */
export interface TextWords {
  readonly repository: string;
  readonly snapshot: string;
  /** RFC 3339, as it is told. */
  readonly moment: (time: string) => string;
  /** What only somebody who types options can follow: as it is, or nothing. */
  readonly typed: (advice: string) => string;
  /** How to have a stale lock removed. */
  readonly unlock: string;
  /** The same for all locks, stale or not. */
  readonly unlockAll: string;
  /** How to have everything verified. */
  readonly check: string;
  /** How to have the lists of stored data made anew. */
  readonly repairIndex: string;
  /** How to get back what a damaged snapshot file named, and then to take the file away; one or two sentences. */
  readonly damagedSnapshot: (id: string) => string;
}

export type ErrorTable = {
  readonly [Code in ErrorCode]: (data: ErrorData[Code], words: TextWords) => ErrorText;
};

/** The part of it about places. */
export type StorageErrorTable = Pick<ErrorTable, Extract<ErrorCode, `storage.${string}`>>;

/** What the sentences name, ready to be read; lists are joined by whoever knows the language's way. */
export interface ProtectionNames {
  readonly plans: string;
  readonly places: string;
  /** Of the newest version, like "3 days ago"; absent: there is none, or nobody knows. */
  readonly newest?: string;
  readonly fileCount?: number;
  readonly versionCount?: number;
  /** A day, for `placeKeeps`. */
  readonly until?: string;
  /** For `failing`: the text of its error code. */
  readonly error?: ErrorText;
}

export interface ProtectionTable {
  readonly states: Readonly<Record<ProtectionState, string>>;
  /** After the name of a plan and a time: "Letters, due since 14:00: ...". */
  readonly waits: Readonly<Record<WaitReason, string>>;
  readonly problems: Readonly<Record<ProblemCode, (names: ProtectionNames) => ErrorText>>;
}

export interface KeyTable {
  readonly refusals: Readonly<Record<KeychainRefusal, { readonly why: string; readonly todo: string }>>;
  readonly notRemembered: (why: string) => Omit<ErrorText, 'todo'>;
  readonly needs: Readonly<Record<Exclude<SecretNeed, KeychainRefusal>, string>>;
  readonly secretNeeded: (place: string, why: string, need: SecretNeed) => ErrorText;
  readonly group: (problem: GroupProblem) => string;
  readonly tooManyGroups: string;
  readonly passphrase: (weakness: PassphraseWeakness) => string;
  /** What a key is called in lists. */
  readonly kinds: Readonly<Record<KeyKind, string>>;
  readonly withdrawn: string;
  readonly nextCode: string;
}

export interface WatchTable {
  /** After the name of a plan: "Letters: the next run looks at everything, because ...". */
  readonly doubts: Readonly<Record<DoubtReason, string>>;
  /** As `doubts`; of a doubt those are said. */
  readonly fullWalks: Readonly<Record<Exclude<FullWalkReason, 'doubt'>, string>>;
  readonly unwatched: (reason: UnwatchedReason, folder: string, more: number) => ErrorText;
  readonly exclusion: (folder: string, sharePercent: number) => ErrorText;
}

/** Around what `Intl` writes. */
export interface TimeTable {
  readonly justNow: string;
  readonly yesterday: (clock: string) => string;
  /** Where something was, on a day far away. */
  readonly onDate: (date: string) => string;
  readonly now: string;
  readonly today: (clock: string) => string;
  readonly tomorrow: (clock: string) => string;
}

export interface OverviewTable {
  readonly noFolder: string;
  readonly verdicts: Readonly<Record<ProtectionState, string>>;
  /** One place has lost something, and another one has it. */
  readonly notEverywhere: string;
  /** The same of one plan, beside its name. */
  readonly notEveryPlace: string;
  /** Of `placesInAll`, `placeCount` have a version that new. */
  readonly newest: (past: string, placeCount: number, placesInAll: number) => string;
  readonly noBackup: string;
  readonly lastBackup: (past: string) => string;
  readonly nothingPlanned: string;
  readonly nextBackup: (when: string) => string;
  /** What a name looks like inside a sentence. */
  readonly quoted: (name: string) => string;
  /** Instead of names, where everything is meant. */
  readonly allPlans: string;
  readonly allPlaces: string;
}

/** Of the desktop shell: tray, notices, dialogs. */
export interface ShellTable {
  readonly open: string;
  readonly restore: string;
  readonly quit: string;
  readonly backUpNow: string;
  readonly backUpOne: string;
  /** @param plan undefined: one that is gone */
  readonly backingUp: (plan: string | undefined) => string;
  readonly pause: string;
  readonly pauseHour: string;
  readonly pauseUntil: (until: string) => string;
  readonly pausedUntil: (until: string) => string;
  readonly goOn: string;
  /** Said once, when the window is closed for the first time. */
  readonly staysTitle: string;
  readonly staysBody: string;
  readonly chooseFolder: string;
  readonly cannotStart: string;
  readonly brokenInside: string;
}
