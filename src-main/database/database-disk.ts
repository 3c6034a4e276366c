/**
 * What a database that is saved whole needs of the disk, as a port: so few steps that tests can stop a process, or the
 * power, before each. Every step names files inside one folder. A step that rejects has either happened or not; the
 * caller relies on nothing but the promises stated here.
 */
export interface DatabaseDisk {
  /** Readable by this person only. Makes missing parents too; fine when it is there. */
  makeFolder(): Promise<void>;
  /** The whole file; undefined when there is none. */
  load(name: string): Promise<Uint8Array | undefined>;
  /** Makes or overwrites a file of these parts; its contents are on the disk when this resolves, its name need not be. */
  writeDurably(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Gives the contents of `from` the name `to` as well, in one step: `to` is what it was or complete. Replaces. */
  keepCopy(from: string, to: string): Promise<void>;
  /** In one step; replaces. */
  rename(from: string, to: string): Promise<void>;
  /** Fine when there is none. */
  remove(name: string): Promise<void>;
  /** All names given and taken so far are on the disk when this resolves. */
  syncFolder(): Promise<void>;
  /** Changes whenever somebody else changes or replaces the file; undefined when there is none. */
  stampOf(name: string): Promise<string | undefined>;
}
