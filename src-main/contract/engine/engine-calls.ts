/**
 * What the core asks of its engine process, the only one that opens places, holds secrets and keeps catalogues. Both ends
 * are of one build, so shapes are types and nothing is checked on the way; everything is safe for JSON. A call that
 * works on a repository is one job: it is cancelled through its signal and tells what it does as it goes.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { WireError } from '#base/errors.ts';
import type { CallTable, TopicTable } from '#contract/calls/call-table.ts';
import type { JobProgress } from '#contract/app/job-values.ts';
import type { Login } from '#contract/login-names.ts';
import { engineBrowseCalls } from './engine-browse-calls.ts';
import { engineKeyCalls } from './engine-key-calls.ts';
import { engineWindowCalls } from './engine-window-calls.ts';
import { of } from './trusted-shape.ts';
import type {
  BackupChoice,
  BackupOutcome,
  CheckOutcome,
  MendChoice,
  MendOutcome,
  CleanUpOutcome,
  KeyCopy,
  KeysOutcome,
  LackingFile,
  ListedVersion,
  PlaceAccess,
  PlaceAddress,
  ProbeOutcome,
  PutBackEntry,
  RestoreAsk,
  RestoreOutcome,
  RestorePreview,
  SecretState,
  SettingsFile,
  StoredSettings,
  TestOutcome,
  ThinOutChoice,
  ThinOutOutcome,
  ThinOutPreview,
  UndoableEntry,
  UndoOutcome,
} from './engine-values.ts';

/** What a job tells while it runs. */
export type JobTold =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  /** A file that is not as it should be; the rest goes on. */
  | { readonly kind: 'trouble'; readonly path: ByteString; readonly error: WireError };

const job = { progress: of<JobTold>() };

export const engineCalls = {
  'place.probe': { kind: 'query', input: of<PlaceAddress>(), output: of<ProbeOutcome>() },
  'place.test': { kind: 'command', input: of<PlaceAddress>(), output: of<TestOutcome>() },
  /** Kept for all places at the location, before one is made there as well. @returns why the keychain does not remember it */
  'place.login': {
    kind: 'command',
    input: of<{ location: string; login: Login }>(),
    output: of<string | null>(),
  },
  'place.forgetLogin': { kind: 'command', input: of<{ location: string }>(), output: of<void>() },
  /** `like`: places that it cuts files alike with, so that what one has need not be read anew for the other; the first that opens. */
  'place.create': {
    kind: 'command',
    input: of<PlaceAddress & { placeId: string; like?: readonly PlaceAccess[] }>(),
    output: of<KeysOutcome>(),
  },
  'place.open': {
    kind: 'command',
    input: of<PlaceAddress & { placeId: string; password: string; addsKey: boolean }>(),
    output: of<KeysOutcome>(),
  },
  'place.unlock': {
    kind: 'command',
    input: of<{ access: PlaceAccess; password: string }>(),
    output: of<KeysOutcome>(),
  },
  /** @throws repository.wrongPassword and what opening throws */
  'place.proveRecovery': {
    kind: 'command',
    input: of<{ access: PlaceAccess; code: string }>(),
    output: of<void>(),
  },
  'place.renewRecovery': {
    kind: 'command',
    input: of<{ access: PlaceAccess }>(),
    output: of<KeysOutcome>(),
  },
  /**
   * Bytes a second to the place and from it from now on, for what is under way too; null: as fast as it goes. Of several
   * holders the tightest limit counts.
   */
  'place.limit': {
    kind: 'command',
    input: of<{ placeId: string; holder: string; up: number | null; down: number | null }>(),
    output: of<void>(),
  },
  /** Null: what is known already is what is there. */
  'place.copyKeys': {
    kind: 'query',
    input: of<{ access: PlaceAccess; known: KeyCopy | undefined }>(),
    output: of<KeyCopy | null>(),
  },
  /** Without opening it. `isConfigInvalid`: opening it has said so. */
  'place.lackingKeys': {
    kind: 'query',
    input: of<{ access: PlaceAccess; copy: KeyCopy; isConfigInvalid: boolean }>(),
    output: of<readonly LackingFile[]>(),
  },
  /** What is damaged is kept in `keptIn` first. `password` null: with what this computer has. */
  'place.putBackKeys': {
    kind: 'command',
    input: of<{ access: PlaceAccess; copy: KeyCopy | null; keptIn: string; password: string | null }>(),
    output: of<readonly PutBackEntry[]>(),
  },
  /** Its secret and its catalogue here; what lies in the place stays. */
  'place.forget': { kind: 'command', input: of<{ placeId: string }>(), output: of<void>() },
  'place.secretState': { kind: 'query', input: of<{ access: PlaceAccess }>(), output: of<SecretState>() },

  'versions.list': {
    kind: 'query',
    input: of<{ access: PlaceAccess }>(),
    output: of<{ versions: readonly ListedVersion[]; damagedIds: readonly string[] }>(),
  },

  backup: {
    kind: 'command',
    input: of<{ access: PlaceAccess; choice: BackupChoice }>(),
    output: of<BackupOutcome>(),
    ...job,
  },
  /**
   * Of folders that are much, before their first version: a version of a few small files that people would miss most, so that
   * something can be got back within a minute. Null: there is not so much, or the place has versions of the series; nothing was saved.
   */
  saveFirstFiles: {
    kind: 'command',
    input: of<{ access: PlaceAccess; choice: BackupChoice }>(),
    output: of<ListedVersion | null>(),
    ...job,
  },
  /** A version that another place has, without the sources. Null: it cannot be brought, and nothing was saved. */
  bring: {
    kind: 'command',
    input: of<{ access: PlaceAccess; from: PlaceAccess; snapshotId: string }>(),
    output: of<ListedVersion | null>(),
    ...job,
  },
  check: {
    kind: 'command',
    input: of<{ access: PlaceAccess; part: number; of: number }>(),
    output: of<CheckOutcome>(),
    ...job,
  },
  /** Mends what is damaged there, from other places and live files; `from`: those that can be reached count. */
  mend: {
    kind: 'command',
    input: of<{ access: PlaceAccess; from: readonly PlaceAccess[]; choice: MendChoice }>(),
    output: of<MendOutcome>(),
    ...job,
  },
  thinOut: {
    kind: 'command',
    input: of<{ access: PlaceAccess; choice: ThinOutChoice }>(),
    output: of<ThinOutOutcome>(),
    ...job,
  },
  'thinOut.preview': {
    kind: 'query',
    input: of<{ access: PlaceAccess; choice: ThinOutChoice }>(),
    output: of<ThinOutPreview>(),
  },
  cleanUp: {
    kind: 'command',
    input: of<{ access: PlaceAccess }>(),
    output: of<CleanUpOutcome>(),
    ...job,
  },
  /** One that was cut short goes on where it is asked for again with the same `job`; one undo takes back all its runs. */
  restore: {
    kind: 'command',
    input: of<{ access: PlaceAccess; ask: RestoreAsk; job?: string }>(),
    output: of<RestoreOutcome>(),
    ...job,
  },
  'restore.prepare': {
    kind: 'query',
    input: of<{ access: PlaceAccess; ask: RestoreAsk; withFiles: boolean }>(),
    output: of<RestorePreview>(),
    ...job,
  },
  undo: {
    kind: 'command',
    input: of<{ folder: ByteString; undoId: string }>(),
    output: of<UndoOutcome>(),
    ...job,
  },
  'undo.list': {
    kind: 'query',
    input: of<{ folder: ByteString }>(),
    output: of<readonly UndoableEntry[]>(),
  },

  /** A small snapshot of JSON files with a tag of its own. Source: product notes, section 6. */
  'settings.save': {
    kind: 'command',
    input: of<{ access: PlaceAccess; files: readonly SettingsFile[] }>(),
    output: of<{ snapshotId: string }>(),
  },
  /** Newest first. Opens with what is typed, keeps nothing. */
  'settings.list': {
    kind: 'query',
    input: of<PlaceAddress & { password: string }>(),
    output: of<readonly StoredSettings[]>(),
  },

  /** Brings the catalogue up to what the place holds. */
  'history.read': {
    kind: 'command',
    input: of<{ access: PlaceAccess }>(),
    output: of<{ points: number }>(),
    ...job,
  },

  ...engineBrowseCalls,
  ...engineKeyCalls,
  ...engineWindowCalls,
} as const satisfies CallTable;
export type EngineCalls = typeof engineCalls;

export const engineTopics = {
  /** Something for the log of the core, already without secrets. */
  log: of<{ level: 'info' | 'warn' | 'error'; text: string }>(),
} as const satisfies TopicTable;
export type EngineTopics = typeof engineTopics;
