/** A port for what a repair takes out of a repository: its bytes go to a folder of the person's choice first. */

/**
 * Keeps a copy under a name, durably; the same bytes under the same name count as kept.
 * @throws files.targetNotWritable, files.noSpace
 */
export type KeepCopy = (name: string, bytes: Uint8Array) => Promise<void>;
