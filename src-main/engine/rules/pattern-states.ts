/**
 * Several patterns followed down a tree, folder by folder: what of them a folder's path has matched so far is its
 * state, a short text, so that a folder met at many places is judged once for all places with the same state. Says the
 * same as `matchesPath` (restic's reading of patterns) for every path, except where a pattern has several `**`, for which
 * it may say too much: then `isExact` is false and a match is to be proven with `matches`. Pure; `!` means nothing here.
 */
import { TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { lowerCaseBytes } from '#base/utf8-bytes.ts';
import { matchesPath, parsePathPattern, type PathPattern, type PathStyle } from './path-pattern.ts';

/** Plain and cloneable. Any of the patterns may match; none at all: everything matches. */
export interface SearchPatterns {
  readonly patterns: readonly ByteString[];
  readonly ignoreCase: boolean;
  /** What separates folders in patterns; `posix` when absent. */
  readonly style?: PathStyle;
}

/** The path matches, and so does everything below it. */
export const MATCHED = '*';
/** Nothing at or below the path can match. */
export const HOPELESS = '';

/** Characters of other states begin here, behind those of the two above. */
const FIRST_CODE = 0x100;

export class PatternStates {
  /** State of the root folder, which has no name itself. */
  readonly start: string;
  readonly isExact: boolean;
  readonly #patterns: readonly PathPattern[];
  readonly #ignoreCase: boolean;
  /** Of each position, which is a pattern and one of its parts: number of the pattern, number of the part. */
  readonly #positions: { readonly pattern: PathPattern; readonly part: number }[] = [];
  /** Where patterns that may begin at any folder begin. */
  readonly #anywhere: readonly number[];
  readonly #anywhereState: string;

  /** @throws request.invalidInput naming the malformed pattern */
  constructor({ patterns, ignoreCase, style = 'posix' }: SearchPatterns) {
    this.#ignoreCase = ignoreCase;
    this.#patterns = patterns.map((text) => parse(ignoreCase ? lowerCaseBytes(text) : text, text, style));
    this.isExact = this.#patterns.every(({ parts }) => parts.filter((part) => part === null).length < 2);
    const starts: number[] = [];
    const anywhere: number[] = [];
    for (const pattern of this.#patterns) {
      starts.push(this.#positions.length);
      if (!pattern.isRooted) anywhere.push(this.#positions.length);
      // One more than parts: behind the last one.
      for (let part = 0; part <= pattern.parts.length; part++) this.#positions.push({ pattern, part });
    }
    this.#anywhere = anywhere;
    this.#anywhereState = this.#stateOf(anywhere);
    this.start = patterns.length === 0 ? MATCHED : this.#stateOf(starts);
  }

  /** State of what is called `name` in a folder with that state. */
  next(state: string, name: ByteString): string {
    if (state === MATCHED || state === HOPELESS) return state;
    const text = this.#ignoreCase ? lowerCaseBytes(name) : name;
    const reached: number[] = [];
    for (let i = 0; i < state.length; i++) {
      const position = state.charCodeAt(i) - FIRST_CODE;
      const { pattern, part } = this.#positions[position]!;
      const glob = pattern.parts[part]!;
      if (glob === null) reached.push(position);
      else if (glob.test(text)) reached.push(position + 1);
    }
    return reached.length === 0 ? this.#anywhereState : this.#stateOf([...reached, ...this.#anywhere]);
  }

  /** Whether the absolute path matches; exact for all patterns. */
  matches(path: ByteString): boolean {
    if (this.#patterns.length === 0) return true;
    const names = (this.#ignoreCase ? lowerCaseBytes(path) : path).slice(1).split('/');
    return this.#patterns.some((pattern) => matchesPath(pattern, names));
  }

  #stateOf(positions: readonly number[]): string {
    const all = new Set(positions);
    // A set goes on to what is added meanwhile: `**` may stand for nothing.
    for (const position of all) {
      const { pattern, part } = this.#positions[position]!;
      if (part === pattern.parts.length) return MATCHED;
      if (pattern.parts[part] === null) all.add(position + 1);
    }
    const codes = [...all].sort((a, b) => a - b).map((position) => FIRST_CODE + position);
    return String.fromCharCode(...codes);
  }
}

function parse(text: ByteString, original: ByteString, style: PathStyle): PathPattern {
  const pattern = text === '' ? undefined : parsePathPattern(text, style);
  if (pattern !== undefined) return pattern;
  throw new TidemarkError('request.invalidInput', {
    what: `the pattern "${toDisplay(original)}"`,
    reason:
      'it must not be empty, a [ must be closed and not empty, and a \\ must be followed by a character',
  });
}
