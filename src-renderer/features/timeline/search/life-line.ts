/** When something existed, as stretches of a line that stands for the time in view. Pure. */
import type { SearchResult } from './search-types.ts';

export interface LifeStretch {
  /** 0 to 1. */
  readonly from: number;
  readonly to: number;
}

/** What lived shortly is still seen. */
const LEAST = 0.012;

export function lifeStretches(
  life: SearchResult['life'],
  range: { readonly fromMs: number; readonly toMs: number },
): readonly LifeStretch[] {
  const lengthMs = Math.max(1, range.toMs - range.fromMs);
  return life.flatMap(({ from, to }) => {
    const start = (from.timeMs - range.fromMs) / lengthMs;
    const end = (to.timeMs - range.fromMs) / lengthMs;
    if (end < 0 || start > 1) return [];
    const begin = Math.min(Math.max(0, start), 1 - LEAST);
    return [{ from: begin, to: Math.min(1, Math.max(end, begin + LEAST)) }];
  });
}
