/**
 * The form in which scanned folders cross threads: all entries of a job as a few columns. Cloning one object per entry
 * cost as much processor time as looking at the entries; a column is copied as a whole.
 * Texts are joined by NUL, which is neither in node texts (JSON) nor in names.
 */
import type { ByteString } from '#base/byte-string.ts';
import { ID_BYTES, joinIds } from '#base/ids.ts';
import { nameOfNodeText } from '#format/tree.ts';
import type { PathProblem } from './protocol.ts';
import type { FolderLikeness, LeftBehind, ScannedEntry, ScannedFolder } from './scan-types.ts';

type EntriesFolder = ScannedFolder & { readonly kind: 'entries' };
type PackedFolder =
  | Exclude<ScannedFolder, EntriesFolder>
  | {
      readonly kind: 'entries';
      readonly entryCount: number;
      readonly problems: readonly PathProblem[];
      readonly left: LeftBehind | undefined;
    };

export interface PackedFolders {
  readonly folders: readonly PackedFolder[];
  /** Per entry, of all folders in order: index in KINDS, flags. */
  readonly kinds: Uint8Array;
  readonly flags: Uint8Array;
  readonly sizes: Float64Array;
  /** Per entry: node text, node text up to the subtree's id, or (of a file to be read) the name. */
  readonly texts: ByteString;
  /** Of unchanged files: blobs per file, and their ids. */
  readonly contentCounts: Uint32Array;
  readonly contentIds: Uint8Array;
  /** Of subfolders: the parent's subtree or nothing, joined by commas. */
  readonly parentSubtrees: string;
}

const KINDS = [
  'node',
  'unchanged',
  'stored',
  'file',
  'dir',
] as const satisfies readonly ScannedEntry['kind'][];
const WAS_IN_PARENT = 1;
const CHANGED_WHILE_READING = 2;
const IS_LEAF = 4;
/** From this bit on: index in LIKENESSES. */
const LIKENESS_SHIFT = 3;
const LIKENESSES = ['other', 'changed', 'same'] as const satisfies readonly FolderLikeness[];
const SEPARATOR = '\0';

export function packFolders(scanned: readonly ScannedFolder[]): PackedFolders {
  const entries = scanned.flatMap((folder) => (folder.kind === 'entries' ? folder.entries : []));
  const kinds = new Uint8Array(entries.length);
  const flags = new Uint8Array(entries.length);
  const sizes = new Float64Array(entries.length);
  const texts: string[] = [];
  const contents: Uint8Array[] = [];
  const parentSubtrees: string[] = [];
  for (const [i, entry] of entries.entries()) {
    kinds[i] = KINDS.indexOf(entry.kind);
    texts.push(textOf(entry));
    if ('sizeBytes' in entry) sizes[i] = entry.sizeBytes;
    if ('wasInParent' in entry && entry.wasInParent) flags[i]! |= WAS_IN_PARENT;
    if (entry.kind === 'stored' && entry.changedWhileReading) flags[i]! |= CHANGED_WHILE_READING;
    if (entry.kind === 'unchanged') contents.push(entry.contentIds);
    if (entry.kind !== 'dir') continue;
    if (entry.isLeaf) flags[i]! |= IS_LEAF;
    flags[i]! |= LIKENESSES.indexOf(entry.likeness) << LIKENESS_SHIFT;
    parentSubtrees.push(entry.parentSubtree ?? '');
  }
  return {
    folders: scanned.map((folder) =>
      folder.kind === 'entries'
        ? {
            kind: 'entries',
            entryCount: folder.entries.length,
            problems: folder.problems,
            left: folder.left,
          }
        : folder,
    ),
    kinds,
    flags,
    sizes,
    texts: texts.join(SEPARATOR) as ByteString,
    contentCounts: Uint32Array.from(contents, (ids) => ids.length / ID_BYTES),
    contentIds: joinIds(contents),
    parentSubtrees: parentSubtrees.join(','),
  };
}

function textOf(entry: ScannedEntry): ByteString {
  if (entry.kind === 'file') return entry.name;
  return entry.kind === 'dir' ? entry.textBeforeSubtree : entry.text;
}

export function unpackFolders(packed: PackedFolders): ScannedFolder[] {
  const entries = unpackEntries(packed);
  let start = 0;
  return packed.folders.map((folder) => {
    if (folder.kind !== 'entries') return folder;
    const { entryCount, problems, left } = folder;
    start += entryCount;
    return { kind: 'entries', entries: entries.slice(start - entryCount, start), problems, left };
  });
}

function unpackEntries(packed: PackedFolders): ScannedEntry[] {
  const { kinds, flags, sizes, contentCounts, contentIds } = packed;
  const texts = packed.texts.split(SEPARATOR) as ByteString[];
  const parentSubtrees = packed.parentSubtrees.split(',');
  let folders = 0;
  let files = 0;
  let idsAt = 0;
  return Array.from(kinds, (kindIndex, i): ScannedEntry => {
    const text = texts[i]!;
    const sizeBytes = sizes[i]!;
    const wasInParent = (flags[i]! & WAS_IN_PARENT) !== 0;
    const kind = KINDS[kindIndex]!;
    switch (kind) {
      case 'node':
        return { kind, text };
      case 'unchanged': {
        const end = idsAt + contentCounts[files++]! * ID_BYTES;
        const ids = contentIds.subarray(idsAt, end);
        idsAt = end;
        return { kind, text, sizeBytes, contentIds: ids };
      }
      case 'stored':
        return {
          kind,
          text,
          sizeBytes,
          wasInParent,
          changedWhileReading: (flags[i]! & CHANGED_WHILE_READING) !== 0,
        };
      case 'file':
        return { kind, name: text, sizeBytes, wasInParent };
      case 'dir': {
        const parentSubtree = parentSubtrees[folders++] || undefined;
        const isLeaf = (flags[i]! & IS_LEAF) !== 0;
        const likeness = LIKENESSES[flags[i]! >> LIKENESS_SHIFT]!;
        const name = nameOfNodeText(text);
        return { kind, name, textBeforeSubtree: text, parentSubtree, isLeaf, likeness };
      }
    }
  });
}
