/**
 * What of a version an hour would stay, for the picture under the rule: the same decisions as the engine's rule takes, on
 * hours that are as even as no real day is. An outlook, never a decision. Pure.
 */
import type { Duration, Every, KeepLine, SpanUnit } from './retention-lines.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So far back the picture reaches. */
export const PICTURE_MS = 6 * 365.25 * DAY_MS;

const UNIT_MS: Readonly<Record<SpanUnit, number>> = {
  hours: HOUR_MS,
  days: DAY_MS,
  months: 30.44 * DAY_MS,
  years: 365.25 * DAY_MS,
};

export interface PictureLane {
  readonly line: KeepLine;
  /** Ages of what the line keeps, the newest first. */
  readonly agesMs: readonly number[];
}

export interface Picture {
  readonly lanes: readonly PictureLane[];
  /** Of all lines together. */
  readonly total: number;
}

export function retentionPicture(lines: readonly KeepLine[], nowMs: number): Picture {
  const hours = Math.floor(PICTURE_MS / HOUR_MS);
  const kept = new Set<number>();
  const lanes = lines.map((line) => {
    const agesMs: number[] = [];
    const { reachMs, most } = limitsOf(line.lasts);
    let before: number | undefined;
    for (let hour = 0; hour < hours && agesMs.length < most; hour++) {
      const ageMs = hour * HOUR_MS;
      if (ageMs > reachMs) break;
      const bucket = bucketOf(line.every, nowMs - ageMs, hour);
      if (bucket === before) continue;
      before = bucket;
      kept.add(hour);
      agesMs.push(ageMs);
    }
    return { line, agesMs };
  });
  return { lanes, total: lines.length === 0 ? hours : kept.size };
}

function limitsOf(lasts: Duration): { reachMs: number; most: number } {
  switch (lasts.kind) {
    case 'ever':
      return { reachMs: Infinity, most: Infinity };
    case 'count':
      return { reachMs: Infinity, most: lasts.count };
    case 'span':
      return {
        reachMs: lasts.parts.reduce((sum, [unit, amount]) => sum + amount * UNIT_MS[unit], 0),
        most: Infinity,
      };
  }
}

/** Of versions with the same number only the newest is kept. */
function bucketOf(every: Every, atMs: number, hour: number): number {
  const at = new Date(atMs);
  switch (every) {
    case 'version':
    case 'newest':
    case 'hour':
      return hour;
    case 'day':
      return at.getFullYear() * 366 + at.getMonth() * 31 + at.getDate();
    case 'week':
      return Math.floor((atMs / DAY_MS + 3) / 7);
    case 'month':
      return at.getFullYear() * 12 + at.getMonth();
    case 'year':
      return at.getFullYear();
  }
}

/** Where an age stands between now (0) and the far end (1): near times get more room. */
export function placeOfAge(ageMs: number): number {
  const scale = (age: number): number => Math.log1p(age / (6 * HOUR_MS));
  return Math.min(1, scale(Math.max(0, ageMs)) / scale(PICTURE_MS));
}
