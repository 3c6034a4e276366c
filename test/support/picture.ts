/**
 * What a folder looks like, kept in memory to compare with later: kinds, permissions, owners, modification times in
 * nanoseconds, contents by hash, link targets, attributes, hard links. `compareTrees` compares two folders that both
 * exist; a picture outlives its folder and can be cut down to what a filter leaves. For small trees.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { getAttributes } from '#test/support/raw-posix.ts';

interface PicturedEntry {
  readonly what: string;
  /** Same for all names of one file; undefined where there is one name only, within or outside the folder. */
  readonly linkKey: string | undefined;
}

/** Paths below the folder, `.` for itself. */
export type Picture = ReadonlyMap<string, PicturedEntry>;

export function takePicture(folder: string): Picture {
  const picture = new Map<string, PicturedEntry>();
  const visit = (path: string): void => {
    const at = join(folder, path);
    const stats = fs.lstatSync(at, { bigint: true });
    picture.set(path, describe(at, stats));
    if (stats.isDirectory()) for (const name of fs.readdirSync(at)) visit(join(path, name));
  };
  visit('.');
  return picture;
}

function describe(at: string, stats: fs.BigIntStats): PicturedEntry {
  const words = [
    (stats.mode & BigInt(fs.constants.S_IFMT)).toString(8),
    `mode ${(stats.mode & 0o7777n).toString(8)}`,
    `owner ${stats.uid}:${stats.gid}`,
    `mtime ${stats.mtimeNs}`,
  ];
  if (stats.isSymbolicLink()) words.push(`-> ${fs.readlinkSync(at)}`);
  if (stats.isFile()) {
    const hash = createHash('sha256').update(fs.readFileSync(at)).digest('hex').slice(0, 16);
    words.push(`${stats.size} bytes ${hash}`);
  }
  for (const [name, value] of [...getAttributes(Buffer.from(at))].sort(([a], [b]) => (a < b ? -1 : 1)))
    words.push(`${name}=${value.toString('hex')}`);
  const hasLinks = stats.isFile() && stats.nlink > 1n;
  return { what: words.join(', '), linkKey: hasLinks ? `${stats.dev}:${stats.ino}` : undefined };
}

/** The picture without the entries whose path the filter names, and all below them. */
export function withoutEntries(picture: Picture, isLeftOut: (path: string) => boolean): Picture {
  const isInside = (path: string): boolean =>
    path.split('/').some((_, at, parts) => isLeftOut(parts.slice(0, at + 1).join('/')));
  return new Map([...picture].filter(([path]) => path === '.' || !isInside(path)));
}

/** One line per difference; empty when equal. */
export function comparePictures(expected: Picture, found: Picture): string[] {
  const lines: string[] = [];
  const [expectedLinks, foundLinks] = [linksOf(expected), linksOf(found)];
  for (const path of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const [one, other] = [expected.get(path), found.get(path)];
    if (one === undefined) lines.push(`${path}: is extra (${other!.what})`);
    else if (other === undefined) lines.push(`${path}: is missing (${one.what})`);
    else if (one.what !== other.what) lines.push(`${path}: ${one.what} != ${other.what}`);
    else if (expectedLinks.get(path) !== foundLinks.get(path))
      lines.push(`${path}: one file with ${expectedLinks.get(path)} != ${foundLinks.get(path)}`);
  }
  return lines;
}

/** Path to all names of its file, where there are several. */
function linksOf(picture: Picture): Map<string, string> {
  const names = Map.groupBy(picture, ([, { linkKey }]) => linkKey);
  const links = new Map<string, string>();
  for (const [key, entries] of names) {
    if (key === undefined || entries.length === 1) continue;
    const group = entries
      .map(([path]) => path)
      .sort()
      .join(' = ');
    for (const [path] of entries) links.set(path, group);
  }
  return links;
}
