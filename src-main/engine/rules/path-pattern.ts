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
  return matchParts(pattern.parts, pattern.isRooted, names);
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

const ANY_NAME: NameGlob = { test: () => true };

/**
 * Expands the first `**` to none, one, two ... single folders. How far it goes counts every further `**` as one folder,
 * as restic counts: so `/a/**` + `/b/**` does not match `/a/x/b` itself, but all that is in it.
 */
function matchParts(parts: readonly PatternPart[], isRooted: boolean, names: readonly string[]): boolean {
  const wildcard = parts.indexOf(null);
  if (wildcard < 0) return matchPlain(parts as readonly NameGlob[], isRooted, names);
  // restic counts the root of the path, and that of a rooted pattern, as a component.
  const room = names.length + 1 - (parts.length + (isRooted ? 1 : 0)) + 1;
  const before = parts.slice(0, wildcard);
  const after = parts.slice(wildcard + 1);
  for (let count = 0; count <= room; count++) {
    const folders = new Array<PatternPart>(count).fill(ANY_NAME);
    if (matchParts([...before, ...folders, ...after], isRooted, names)) return true;
  }
  return false;
}

function matchPlain(parts: readonly NameGlob[], isRooted: boolean, names: readonly string[]): boolean {
  if (parts.length === 0) return isRooted;
  const lastOffset = isRooted ? 0 : names.length - parts.length;
  if (parts.length > names.length) return false;
  for (let offset = lastOffset; offset >= 0; offset--) {
    let index = parts.length - 1;
    while (index >= 0 && (parts[index] as NameGlob).test(names[offset + index] as string)) index--;
    if (index < 0) return true;
  }
  return false;
}
