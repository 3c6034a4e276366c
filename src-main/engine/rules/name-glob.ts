/**
 * One component of a pattern: `*`, `?`, `[a-z]`, `[^a-z]` and `\x` against one name, as restic (Go's path matching)
 * reads them. Owns the syntax and the fast forms of what people write most (`*.tmp`, `core*`).
 * Does not know paths: a name never holds a separator. `*` may end in the middle of a character, `?` and classes
 * take a whole one; a byte that is not UTF-8 counts as one character.
 */
import { characterAt, REPLACEMENT_CHARACTER } from '#base/utf8-bytes.ts';

export type NameTest = (name: string) => boolean;

type Step =
  | { readonly kind: 'byte'; readonly value: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly number[] };

/** `steps` tried at the current place, or, after a star, at every later place. */
interface Chunk {
  readonly star: boolean;
  readonly steps: readonly Step[];
}

export interface NameGlob {
  /** Set when the glob matches this one name only. */
  readonly literal?: string;
  readonly test: NameTest;
}

/**
 * Compiles one component. `escapes` is false on Windows, where `\` separates folders.
 * Returns undefined when the glob is malformed (an open or empty class, a lone `\` at the end).
 */
export function compileNameGlob(glob: string, escapes = true): NameGlob | undefined {
  if (!/[\\[\]*?]/.test(glob)) return { literal: glob, test: (name) => name === glob };
  const chunks = parseChunks(glob, escapes);
  if (chunks === undefined) return undefined;
  return simpleForm(chunks) ?? { test: (name) => matchChunks(chunks, name) };
}

function parseChunks(glob: string, escapes: boolean): Chunk[] | undefined {
  const chunks: Chunk[] = [];
  let index = 0;
  while (index < glob.length) {
    let star = false;
    while (glob[index] === '*') {
      star = true;
      index++;
    }
    const end = endOfChunk(glob, index, escapes);
    const steps = parseSteps(glob.slice(index, end), escapes);
    if (steps === undefined) return undefined;
    chunks.push({ star, steps });
    index = end;
  }
  return chunks;
}

/** A star ends a chunk unless it is inside a class or escaped. */
function endOfChunk(glob: string, start: number, escapes: boolean): number {
  let insideClass = false;
  for (let index = start; index < glob.length; index++) {
    const character = glob[index];
    if (character === '\\' && escapes) index++;
    else if (character === '[') insideClass = true;
    else if (character === ']') insideClass = false;
    else if (character === '*' && !insideClass) return index;
  }
  return glob.length;
}

function parseSteps(chunk: string, escapes: boolean): Step[] | undefined {
  const steps: Step[] = [];
  let index = 0;
  while (index < chunk.length) {
    const character = chunk[index];
    if (character === '[') {
      const parsed = parseClass(chunk, index + 1, escapes);
      if (parsed === undefined) return undefined;
      steps.push(parsed.step);
      index = parsed.next;
    } else if (character === '?') {
      steps.push({ kind: 'any' });
      index++;
    } else {
      if (character === '\\' && escapes) index++;
      if (index >= chunk.length) return undefined;
      steps.push({ kind: 'byte', value: chunk.charCodeAt(index) });
      index++;
    }
  }
  return steps;
}

function parseClass(
  chunk: string,
  start: number,
  escapes: boolean,
): { step: Step; next: number } | undefined {
  let index = start;
  const negated = chunk[index] === '^';
  if (negated) index++;
  const ranges: number[] = [];
  for (;;) {
    if (chunk[index] === ']' && ranges.length > 0) break;
    const low = parseClassCharacter(chunk, index, escapes);
    if (low === undefined) return undefined;
    let high = low;
    if (chunk[low.next] === '-') {
      const upper = parseClassCharacter(chunk, low.next + 1, escapes);
      if (upper === undefined) return undefined;
      high = upper;
    }
    ranges.push(low.codePoint, high.codePoint);
    index = high.next;
  }
  return { step: { kind: 'class', negated, ranges }, next: index + 1 };
}

function parseClassCharacter(
  chunk: string,
  start: number,
  escapes: boolean,
): { codePoint: number; next: number } | undefined {
  let index = start;
  if (index >= chunk.length || chunk[index] === '-' || chunk[index] === ']') return undefined;
  if (chunk[index] === '\\' && escapes) index++;
  if (index >= chunk.length) return undefined;
  const character = characterAt(chunk, index);
  const codePoint = character >>> 3;
  const next = index + (character & 7);
  const isBroken = codePoint === REPLACEMENT_CHARACTER && (character & 7) === 1;
  return isBroken || next >= chunk.length ? undefined : { codePoint, next };
}

/** `lit`, `*`, `*lit`, `lit*`, `*lit*` and `lit*lit` without stepping through bytes. */
function simpleForm(chunks: readonly Chunk[]): NameGlob | undefined {
  const texts = chunks.map((chunk) => literalText(chunk.steps));
  if (texts.some((text) => text === undefined)) return undefined;
  const [first, second, third] = chunks;
  const [a = '', b = ''] = texts as string[];
  if (first === undefined || third !== undefined) return undefined;
  if (second === undefined) {
    if (!first.star) return { literal: a, test: (name) => name === a };
    return a === '' ? { test: () => true } : { test: (name) => name.endsWith(a) };
  }
  if (first.star) return b === '' ? { test: (name) => name.includes(a) } : undefined;
  if (b === '') return { test: (name) => name.startsWith(a) };
  const shortest = a.length + b.length;
  return { test: (name) => name.length >= shortest && name.startsWith(a) && name.endsWith(b) };
}

function literalText(steps: readonly Step[]): string | undefined {
  let text = '';
  for (const step of steps) {
    if (step.kind !== 'byte') return undefined;
    text += String.fromCharCode(step.value);
  }
  return text;
}

/**
 * Each chunk takes the first place where it fits; the last one must also reach the end. A later chunk can only gain
 * from an earlier place, so there is no going back and the cost stays below length times pattern.
 */
function matchChunks(chunks: readonly Chunk[], name: string): boolean {
  let position = 0;
  for (let index = 0; index < chunks.length; index++) {
    const chunk = chunks[index] as Chunk;
    const isLast = index === chunks.length - 1;
    if (isLast && chunk.star && chunk.steps.length === 0) return true;
    const end = placeChunk(chunk, name, position, isLast);
    if (end < 0) return false;
    position = end;
  }
  return position === name.length;
}

function placeChunk(chunk: Chunk, name: string, from: number, isLast: boolean): number {
  const lastStart = chunk.star ? name.length : from;
  for (let start = from; start <= lastStart; start++) {
    const end = matchSteps(chunk.steps, name, start);
    if (end >= 0 && (!isLast || end === name.length)) return end;
  }
  return -1;
}

/** The index after the match, or -1. */
function matchSteps(steps: readonly Step[], name: string, start: number): number {
  let position = start;
  for (const step of steps) {
    if (position >= name.length) return -1;
    if (step.kind === 'byte') {
      if (name.charCodeAt(position) !== step.value) return -1;
      position++;
      continue;
    }
    const character = characterAt(name, position);
    if (step.kind === 'class' && inRanges(step.ranges, character >>> 3) === step.negated) return -1;
    position += character & 7;
  }
  return position;
}

function inRanges(ranges: readonly number[], codePoint: number): boolean {
  for (let index = 0; index < ranges.length; index += 2) {
    if ((ranges[index] as number) <= codePoint && codePoint <= (ranges[index + 1] as number)) return true;
  }
  return false;
}
