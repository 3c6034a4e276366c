/**
 * Lock files as JSON. What a lock means, when it is stale and how it is taken is the repository's affair.
 * Source: repository format, section 13.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { JsonFields, required } from '#format/json-fields.ts';
import { encodeJsonText } from '#format/json-text.ts';

export interface Lock {
  /** RFC 3339: creation or last refresh. */
  readonly time: string;
  readonly exclusive: boolean;
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const FIELDS = new Set(['time', 'exclusive', 'hostname', 'username', 'pid', 'uid', 'gid']);

/** @throws FormatError */
export function parseLock(json: Uint8Array): Lock {
  const fields = new JsonFields(bytesToByteString(json), FIELDS);
  return {
    time: required(fields.text('time'), 'time'),
    exclusive: fields.boolean('exclusive') ?? false,
    hostname: fields.text('hostname') ?? '',
    username: fields.text('username') ?? '',
    pid: fields.number('pid') ?? 0,
    uid: fields.number('uid') ?? 0,
    gid: fields.number('gid') ?? 0,
  };
}

export function encodeLock(lock: Lock): Uint8Array {
  const json =
    `{"time":${encodeJsonText(lock.time)},"exclusive":${lock.exclusive},` +
    `"hostname":${encodeJsonText(lock.hostname)},"username":${encodeJsonText(lock.username)},"pid":${lock.pid}` +
    (lock.uid === 0 ? '' : `,"uid":${lock.uid}`) +
    (lock.gid === 0 ? '' : `,"gid":${lock.gid}`) +
    '}';
  return byteStringToBytes(json as ByteString);
}
