/**
 * The port to copies nearby of what a far place is asked for again and again: index and snapshot files, parts of packs that
 * hold trees. Nothing in it is believed: whoever reads proves the bytes as if the place had sent them, and asks the place when
 * they are wrong. What checks or repairs a place works without one.
 */
export type CachedKind = 'index' | 'snapshot' | 'tree';

export interface RepositoryCache {
  /** Undefined: not there, or no longer as it was kept. */
  get(kind: CachedKind, key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Copies the bytes at once and stores them by and by; may as well not. */
  keep(kind: CachedKind, key: string, bytes: Uint8Array): void;
  drop(kind: CachedKind, key: string): Promise<void>;
  names(kind: CachedKind): Promise<readonly string[]>;
  /** The place lists nothing else of this kind. Versions stay for a day after they were last used: lists may be behind. */
  keepOnly(kind: CachedKind, keys: ReadonlySet<string>): void;
}
