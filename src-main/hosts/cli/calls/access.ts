/** What calls of every kind take and give: the repository, the signal, which snapshots, what went wrong with a file. */
import type { ByteString } from '#base/byte-string.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { PlaceSettings } from '#storage/locations/place-settings.ts';

/** How places are used, where it differs from what is usual. */
export interface PlaceUse {
  /** Far places are asked for everything. */
  readonly noCache?: boolean;
  /** Bytes a second to each place and from it. */
  readonly limits?: { readonly up?: number; readonly down?: number };
  readonly settings?: PlaceSettings;
}

export interface RepositoryAccess extends PlaceUse {
  /** A path or an address, as given. */
  readonly location: string;
  readonly password: Uint8Array;
  /** Read without a lock, where the operation only reads. */
  readonly noLock: boolean;
}

export interface CallContext {
  readonly signal: AbortSignal;
}

/** Which snapshots; each list that is empty allows all. */
export interface SnapshotFilter {
  readonly hosts: readonly string[];
  /** A snapshot must have every tag of one of the lists; the list `['']` asks for snapshots without tags. */
  readonly tagLists: readonly (readonly string[])[];
  /** Absolute; a snapshot must have them all. */
  readonly paths: readonly string[];
}

export interface ListedSnapshot {
  readonly id: string;
  readonly snapshot: Snapshot;
}

/** Something that could not be read, or not be written back; the work goes on. */
export interface ItemProblem {
  readonly path: ByteString;
  /** For people. */
  readonly reason: string;
}

/** Where bytes go; resolves when more may come. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;
