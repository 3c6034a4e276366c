/**
 * From the sources as given to the shape of the snapshot's tree: which entries the root has, which folders lie above the
 * sources and hold nothing but them. Pure. Source: repository format, section 9.2.
 */
import type { ByteString } from '#base/byte-string.ts';

/** A place in the snapshot's tree. */
export interface SourceEntry {
  readonly name: ByteString;
  /** Where it lies on disk. */
  readonly path: ByteString;
  /** Entries below a folder that is not a source itself; undefined for a source, which is stored whole. */
  readonly children: SourceFolder | undefined;
}

export type SourceFolder = ReadonlyMap<ByteString, SourceEntry>;

interface MutableEntry extends SourceEntry {
  children: Map<ByteString, MutableEntry> | undefined;
}

/** Absolute and clean: no `.`, `..`, doubled or trailing slashes. */
export function absolutePath(path: ByteString, workingFolder: ByteString): ByteString {
  const joined = path.startsWith('/') ? path : `${workingFolder}/${path}`;
  const parts: string[] = [];
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}` as ByteString;
}

/**
 * `listFolder` gives the names in a folder: a source without a name of its own (`.`, `..`, `/`) is replaced by what is in it.
 */
export function buildSourceTree(
  sources: readonly ByteString[],
  workingFolder: ByteString,
  listFolder: (path: ByteString) => readonly ByteString[],
): SourceFolder {
  const root = new Map<ByteString, MutableEntry>();
  for (const source of sources) {
    for (const { place, path } of placesOf(source, workingFolder, listFolder)) insert(root, place, path);
  }
  return root;
}

interface Placed {
  /** Names from the snapshot's root. */
  readonly place: readonly ByteString[];
  readonly path: ByteString;
}

function placesOf(
  source: ByteString,
  workingFolder: ByteString,
  listFolder: (path: ByteString) => readonly ByteString[],
): Placed[] {
  const path = absolutePath(source, workingFolder);
  const place = source.startsWith('/') ? namesOf(path) : relativePlace(source);
  if (place.length > 0) return [{ place, path }];
  return listFolder(path).map((name) => ({ place: [name], path: join(path, name) }));
}

/** A relative source keeps its own names; leading `..` have none. */
function relativePlace(source: ByteString): ByteString[] {
  const names: ByteString[] = [];
  for (const part of source.split('/') as ByteString[]) {
    if (part === '' || part === '.') continue;
    if (part === '..') names.pop();
    else names.push(part);
  }
  return names;
}

function namesOf(path: ByteString): ByteString[] {
  return path.split('/').filter((part) => part !== '') as ByteString[];
}

function join(folder: ByteString, name: ByteString): ByteString {
  return (folder === '/' ? `/${name}` : `${folder}/${name}`) as ByteString;
}

/** Folders on the way are above the source on disk by as many names as they are in the tree. */
function insert(root: Map<ByteString, MutableEntry>, place: readonly ByteString[], path: ByteString): void {
  let folder = root;
  for (const [depth, name] of place.entries()) {
    const isSource = depth === place.length - 1;
    const entryPath = ancestor(path, place.length - 1 - depth);
    const known = folder.get(name);
    if (known !== undefined && known.path !== entryPath) {
      // Two sources from different places with the same first name: the later one is stored under another name.
      const free = freeName(folder, name, entryPath);
      insert(folder, [free, ...place.slice(depth + 1)], path);
      return;
    }
    if (known !== undefined && known.children === undefined) return;
    const entry: MutableEntry = known ?? {
      name,
      path: entryPath,
      children: isSource ? undefined : new Map(),
    };
    if (known === undefined) folder.set(name, entry);
    if (isSource) {
      entry.children = undefined;
      return;
    }
    folder = entry.children!;
  }
}

function ancestor(path: ByteString, levels: number): ByteString {
  let result: string = path;
  for (let i = 0; i < levels; i++) result = result.slice(0, result.lastIndexOf('/'));
  return (result === '' ? '/' : result) as ByteString;
}

/** `name-1`, `name-2`, …: the first that is free or already stands for this path. */
function freeName(
  folder: ReadonlyMap<ByteString, SourceEntry>,
  name: ByteString,
  path: ByteString,
): ByteString {
  for (let number = 1; ; number++) {
    const candidate = `${name}-${number}` as ByteString;
    const known = folder.get(candidate);
    if (known === undefined || known.path === path) return candidate;
  }
}
