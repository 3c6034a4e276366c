/** From what a place says about its space to what is drawn. Pure. */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey, showLastName, showName } from '../text/show-name.ts';

/** As many bars as an eye compares. */
const MOST_BARS = 6;
/** A chart of 400 pixels shows no more. */
const MOST_POINTS = 400;

/** Plans and settings, as every place keeps them beside the versions. */
const SETTINGS = '/tidemark-settings';

interface FolderBar {
  readonly key: string;
  /** The last part of its path; null: all the others together. */
  readonly name: string | null;
  readonly path: string;
  readonly bytes: number;
}

/** The largest, then all others as one. */
export function folderBars(
  folders: readonly { readonly series: string; readonly folder: WirePath; readonly bytes: number }[],
): readonly FolderBar[] {
  const sorted = folders.filter(({ folder }) => folder !== SETTINGS).toSorted((a, b) => b.bytes - a.bytes);
  const bars: FolderBar[] = sorted.slice(0, MOST_BARS).map(({ series, folder, bytes }) => ({
    key: `${series} ${nameKey(folder)}`,
    name: showLastName(folder),
    path: showName(folder),
    bytes,
  }));
  const rest = sorted.slice(MOST_BARS);
  if (rest.length > 0)
    bars.push({
      key: 'others',
      name: null,
      path: '',
      bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  return bars;
}

interface GrowthPoint {
  readonly key: string;
  readonly timeMs: number;
  readonly addedBytes: number;
  readonly totalBytes: number;
}

/** Oldest first, each with what came together until then; evenly thinned out where there are more than are drawn. */
export function growthPoints(
  points: readonly { readonly timeMs: number; readonly addedBytes: number }[],
): readonly GrowthPoint[] {
  let totalBytes = 0;
  const all = [...points]
    .sort((a, b) => a.timeMs - b.timeMs)
    .map(({ timeMs, addedBytes }, position) => {
      totalBytes += addedBytes;
      return { key: `${timeMs} ${position}`, timeMs, addedBytes, totalBytes };
    });
  if (all.length <= MOST_POINTS) return all;
  const step = (all.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, at) => all[Math.round(at * step)]!);
}
