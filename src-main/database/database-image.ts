/**
 * The bytes of a database's file: a plain SQLite database (any SQLite tool reads it as it is) and behind it a trailer that
 * proves every byte, because SQLite itself notices only damage to its structure and never a flipped bit in a value.
 * Pure; knows neither files nor what the tables hold.
 *
 * | offset        | size | meaning                                                                    |
 * | ------------- | ---- | -------------------------------------------------------------------------- |
 * | 0             | n    | the database; its header carries an application id and the schema number   |
 * | n             | 16   | `TidemarkState001`                                                          |
 * | n + 16        | 8    | when it was saved, milliseconds since 1970, big-endian unsigned            |
 * | n + 24        | 32   | SHA-256 of everything before                                               |
 */
import { createHash, hash } from 'node:crypto';

const DATABASE_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const SCHEMA_OFFSET = 60;
const APPLICATION_OFFSET = 68;
const HEADER_BYTES = 100;

const TRAILER_MAGIC = Buffer.from('TidemarkState001', 'latin1');
const TIME_BYTES = 8;
const HASH_BYTES = 32;
const TRAILER_BYTES = TRAILER_MAGIC.length + TIME_BYTES + HASH_BYTES;

export type DatabaseImage =
  | {
      readonly kind: 'sound';
      /** A view of the bytes handed in. */
      readonly database: Uint8Array;
      /** Number of the last migration it went through. */
      readonly schema: number;
      readonly savedAtMs: number;
    }
  /** `reason`: for the log. */
  | { readonly kind: 'damaged'; readonly reason: string };

/** The parts of the file in order: the database as it is, and what proves it. */
export function sealDatabase(database: Uint8Array, savedAtMs: number): readonly Uint8Array[] {
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.set(TRAILER_MAGIC);
  trailer.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(savedAtMs))), TRAILER_MAGIC.length);
  const hashed = trailer.subarray(0, TRAILER_BYTES - HASH_BYTES);
  trailer.set(createHash('sha256').update(database).update(hashed).digest(), hashed.length);
  return [database, trailer];
}

/** The proof comes first: a schema number is believed only where no byte is in doubt. */
export function parseDatabaseImage(bytes: Uint8Array, applicationId: number): DatabaseImage {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (image.length === 0) return damaged('it is empty');
  if (image.length < HEADER_BYTES + TRAILER_BYTES) return damaged('it is too short');
  const hashedBytes = image.length - HASH_BYTES;
  const databaseBytes = image.length - TRAILER_BYTES;
  if (!image.subarray(databaseBytes).subarray(0, TRAILER_MAGIC.length).equals(TRAILER_MAGIC)) {
    return damaged('its end is missing');
  }
  if (!image.subarray(hashedBytes).equals(hash('sha256', image.subarray(0, hashedBytes), 'buffer'))) {
    return damaged('its contents are not what was saved');
  }
  const isOurs =
    image.subarray(0, DATABASE_MAGIC.length).equals(DATABASE_MAGIC) &&
    image.readUInt32BE(APPLICATION_OFFSET) === applicationId;
  if (!isOurs) return damaged('it holds something else');
  return {
    kind: 'sound',
    database: image.subarray(0, databaseBytes),
    schema: image.readUInt32BE(SCHEMA_OFFSET),
    savedAtMs: Number(image.readBigUInt64BE(databaseBytes + TRAILER_MAGIC.length)),
  };
}

function damaged(reason: string): DatabaseImage {
  return { kind: 'damaged', reason };
}
