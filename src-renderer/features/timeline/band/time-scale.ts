/**
 * From moments to pixels and back, and how the range in sight moves and zooms. Pure; one range, one width, no state.
 * Lengths are milliseconds or CSS pixels, as the names say.
 */
import type { TimeRange } from '../view-store.ts';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Nothing closer can be told apart by a backup that runs every few minutes. */
export const SHORTEST_MS = 60 * MINUTE_MS;

/** Room at both ends of all that there is, so that the first point and now are not cut off. */
const MARGIN = 0.02;

export function lengthOf({ fromMs, toMs }: TimeRange): number {
  return toMs - fromMs;
}

export function xOf(range: TimeRange, widthPx: number, atMs: number): number {
  return ((atMs - range.fromMs) / lengthOf(range)) * widthPx;
}

export function timeAt(range: TimeRange, widthPx: number, xPx: number): number {
  return range.fromMs + (xPx / widthPx) * lengthOf(range);
}

/** All there is to see: from the first point to now, with a margin. What an hour has too much comes before it: now is at the right. */
export function wholeRange(firstMs: number | undefined, nowMs: number): TimeRange {
  const lastedMs = Math.max(nowMs - (firstMs ?? nowMs - DAY_MS), SHORTEST_MS);
  const margin = lastedMs * MARGIN;
  return { fromMs: nowMs - lastedMs - margin, toMs: nowMs + margin };
}

/** What the page opens with: a season, or all where that is little more. */
export function firstRange(whole: TimeRange): TimeRange {
  if (lengthOf(whole) < 130 * DAY_MS) return whole;
  return clampRange({ fromMs: whole.toMs - 92 * DAY_MS, toMs: whole.toMs }, whole);
}

/** Never shorter than an hour, never longer than the whole, never beside it. */
export function clampRange(range: TimeRange, whole: TimeRange): TimeRange {
  const lengthMs = Math.min(Math.max(lengthOf(range), SHORTEST_MS), lengthOf(whole));
  const middleMs = (range.fromMs + range.toMs) / 2;
  const wantedMs = lengthMs === lengthOf(range) ? range.fromMs : middleMs - lengthMs / 2;
  const fromMs = Math.min(Math.max(wantedMs, whole.fromMs), whole.toMs - lengthMs);
  return { fromMs, toMs: fromMs + lengthMs };
}

/** What is at `atMs` stays under the pointer. A factor above 1 shows more of time. */
export function zoomAt(range: TimeRange, atMs: number, factor: number, whole: TimeRange): TimeRange {
  const lengthMs = Math.min(Math.max(lengthOf(range) * factor, SHORTEST_MS), lengthOf(whole));
  const share = (atMs - range.fromMs) / lengthOf(range);
  const fromMs = atMs - share * lengthMs;
  return clampRange({ fromMs, toMs: fromMs + lengthMs }, whole);
}

export function panBy(range: TimeRange, byMs: number, whole: TimeRange): TimeRange {
  return clampRange({ fromMs: range.fromMs + byMs, toMs: range.toMs + byMs }, whole);
}

/** A range of before, where all there is has become less, as at a place with fewer versions; else as it is. */
export function fitRange(range: TimeRange, whole: TimeRange): TimeRange {
  return range.fromMs >= whole.fromMs && range.toMs <= whole.toMs ? range : clampRange(range, whole);
}

/** Brings a moment into sight with room around it; a range that shows it already is left alone. */
export function reveal(range: TimeRange, atMs: number, whole: TimeRange): TimeRange {
  const roomMs = lengthOf(range) * 0.06;
  if (atMs >= range.fromMs + roomMs && atMs <= range.toMs - roomMs) return range;
  const isAtTheEnd = atMs > whole.toMs - roomMs || atMs < whole.fromMs + roomMs;
  if (isAtTheEnd && atMs >= range.fromMs && atMs <= range.toMs) return range;
  const byMs = atMs < range.fromMs + roomMs ? atMs - roomMs - range.fromMs : atMs + roomMs - range.toMs;
  return panBy(range, byMs, whole);
}

/** The part of an animation that is over, from 0 to 1, faster at first. */
export function easeOut(share: number): number {
  return 1 - (1 - Math.min(1, Math.max(0, share))) ** 3;
}

export function between(from: TimeRange, to: TimeRange, share: number): TimeRange {
  const part = easeOut(share);
  return {
    fromMs: from.fromMs + (to.fromMs - from.fromMs) * part,
    toMs: from.toMs + (to.toMs - from.toMs) * part,
  };
}

/** How far a turn of the wheel zooms; a pinch comes as many small turns. */
export function wheelFactor(deltaY: number, isInLines: boolean): number {
  const pixels = isInLines ? deltaY * 16 : deltaY;
  return Math.exp(Math.min(240, Math.max(-240, pixels)) * 0.0035);
}
