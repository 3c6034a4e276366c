/**
 * Snapshots as JSON. Field order and omission follow restic; fields this program does not know are kept, so that
 * rewriting a snapshot (tags, copies) loses nothing another client stored.
 * Source: repository format, section 9.
 */
import { bytesToByteString, byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { FormatError } from '#format/format-error.ts';
import { JsonFields, required, type JsonMember } from '#format/json-fields.ts';
import { encodeJsonString, encodeJsonText } from '#format/json-text.ts';

export interface Snapshot {
  /** RFC 3339. */
  readonly time: string;
  readonly parent?: SnapshotId;
  /** Null in damaged snapshots: missing, null or the all-zero id. Report those and go on with others. */
  readonly tree: BlobId | null;
  readonly paths: readonly string[];
  readonly hostname: string;
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly excludes: readonly string[];
  readonly tags: readonly string[];
  readonly original?: SnapshotId;
  readonly programVersion?: string;
  readonly summary?: SnapshotSummary;
  /** Raw JSON values. */
  readonly unknownFields?: readonly JsonMember[];
}

/** What a backup did; every part may be absent in other writers' snapshots. */
export interface SnapshotSummary {
  readonly backupStart?: string;
  readonly backupEnd?: string;
  readonly filesNew?: number;
  readonly filesChanged?: number;
  readonly filesUnmodified?: number;
  readonly dirsNew?: number;
  readonly dirsChanged?: number;
  readonly dirsUnmodified?: number;
  /** New blobs stored. */
  readonly dataBlobs?: number;
  readonly treeBlobs?: number;
  /** Plaintext bytes of the new blobs. */
  readonly dataAdded?: number;
  /** Bytes they take in the repository. */
  readonly dataAddedPacked?: number;
  readonly totalFilesProcessed?: number;
  readonly totalBytesProcessed?: number;
  /** Raw JSON values. */
  readonly unknownFields?: readonly JsonMember[];
}

const FIELDS = new Set([
  'time',
  'parent',
  'tree',
  'paths',
  'hostname',
  'username',
  'uid',
  'gid',
  'excludes',
  'tags',
  'original',
  'program_version',
  'summary',
]);

const SUMMARY_TIMES = [
  ['backup_start', 'backupStart'],
  ['backup_end', 'backupEnd'],
] as const;

const SUMMARY_COUNTS = [
  ['files_new', 'filesNew'],
  ['files_changed', 'filesChanged'],
  ['files_unmodified', 'filesUnmodified'],
  ['dirs_new', 'dirsNew'],
  ['dirs_changed', 'dirsChanged'],
  ['dirs_unmodified', 'dirsUnmodified'],
  ['data_blobs', 'dataBlobs'],
  ['tree_blobs', 'treeBlobs'],
  ['data_added', 'dataAdded'],
  ['data_added_packed', 'dataAddedPacked'],
  ['total_files_processed', 'totalFilesProcessed'],
  ['total_bytes_processed', 'totalBytesProcessed'],
] as const;

const SUMMARY_FIELDS = new Set<string>([...SUMMARY_TIMES, ...SUMMARY_COUNTS].map(([key]) => key));

const NULL_ID = '0'.repeat(64);

/** @throws FormatError */
export function parseSnapshot(json: Uint8Array): Snapshot {
  const fields = new JsonFields(bytesToByteString(json), FIELDS);
  const tree = fields.id<BlobId>('tree');
  const summary = fields.raw('summary');
  return {
    time: required(fields.text('time'), 'time'),
    tree: tree === undefined || tree === NULL_ID ? null : tree,
    paths: fields.texts('paths') ?? [],
    hostname: fields.text('hostname') ?? '',
    username: fields.text('username') ?? '',
    uid: fields.number('uid') ?? 0,
    gid: fields.number('gid') ?? 0,
    excludes: fields.texts('excludes') ?? [],
    tags: fields.texts('tags') ?? [],
    ...present({
      parent: fields.id<SnapshotId>('parent'),
      original: fields.id<SnapshotId>('original'),
      programVersion: fields.text('program_version'),
      summary: summary === undefined ? undefined : parseSummary(summary),
      unknownFields: fields.unknown.length === 0 ? undefined : fields.unknown,
    }),
  };
}

function parseSummary(json: ByteString): SnapshotSummary {
  const fields = new JsonFields(json, SUMMARY_FIELDS);
  const times = SUMMARY_TIMES.map(([key, name]) => [name, fields.text(key)]);
  const counts = SUMMARY_COUNTS.map(([key, name]) => [name, fields.number(key)]);
  const unknownFields = fields.unknown.length === 0 ? undefined : fields.unknown;
  return present({ ...Object.fromEntries([...times, ...counts]), unknownFields });
}

/** Without the members that are undefined. */
function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** @throws FormatError for a snapshot without a tree, which must not be written again. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  if (snapshot.tree === null) throw new FormatError('snapshot has no tree');
  const { parent, original, programVersion, summary } = snapshot;
  const parts = [
    member('time', encodeJsonText(snapshot.time)),
    parent === undefined ? '' : member('parent', `"${parent}"`),
    member('tree', `"${snapshot.tree}"`),
    member('paths', encodeTexts(snapshot.paths)),
    snapshot.hostname === '' ? '' : member('hostname', encodeJsonText(snapshot.hostname)),
    snapshot.username === '' ? '' : member('username', encodeJsonText(snapshot.username)),
    snapshot.uid === 0 ? '' : member('uid', `${snapshot.uid}`),
    snapshot.gid === 0 ? '' : member('gid', `${snapshot.gid}`),
    snapshot.excludes.length === 0 ? '' : member('excludes', encodeTexts(snapshot.excludes)),
    snapshot.tags.length === 0 ? '' : member('tags', encodeTexts(snapshot.tags)),
    original === undefined ? '' : member('original', `"${original}"`),
    programVersion === undefined ? '' : member('program_version', encodeJsonText(programVersion)),
    summary === undefined ? '' : member('summary', encodeSummary(summary)),
    ...encodeUnknown(snapshot.unknownFields),
  ];
  return byteStringToBytes(encodeMembers(parts));
}

function encodeSummary(summary: SnapshotSummary): ByteString {
  const times = SUMMARY_TIMES.map(([key, name]) => {
    const time = summary[name];
    return time === undefined ? '' : member(key, encodeJsonText(time));
  });
  const counts = SUMMARY_COUNTS.map(([key, name]) => {
    const count = summary[name];
    return count === undefined ? '' : member(key, `${count}`);
  });
  return encodeMembers([...times, ...counts, ...encodeUnknown(summary.unknownFields)]);
}

function encodeUnknown(members: readonly JsonMember[] = []): string[] {
  return members.map(({ key, value }) => `${encodeJsonString(key)}:${value}`);
}

function member(key: string, json: string): string {
  return `"${key}":${json}`;
}

function encodeMembers(parts: readonly string[]): ByteString {
  return `{${parts.filter((part) => part !== '').join(',')}}` as ByteString;
}

function encodeTexts(texts: readonly string[]): string {
  return `[${texts.map(encodeJsonText).join(',')}]`;
}
