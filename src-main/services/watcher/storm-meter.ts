/**
 * Where most of the changes come from, so that a build folder or a log can be suggested to be left out. Counts by folder in
 * bounded memory, old counts fade. Suggests nothing while changes are few: then they cost nobody anything.
 */
import type { ByteString } from '#base/byte-string.ts';

export interface ExclusionSuggestion {
  readonly folder: ByteString;
  /** Its share of all recent changes. */
  readonly sharePercent: number;
}

const FADE_EVERY_MS = 30 * 60_000;
/** Recent changes below which nothing is suggested: an afternoon's work stays far below. */
const MIN_CHANGES = 3_000;
const MIN_SHARE = 0.7;
const MAX_FOLDERS = 512;

export class StormMeter {
  readonly #counts = new Map<ByteString, number>();
  #total = 0;
  #fadedMs: number | undefined;

  /** `folder` had an entry touched. */
  count(folder: ByteString, nowMs: number): void {
    this.#fade(nowMs);
    this.#counts.set(folder, (this.#counts.get(folder) ?? 0) + 1);
    this.#total++;
    if (this.#counts.size > MAX_FOLDERS) this.#mergeDeepest();
  }

  /** The deepest folder below one of `roots` from which most of the recent changes come. */
  suggest(roots: readonly ByteString[], nowMs: number): ExclusionSuggestion | undefined {
    this.#fade(nowMs);
    if (this.#total < MIN_CHANGES) return undefined;
    const sums = new Map<string, number>();
    for (const [folder, count] of this.#counts) {
      const root = roots.find((each) => folder.startsWith(`${each}/`));
      if (root === undefined) continue;
      for (let at: string = folder; at.length > root.length; at = at.slice(0, at.lastIndexOf('/')))
        sums.set(at, (sums.get(at) ?? 0) + count);
    }
    let best: ExclusionSuggestion | undefined;
    for (const [folder, count] of sums) {
      if (count < this.#total * MIN_SHARE || folder.length <= (best?.folder.length ?? 0)) continue;
      best = { folder: folder as ByteString, sharePercent: Math.round((count / this.#total) * 100) };
    }
    return best;
  }

  #fade(nowMs: number): void {
    this.#fadedMs ??= nowMs;
    for (; nowMs - this.#fadedMs >= FADE_EVERY_MS; this.#fadedMs += FADE_EVERY_MS) {
      if (this.#total === 0) {
        this.#fadedMs = nowMs;
        return;
      }
      this.#total = 0;
      for (const [folder, count] of this.#counts) {
        const half = count >> 1;
        if (half === 0) this.#counts.delete(folder);
        else this.#counts.set(folder, half);
        this.#total += half;
      }
    }
  }

  /** The deepest folders are counted as the folders that they lie in. */
  #mergeDeepest(): void {
    const depthOf = (folder: string): number => folder.split('/').length;
    const deepest = Math.max(...[...this.#counts.keys()].map(depthOf));
    for (const [folder, count] of this.#counts) {
      if (depthOf(folder) < deepest) continue;
      this.#counts.delete(folder);
      const above = (folder.slice(0, folder.lastIndexOf('/')) || '/') as ByteString;
      this.#counts.set(above, (this.#counts.get(above) ?? 0) + count);
    }
  }
}
