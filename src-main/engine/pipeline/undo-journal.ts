/**
 * The lines of an undo journal: what a restore is about to do to the target, written down before it is done. One line of
 * JSON per step; a line that is not whole was never acted upon. Paths are names below the target, joined by `/`, one
 * character per byte. Pure: who writes and reads the file is elsewhere.
 *
 * ["f", path, kept, from, mark, content]  something gets the name `path`, or loses it when `from` and `mark` are null. What was
 *                                there goes to `kept` first (null: nothing was); what comes is prepared under `from`.
 *                                `content` (of files): digest in hex, lengths of its pieces as 32-bit numbers in base64.
 * ["d", path]                    a folder is made.
 * ["m", path, inode, metadata, time]  metadata of something that stays, as it was before; for a file also the time that it
 *                                gets (seconds, nanoseconds), by which a later change is known.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { FileKind, FileMetadata, FileStat, TargetPath } from '#files/port.ts';

/** What a restored entry is known by later, unless somebody changes it. */
export interface EntryMark {
  readonly kind: FileKind;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeSec: number;
  readonly mtimeNsec: number;
}

/** What a restored file holds, so that it can be compared without the repository. */
export interface ContentMark {
  /** SHA-256, in hex, of the SHA-256s of all pieces one after the other: these are the ids of its blobs. */
  readonly digest: string;
  /** Bytes of each piece. */
  readonly lengths: readonly number[];
}

export type JournalEntry =
  | {
      readonly kind: 'name';
      readonly path: TargetPath;
      readonly kept: TargetPath | undefined;
      readonly from: TargetPath | undefined;
      readonly mark: EntryMark | undefined;
      /** Files only, and not in journals of older versions. */
      readonly content: ContentMark | undefined;
    }
  | { readonly kind: 'folder'; readonly path: TargetPath }
  | {
      readonly kind: 'metadata';
      readonly path: TargetPath;
      readonly inode: bigint;
      readonly was: FileMetadata;
      readonly becomes: readonly [sec: number, nsec: number] | undefined;
    };

export function markOf({ kind, inode, sizeBytes, mtimeSec, mtimeNsec }: FileStat): EntryMark {
  // The size of a folder is the file system's own affair.
  return { kind, inode, sizeBytes: kind === 'dir' ? 0 : sizeBytes, mtimeSec, mtimeNsec };
}

export function isSameMark(a: EntryMark, b: EntryMark): boolean {
  return (
    a.kind === b.kind &&
    a.inode === b.inode &&
    a.sizeBytes === b.sizeBytes &&
    a.mtimeSec === b.mtimeSec &&
    a.mtimeNsec === b.mtimeNsec
  );
}

/** With the line's end. */
export function encodeJournalEntry(entry: JournalEntry): string {
  return `${JSON.stringify(toLine(entry))}\n`;
}

function toLine(entry: JournalEntry): unknown {
  const path = entry.path.join('/');
  switch (entry.kind) {
    case 'name': {
      const { kept, from, mark, content } = entry;
      const line = [
        'f',
        path,
        kept?.join('/') ?? null,
        from?.join('/') ?? null,
        mark ? markToLine(mark) : null,
      ];
      return content === undefined ? line : [...line, contentToLine(content)];
    }
    case 'folder':
      return ['d', path];
    case 'metadata':
      return ['m', path, String(entry.inode), encodeMetadata(entry.was), entry.becomes ?? null];
  }
}

function markToLine({ kind, inode, sizeBytes, mtimeSec, mtimeNsec }: EntryMark): unknown {
  return [kind, String(inode), sizeBytes, mtimeSec, mtimeNsec];
}

/** `ids`: of the file's blobs, 32 bytes each; `lengths`: of their plaintexts. */
export function contentMarkOf(
  sha256: (bytes: Uint8Array) => Uint8Array,
  ids: Uint8Array,
  lengths: readonly number[],
): ContentMark {
  return { digest: Buffer.from(sha256(ids)).toString('hex'), lengths };
}

function contentToLine({ digest, lengths }: ContentMark): unknown {
  return [digest, Buffer.from(Uint32Array.from(lengths).buffer).toString('base64')];
}

function toContent(value: unknown): ContentMark | undefined {
  if (!Array.isArray(value)) return undefined;
  const [digest, lengths] = value as unknown[];
  // A copy: the numbers must lie at a place that is a multiple of their size.
  const bytes = new Uint8Array(Buffer.from(String(lengths), 'base64'));
  return { digest: String(digest), lengths: [...new Uint32Array(bytes.buffer)] };
}

/** Plain JSON. */
export function encodeMetadata(metadata: FileMetadata): unknown {
  const { kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec } = metadata;
  const attributes = metadata.extendedAttributes.map(({ name, value }) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  return [kind, permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec, attributes];
}

/** Undefined for a line that no restore of ours wrote whole. */
export function parseJournalEntry(line: string): JournalEntry | undefined {
  try {
    return fromLine(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function fromLine(line: unknown): JournalEntry | undefined {
  if (!Array.isArray(line)) return undefined;
  const [what, pathText, ...rest] = line as unknown[];
  const path = toPath(pathText);
  if (path === undefined) return undefined;
  if (what === 'd') return { kind: 'folder', path };
  if (what === 'm') {
    const was = parseMetadata(rest[1]);
    const becomes = Array.isArray(rest[2]) ? (rest[2] as [number, number]) : undefined;
    return was && { kind: 'metadata', path, inode: BigInt(String(rest[0])), was, becomes };
  }
  if (what !== 'f') return undefined;
  const [kept, from, mark, content] = rest;
  return {
    kind: 'name',
    path,
    kept: toPath(kept),
    from: toPath(from),
    mark: toMark(mark),
    content: toContent(content),
  };
}

function toPath(text: unknown): TargetPath | undefined {
  return typeof text === 'string' && text !== '' ? (text.split('/') as ByteString[]) : undefined;
}

function toMark(value: unknown): EntryMark | undefined {
  if (!Array.isArray(value)) return undefined;
  const [kind, inode, ...numbers] = value as unknown[];
  const [sizeBytes, mtimeSec, mtimeNsec] = numbers.map(Number) as [number, number, number];
  return { kind: kind as FileKind, inode: BigInt(String(inode)), sizeBytes, mtimeSec, mtimeNsec };
}

export function parseMetadata(value: unknown): FileMetadata | undefined {
  if (!Array.isArray(value) || value.length !== 9) return undefined;
  const [kind, ...rest] = value as unknown[];
  const numbers = rest.slice(0, 7);
  if (!numbers.every((number) => typeof number === 'number')) return undefined;
  const [permissions, uid, gid, mtimeSec, mtimeNsec, atimeSec, atimeNsec] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const attributes = rest[7] as readonly (readonly [string, string])[];
  return {
    kind: kind as FileKind,
    permissions,
    uid,
    gid,
    mtimeSec,
    mtimeNsec,
    atimeSec,
    atimeNsec,
    extendedAttributes: attributes.map(([name, data]) => ({ name, value: Buffer.from(data, 'base64') })),
  };
}
