/**
 * Lists of patterns against millions of paths: what a backup leaves out, what a restore picks. The last pattern of a
 * list that matches decides (`!` takes back); patterns that ignore case are a list of their own, and any list may
 * exclude. Fast because what matched a folder matches all below it: a folder is judged once, then each name in it
 * costs one look-up for plain names and one test per glob. Built from plain values, so it can be made in a worker.
 * Does not walk: an excluded folder is not descended into, even where a later `!` would take back a child, as in restic.
 */
import { TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { lowerCaseBytes } from '#base/utf8-bytes.ts';
import type { NameGlob } from './name-glob.ts';
import {
  childMayMatch,
  matchesPath,
  parsePathPattern,
  type PathPattern,
  type PathStyle,
} from './path-pattern.ts';

/** Plain and cloneable. Order matters within a list: command line first, then files, as restic does. */
export interface PatternOptions {
  readonly patterns: readonly ByteString[];
  /** The `--iexclude`, `--iinclude` kind. */
  readonly ignoreCasePatterns?: readonly ByteString[];
  /** What separates folders in patterns and paths; `posix` when absent. */
  readonly style?: PathStyle;
}

export interface ExcludeFilter {
  /** `path` is absolute and clean. Neither the answer nor restic's depends on `isDir`. */
  isExcluded(path: ByteString, isDir: boolean): boolean;
  /** No pattern at all: nothing is ever excluded. */
  readonly isEmpty: boolean;
}

/** @throws request.invalidInput naming the malformed pattern. */
export function createExcludeFilter(options: PatternOptions): ExcludeFilter {
  const lists = createLists(options);
  return {
    isEmpty: lists.length === 0,
    isExcluded: (path) => {
      for (const list of lists) if (list.isMatch(path)) return true;
      return false;
    },
  };
}

export interface Selection {
  readonly matched: boolean;
  /** Folders only: something below may match, so the walk must go on. */
  readonly childMayMatch: boolean;
}

export interface IncludeFilter {
  select(path: ByteString, isDir: boolean): Selection;
  readonly isEmpty: boolean;
}

/** @throws request.invalidInput naming the malformed pattern. */
export function createIncludeFilter(options: PatternOptions): IncludeFilter {
  const lists = createLists(options);
  return {
    isEmpty: lists.length === 0,
    select: (path, isDir) => {
      let matched = false;
      let below = false;
      for (const list of lists) {
        matched ||= list.isMatch(path);
        below ||= isDir && list.childMayMatch(path);
      }
      return SELECTIONS[(matched ? 2 : 0) + (below ? 1 : 0)] as Selection;
    },
  };
}

const SELECTIONS: readonly Selection[] = [
  { matched: false, childMayMatch: false },
  { matched: false, childMayMatch: true },
  { matched: true, childMayMatch: false },
  { matched: true, childMayMatch: true },
];

function createLists(options: PatternOptions): PatternList[] {
  const style = options.style ?? 'posix';
  const lists: PatternList[] = [];
  const ignoringCase = parseList(options.ignoreCasePatterns ?? [], style, true);
  if (ignoringCase.length > 0) lists.push(new PatternList(ignoringCase, style, true));
  const exact = parseList(options.patterns, style, false);
  if (exact.length > 0) lists.push(new PatternList(exact, style, false));
  return lists;
}

function parseList(patterns: readonly ByteString[], style: PathStyle, ignoreCase: boolean): PathPattern[] {
  const parsed: PathPattern[] = [];
  for (const text of patterns) {
    if (text === '') continue;
    const pattern = parsePathPattern(text, style);
    if (pattern === undefined) {
      throw new TidemarkError('request.invalidInput', {
        what: `the pattern ${toDisplay(text)}`,
        reason: 'a [ must be closed and not empty, and a \\ must be followed by a character',
      });
    }
    const folded = ignoreCase ? parsePathPattern(lowerCaseBytes(text), style) : pattern;
    if (folded !== undefined) parsed.push(folded);
  }
  return parsed;
}

/** A pattern that matches a path whose last name is the pattern's last part; all below then matches by inheritance. */
interface AnchoredPattern {
  readonly index: number;
  readonly last: NameGlob;
  /** Undefined when any place will do: a single component, not rooted. */
  readonly place: PatternPlace | undefined;
}

interface PatternPlace {
  readonly isRooted: boolean;
  /** Before `**`; empty without one. */
  readonly head: readonly NameGlob[];
  readonly tail: readonly NameGlob[];
}

interface WholePattern {
  readonly index: number;
  readonly pattern: PathPattern;
  /** Names without which it cannot match: a test that spares most paths the real one. */
  readonly required: readonly string[];
}

/** Folders remembered before the cache starts anew; a walk returns to few. */
const FOLDERS_KEPT = 4096;

class PatternList {
  readonly #patterns: readonly PathPattern[];
  readonly #ignoreCase: boolean;
  readonly #windows: boolean;
  readonly #byName = new Map<string, AnchoredPattern[]>();
  readonly #globs: AnchoredPattern[] = [];
  /** Two or more `**`: judged as a whole. */
  readonly #whole: WholePattern[] = [];
  readonly #everyChildMayMatch: boolean;
  readonly #folders = new Map<string, number>();
  #rootWinner = -1;
  #lastFolder = '';
  #lastWinner = -1;

  constructor(patterns: readonly PathPattern[], style: PathStyle, ignoreCase: boolean) {
    this.#patterns = patterns;
    this.#ignoreCase = ignoreCase;
    this.#windows = style === 'windows';
    this.#everyChildMayMatch =
      patterns.some((pattern) => !pattern.isRooted) && !patterns.some((pattern) => pattern.isNegated);
    // Highest index first: the last pattern that matches decides.
    for (let index = patterns.length - 1; index >= 0; index--)
      this.#add(patterns[index] as PathPattern, index);
    this.#lastWinner = this.#rootWinner;
  }

  isMatch(path: ByteString): boolean {
    const winner = this.#winnerOf(this.#normal(path));
    return winner >= 0 && !(this.#patterns[winner] as PathPattern).isNegated;
  }

  childMayMatch(path: ByteString): boolean {
    if (this.#everyChildMayMatch) return true;
    const names = namesOf(this.#normal(path));
    let may = false;
    for (const pattern of this.#patterns) {
      if (!pattern.isNegated) may ||= childMayMatch(pattern, names);
      else if (may && matchesPath(pattern, names)) may = false;
    }
    return may;
  }

  #normal(path: ByteString): string {
    const text = this.#windows ? (path.replaceAll('\\', '/') as ByteString) : path;
    return this.#ignoreCase ? lowerCaseBytes(text) : text;
  }

  #add(pattern: PathPattern, index: number): void {
    const wildcards = pattern.parts.filter((part) => part === null).length;
    if (wildcards > 1) {
      const required = pattern.parts.flatMap((part) => part?.literal ?? []);
      this.#whole.push({ index, pattern, required });
      return;
    }
    const place = placeOf(pattern);
    const last = place.tail.at(-1);
    if (last === undefined) {
      this.#rootWinner = Math.max(this.#rootWinner, index);
      return;
    }
    const isAnywhere = !place.isRooted && place.head.length === 0 && place.tail.length === 1;
    const anchored: AnchoredPattern = { index, last, place: isAnywhere ? undefined : place };
    if (last.literal === undefined) {
      this.#globs.push(anchored);
      return;
    }
    const sameName = this.#byName.get(last.literal);
    if (sameName === undefined) this.#byName.set(last.literal, [anchored]);
    else sameName.push(anchored);
  }

  /** Index of the pattern that decides about `path`, or -1. */
  #winnerOf(path: string): number {
    const slash = path.lastIndexOf('/');
    let inherited: number;
    if (slash <= 0) inherited = this.#rootWinner;
    else if (slash === this.#lastFolder.length && path.startsWith(this.#lastFolder))
      inherited = this.#lastWinner;
    else inherited = this.#winnerOfFolder(path.slice(0, slash));
    return this.#judge(path, slash < 0 ? path : path.slice(slash + 1), inherited);
  }

  #winnerOfFolder(folder: string): number {
    let winner = this.#folders.get(folder);
    if (winner === undefined) {
      winner = this.#winnerOf(folder);
      if (this.#folders.size >= FOLDERS_KEPT) this.#folders.clear();
      this.#folders.set(folder, winner);
    }
    this.#lastFolder = folder;
    this.#lastWinner = winner;
    return winner;
  }

  #judge(path: string, name: string, inherited: number): number {
    let winner = inherited;
    let names: readonly string[] | undefined;
    const fits = (candidate: AnchoredPattern): boolean =>
      candidate.place === undefined || isAtPlace(candidate.place, (names ??= namesOf(path)));
    const sameName = this.#byName.get(name);
    if (sameName !== undefined) {
      for (const candidate of sameName) {
        if (candidate.index <= winner) break;
        if (fits(candidate)) winner = candidate.index;
      }
    }
    for (const candidate of this.#globs) {
      if (candidate.index <= winner) break;
      if (candidate.last.test(name) && fits(candidate)) winner = candidate.index;
    }
    for (const { index, pattern, required } of this.#whole) {
      if (index <= winner) break;
      if (!required.every((literal) => path.includes(literal))) continue;
      if (matchesPath(pattern, (names ??= namesOf(path)))) winner = index;
    }
    return winner;
  }
}

function namesOf(path: string): string[] {
  return (path.startsWith('/') ? path.slice(1) : path).split('/');
}

/** A `**` at the end, or before everything, says nothing that inheritance and free placement do not say. */
function placeOf(pattern: PathPattern): PatternPlace {
  const wildcard = pattern.parts.indexOf(null);
  const parts = pattern.parts.filter((part): part is NameGlob => part !== null);
  if (wildcard < 0 || wildcard === parts.length) {
    // Only `**`, rooted or not, has no parts: it matches everything.
    return { isRooted: pattern.isRooted, head: [], tail: parts };
  }
  if (wildcard === 0) return { isRooted: false, head: [], tail: parts };
  return { isRooted: pattern.isRooted, head: parts.slice(0, wildcard), tail: parts.slice(wildcard) };
}

function isAtPlace(place: PatternPlace, names: readonly string[]): boolean {
  const { isRooted, head, tail } = place;
  const tailStart = names.length - tail.length;
  if (tailStart < head.length || !fitsAt(tail, names, tailStart)) return false;
  if (head.length === 0) return !isRooted || tailStart === 0;
  if (isRooted) return fitsAt(head, names, 0);
  for (let start = tailStart - head.length; start >= 0; start--) if (fitsAt(head, names, start)) return true;
  return false;
}

function fitsAt(parts: readonly NameGlob[], names: readonly string[], start: number): boolean {
  for (let index = 0; index < parts.length; index++) {
    if (!(parts[index] as NameGlob).test(names[start + index] as string)) return false;
  }
  return true;
}
