/**
 * One exclude or include pattern, read exactly as restic reads it: components between `/`, each a glob; `**` stands
 * for any number of folders; a pattern that does not begin with `/` may start at any folder; whatever lies below a
 * match matches too; a leading `!` takes matches back. Pure; knows single patterns and paths cut into components.
 * Lists, case and speed over millions of paths belong to exclude-rules.ts.
 */
import type { ByteString } from '#base/byte-string.ts';
import { compileNameGlob, type NameGlob } from './name-glob.ts';

/** `**` is null. The first component of a rooted pattern or path, `/`, is kept apart in `isRooted`. */
export type PatternPart = NameGlob | null;

export interface PathPattern {
  readonly original: ByteString;
  readonly isNegated: boolean;
  readonly isRooted: boolean;
  readonly parts: readonly PatternPart[];
}

/** Undefined when a component is malformed. An empty pattern must be dropped before. */
export function parsePathPattern(original: ByteString, style: PathStyle = 'posix'): PathPattern | undefined {
  const isNegated = original.startsWith('!');
  let text: string = isNegated ? original.slice(1) : original;
  if (style === 'windows') text = text.replaceAll('\\', '/');
  const cleaned = cleanPath(text);
  const isRooted = cleaned.startsWith('/');
  const parts: PatternPart[] = [];
  for (const part of (isRooted ? cleaned.slice(1) : cleaned).split('/')) {
    if (part === '**' || part === '') {
      parts.push(null);
      continue;
    }
    const glob = compileNameGlob(part, style === 'posix');
    if (glob === undefined) return undefined;
    parts.push(glob);
  }
  return { original, isNegated, isRooted, parts };
}

/** On Windows `\` separates folders and escapes nothing. */
export type PathStyle = 'posix' | 'windows';

/** Doubled slashes, `.`, `..` and a slash at the end taken out; never empty. Source: Go's path cleaning. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const component of path.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') kept.push(component);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const joined = kept.join('/');
  return isRooted ? `/${joined}` : joined === '' ? '.' : joined;
}

/** Whether the absolute path made of `names` matches. */
export function matchesPath(pattern: PathPattern, names: readonly string[]): boolean {
  const { parts, isRooted } = pattern;
  // Counted with the root of the path and that of a rooted pattern, as restic counts.
  const room = names.length + 1 - (parts.length + (isRooted ? 1 : 0));
  if (isRooted) return matchesFrom(parts, 0, names, 0, 0, room) >= 0;
  for (let start = 0; start < names.length; start++) {
    // Only `**`, all of them standing for nothing, matches nothing.
    if (matchesFrom(parts, 0, names, start, 0, room) > start || parts.every((part) => part === null))
      return true;
  }
  return false;
}

/** Whether something below the absolute path made of `names` can match. */
export function childMayMatch(pattern: PathPattern, names: readonly string[]): boolean {
  if (!pattern.isRooted) return true;
  const wildcard = pattern.parts.indexOf(null);
  const compared = Math.min(names.length, wildcard < 0 ? pattern.parts.length : wildcard);
  for (let index = 0; index < compared; index++) {
    if (!(pattern.parts[index] as NameGlob).test(names[index] as string)) return false;
  }
  return true;
}

/**
 * Matches `parts` from `part` on against `names` from `name` on; whatever follows is free. Returns the index after the
 * last name used, or -1. `folders` is how many folders the `**` before stood for, `room` bounds them: together with the
 * m-th `**` at most `room + m`. That counts every further `**` as one folder, as restic does: `/a/**` followed by
 * `/b/**` does not match `/a/x/b` itself, only what is in it.
 */
function matchesFrom(
  parts: readonly PatternPart[],
  part: number,
  names: readonly string[],
  name: number,
  folders: number,
  room: number,
): number {
  let next = name;
  for (let index = part; index < parts.length; index++) {
    const glob = parts[index] as PatternPart;
    if (glob === null) {
      const most = Math.min(room + 1 - folders, names.length - next);
      for (let count = 0; count <= most; count++) {
        const end = matchesFrom(parts, index + 1, names, next + count, folders + count, room + 1);
        if (end >= 0) return end;
      }
      return -1;
    }
    if (next >= names.length || !glob.test(names[next] as string)) return -1;
    next++;
  }
  return next;
}
