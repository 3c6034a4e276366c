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

export function idToBytes(id: string): Buffer {
  return Buffer.from(id, 'hex');
}

/** Ids of 32 bytes each, one after another. */
export function joinIds(ids: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(ids.length * ID_BYTES);
  ids.forEach((id, index) => joined.set(id, index * ID_BYTES));
  return joined;
}

/** The `index`-th of joined ids; a view. */
export function idAt(joined: Uint8Array, index: number): Uint8Array {
  return joined.subarray(index * ID_BYTES, (index + 1) * ID_BYTES);
}
