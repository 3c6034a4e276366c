/**
 * The port to a place that keeps a repository's files. Adapters know names and bytes, nothing of what is inside.
 *
 * Guarantees every adapter and decorator gives (proved by test/suites/storage-suite.ts):
 * - A name is either absent or complete; a reader never sees part of a file, not after a kill or a cut either.
 * - `save` resolves only when the bytes and the name are durable.
 * - `save` of a name that exists: same size counts as stored already; another size is replaced; `config`, `key`: `storage.alreadyExists`.
 * - `list` gives each complete file once with its exact size, ignores foreign and temporary names, treats a missing folder as empty.
 * - `remove` of a missing name succeeds.
 * - No call ever creates the top folder or a mount point; only `create` does.
 * - Every call ends with `job.cancelled` within a second after its signal fires, leaving nothing half done.
 * - Errors are TidemarkErrors of the `storage.` family.
 *
 * A `trial` is a file for trying a place out: beside the repository, where neither restic nor Tidemark looks for anything.
 * It needs no repository, only the top folder. (A strict REST server takes nothing but a repository's files: there it is one
 * more pack, which no index names.)
 */
export type StorageFileType = RepositoryFileType | 'trial';

export type RepositoryFileType = 'config' | 'key' | 'lock' | 'snapshot' | 'index' | 'pack';

export interface StorageEntry {
  /** 64 hex digits; `config` for the config; of a trial what `newTrialName` makes. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** What a pack holds; a mixed one counts as trees. */
export type PackContent = 'data' | 'tree';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface StorageCapabilities {
  /** A second `save` of `config` or a key is refused, also in a race. */
  readonly refusesOverwrite: boolean;
  readonly freeSpaceKnown: boolean;
  /** Where nothing lies, nobody can tell a place from one that was never made, and the first save makes its folders. */
  readonly emptyLooksMissing: boolean;
  /** `load`, `list` and `stat` may be called while `open` is under way, which saves a round trip: each waits for what it needs. */
  readonly readsWhileOpening: boolean;
  /** Behind a network: files take longer to send than to make, and every answer takes its time. */
  readonly isFar: boolean;
}

export interface Storage {
  /** For people: a path or an address without secrets. */
  readonly location: string;
  readonly capabilities: StorageCapabilities;
  /** Makes the empty structure; harmless when it exists. */
  create(signal?: AbortSignal): Promise<void>;
  /** @throws storage.unreachable when the place is not there. Does not look into it. */
  open(signal?: AbortSignal): Promise<void>;
  /** `content`: of a pack, where somebody knows; a place may keep the two apart. */
  save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void>;
  /**
   * The whole file, or exactly the range. The result owns its ArrayBuffer (offset 0), so it can be transferred to a thread.
   * @throws storage.objectMissing, storage.rangeInvalid (range beyond the end; never a short result).
   */
  load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>;
  list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]>;
  /** @throws storage.objectMissing */
  stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry>;
  /** @throws storage.removalRefused where the place lets nothing go: append-only, or for now */
  remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void>;
  /**
   * Until when the place keeps the bytes of this file whatever is removed (object lock); undefined where it keeps nothing
   * longer, or does not say. Milliseconds since 1970. Free of cost where nothing is locked.
   */
  keptUntilMs(type: StorageFileType, name: string, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * How far the place's clock is ahead of this computer's, to a second or so; undefined where it does not tell. May write a
   * small file for a moment.
   */
  clockAheadMs(signal?: AbortSignal): Promise<number | undefined>;
  /**
   * Housekeeping: removes temporary files that killed saves left long ago, never one that may still be written. Returns how
   * many; 0 where a place has none.
   */
  removeLeftovers(signal?: AbortSignal): Promise<number>;
  /** Bytes an ordinary user may still write; undefined where the place does not tell. */
  freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}
