/**
 * The difference of two texts as rows: lines that are the same in both, folded where they are many; hunks of what differs,
 * a removed line beside the added one that took its place, with the words that differ marked. Pure; the comparing is done by
 * the library `diff`.
 */
import { diffLines, diffWordsWithSpace } from 'diff';

/** A stretch of a line; marked: the other side does not have it. */
export interface Stretch {
  readonly text: string;
  readonly isMarked: boolean;
}

export interface DiffLine {
  /** Counted from 1; null: there is no such line on this side. */
  readonly before: number | null;
  readonly after: number | null;
  readonly left: readonly Stretch[] | null;
  readonly right: readonly Stretch[] | null;
}

export type DiffBlock =
  | { readonly kind: 'same'; readonly lines: readonly DiffLine[]; readonly hidden: number }
  | {
      readonly kind: 'changed';
      readonly lines: readonly DiffLine[];
      readonly oldText: string;
      readonly newText: string;
    };

export interface TextDifference {
  readonly blocks: readonly DiffBlock[];
  readonly added: number;
  readonly removed: number;
}

/** Same lines shown around what differs. */
const CONTEXT_LINES = 3;
/** In longer lines whole lines are marked: words would take too long. */
const MOST_WORD_SIGNS = 4_000;
/** Comparing stops here; what is left is told as wholly different. */
const MOST_MS = 4_000;

/** Undefined: it takes too long. */
export function textDifference(before: string, after: string): TextDifference | undefined {
  const parts = diffLines(before, after, { timeout: MOST_MS }) as ReturnType<typeof diffLines> | undefined;
  if (parts === undefined) return undefined;
  const blocks: DiffBlock[] = [];
  const at = { before: 1, after: 1 };
  let added = 0;
  let removed = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (part === undefined) break;
    if (!part.added && !part.removed) {
      const isFirst = index === 0;
      const isLast = index === parts.length - 1;
      blocks.push(...sameBlocks(linesOf(part.value), at, isFirst, isLast));
      continue;
    }
    const next = parts[index + 1];
    const isPair = next !== undefined && next.added !== part.added && (next.added || next.removed);
    if (isPair) index++;
    const oldText = part.removed ? part.value : isPair && next.removed ? next.value : '';
    const newText = part.added ? part.value : isPair && next.added ? next.value : '';
    const oldLines = linesOf(oldText);
    const newLines = linesOf(newText);
    removed += oldLines.length;
    added += newLines.length;
    blocks.push({ kind: 'changed', lines: pairLines(oldLines, newLines, at), oldText, newText });
  }
  return { blocks, added, removed };
}

function sameBlocks(
  lines: readonly string[],
  at: { before: number; after: number },
  isFirst: boolean,
  isLast: boolean,
): DiffBlock[] {
  const rows = lines.map((text) => {
    const whole = [{ text, isMarked: false }];
    return { before: at.before++, after: at.after++, left: whole, right: whole };
  });
  const head = isFirst ? 0 : CONTEXT_LINES;
  const tail = isLast ? 0 : CONTEXT_LINES;
  const hidden = rows.length - head - tail;
  if (hidden <= 1) return rows.length === 0 ? [] : [{ kind: 'same', lines: rows, hidden: 0 }];
  const middle: DiffBlock = { kind: 'same', lines: [], hidden };
  const shown = (some: readonly DiffLine[]): DiffBlock[] =>
    some.length === 0 ? [] : [{ kind: 'same', lines: some, hidden: 0 }];
  return [...shown(rows.slice(0, head)), middle, ...shown(tail === 0 ? [] : rows.slice(-tail))];
}

function pairLines(
  oldLines: readonly string[],
  newLines: readonly string[],
  at: { before: number; after: number },
): readonly DiffLine[] {
  return Array.from({ length: Math.max(oldLines.length, newLines.length) }, (_, index) => {
    const oldLine = oldLines[index];
    const newLine = newLines[index];
    const [left, right] = markWords(oldLine, newLine);
    return {
      before: oldLine === undefined ? null : at.before++,
      after: newLine === undefined ? null : at.after++,
      left,
      right,
    };
  });
}

function markWords(
  oldLine: string | undefined,
  newLine: string | undefined,
): readonly [readonly Stretch[] | null, readonly Stretch[] | null] {
  const whole = (text: string | undefined, isMarked: boolean): readonly Stretch[] | null =>
    text === undefined ? null : [{ text, isMarked }];
  if (oldLine === undefined || newLine === undefined) return [whole(oldLine, false), whole(newLine, false)];
  if (oldLine.length + newLine.length > MOST_WORD_SIGNS) return [whole(oldLine, true), whole(newLine, true)];
  const words = diffWordsWithSpace(oldLine, newLine);
  const side = (isLeft: boolean): readonly Stretch[] =>
    words
      .filter(({ added, removed }) => (isLeft ? !added : !removed))
      .map(({ value, added, removed }) => ({ text: value, isMarked: added || removed }));
  return [side(true), side(false)];
}

function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
