/** An object id: SHA-256 as 64 lower-case hex digits. Branded so that a blob's id is not taken for a pack's. */
declare const idBrand: unique symbol;
type Id<Kind extends string> = string & { readonly [idBrand]: Kind };

export type BlobId = Id<'blob'>;
export type PackId = Id<'pack'>;
export type SnapshotId = Id<'snapshot'>;
export type IndexId = Id<'index'>;
export type KeyId = Id<'key'>;
export type LockId = Id<'lock'>;

export const ID_BYTES = 32;

const ID_PATTERN = /^[0-9a-f]{64}$/;

export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}

export function bytesToId<T extends string>(bytes: Uint8Array): T {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') as T;
}

const scratch = Buffer.alloc(ID_BYTES);

/** In memory of its own: a view of Buffer's pool would take the whole pool along whenever it is sent to a thread. */
export function idToBytes(id: string): Uint8Array {
  scratch.write(id, 'hex');
  return new Uint8Array(scratch);
}

/** One after another, in memory of their own; each part may be one id or several. */
export function joinIds(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The `index`-th of joined ids; a view. */
export function idAt(joined: Uint8Array, index: number): Uint8Array {
  return joined.subarray(index * ID_BYTES, (index + 1) * ID_BYTES);
}
