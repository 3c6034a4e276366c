/**
 * Key files: how a password opens a repository. A key file is plain JSON that holds the scrypt parameters and the
 * master key, sealed with keys derived from the password. Owns the JSON, the checks of its parameters and both
 * directions of sealing; calibration of the cost and the search among several key files are the caller's.
 * Invariant: the master key is never changed nor its `r` rewritten.
 * Source: repository format, section 4.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { areKeysValid, openSealed, sealBytes } from '#format/envelope.ts';
import { FormatError } from '#format/format-error.ts';
import { JsonFields, required } from '#format/json-fields.ts';
import { encodeJsonText } from '#format/json-text.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';

export const KEY_SALT_BYTES = 64;
const DERIVED_BYTES = 64;

/** scrypt takes 128 * N * r bytes; restic uses at most 60 MiB. More than this is an attack or damage. */
const MAX_SCRYPT_BYTES = 2 ** 31;

export interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

export interface KeyFile {
  /** RFC 3339; informational like the next two. */
  readonly created: string;
  readonly username: string;
  readonly hostname: string;
  readonly scrypt: ScryptParameters;
  /** 64 bytes. */
  readonly salt: Uint8Array;
  /** The sealed master key. */
  readonly data: Uint8Array;
}

const KEY_FILE_FIELDS = new Set(['created', 'username', 'hostname', 'kdf', 'N', 'r', 'p', 'salt', 'data']);

/** @throws FormatError */
export function parseKeyFile(bytes: Uint8Array): KeyFile {
  const fields = new JsonFields(bytesToByteString(bytes), KEY_FILE_FIELDS);
  if (fields.text('kdf') !== 'scrypt') throw new FormatError('only the key derivation scrypt is supported');
  const scrypt = {
    n: required(fields.number('N'), 'N'),
    r: required(fields.number('r'), 'r'),
    p: required(fields.number('p'), 'p'),
  };
  checkScryptParameters(scrypt);
  const salt = required(fields.base64('salt'), 'salt');
  if (salt.length !== KEY_SALT_BYTES) throw new FormatError(`salt must have ${KEY_SALT_BYTES} bytes`);
  return {
    created: fields.text('created') ?? '',
    username: fields.text('username') ?? '',
    hostname: fields.text('hostname') ?? '',
    scrypt,
    salt,
    data: required(fields.base64('data'), 'data'),
  };
}

export function encodeKeyFile(key: KeyFile): Uint8Array {
  const { n, r, p } = key.scrypt;
  const json =
    `{"created":${encodeJsonText(key.created)},"username":${encodeJsonText(key.username)},` +
    `"hostname":${encodeJsonText(key.hostname)},"kdf":"scrypt","N":${n},"r":${r},"p":${p},` +
    `"salt":"${toBase64(key.salt)}","data":"${toBase64(key.data)}"}`;
  return byteStringToBytes(json as ByteString);
}

/** @throws FormatError when scrypt could not run with these, or only with absurd memory. */
export function checkScryptParameters({ n, r, p }: ScryptParameters): void {
  const isPowerOfTwo = n > 1 && Number.isInteger(Math.log2(n));
  const isAllowed = isPowerOfTwo && r >= 1 && p >= 1 && r * p < 2 ** 30 && 128 * n * r <= MAX_SCRYPT_BYTES;
  if (!isAllowed) throw new FormatError(`scrypt parameters N=${n}, r=${r}, p=${p} are not allowed`);
}

/** The keys a password stands for under these parameters. Takes about half a second, on purpose. */
export async function deriveUserKeys(
  primitives: Primitives,
  parameters: { readonly scrypt: ScryptParameters; readonly salt: Uint8Array },
  password: Uint8Array,
): Promise<CryptoKeys> {
  checkScryptParameters(parameters.scrypt);
  const { n, r, p } = parameters.scrypt;
  const derived = await primitives.scrypt(password, parameters.salt, n, r, p, DERIVED_BYTES);
  return {
    encrypt: derived.subarray(0, 32),
    macK: derived.subarray(32, 48),
    macR: derived.subarray(48, 64),
  };
}

const MASTER_KEY_FIELDS = new Set(['mac', 'encrypt']);
const MAC_FIELDS = new Set(['k', 'r']);

/**
 * The master key inside a key file.
 * @throws SealBroken when the password was wrong (or the file is damaged: it cannot be told apart).
 * @throws FormatError when it opens but holds no valid key.
 */
export function openMasterKey(primitives: Primitives, userKeys: CryptoKeys, data: Uint8Array): CryptoKeys {
  const json = bytesToByteString(openSealed(primitives, userKeys, data));
  const fields = new JsonFields(json, MASTER_KEY_FIELDS);
  const mac = new JsonFields(required(fields.raw('mac'), 'mac'), MAC_FIELDS);
  const keys = {
    encrypt: required(fields.base64('encrypt'), 'encrypt'),
    macK: required(mac.base64('k'), 'k'),
    macR: required(mac.base64('r'), 'r'),
  };
  if (!areKeysValid(keys)) throw new FormatError('master key is invalid');
  return keys;
}

/** The `data` of a key file. */
export function sealMasterKey(primitives: Primitives, userKeys: CryptoKeys, master: CryptoKeys): Uint8Array {
  const json =
    `{"mac":{"k":"${toBase64(master.macK)}","r":"${toBase64(master.macR)}"},` +
    `"encrypt":"${toBase64(master.encrypt)}"}`;
  return sealBytes(primitives, userKeys, byteStringToBytes(json as ByteString));
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
