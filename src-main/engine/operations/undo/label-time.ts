/** A moment as it stands in names of files: `2026-11-22 14.05`; no colon, which some systems do not take. */
import { formatTime, type ZoneOffsets } from '#format/time.ts';

export function labelTime(ms: number, zone: ZoneOffsets): string {
  return labelOf(formatTime(Math.floor(ms / 1000), 0, zone));
}

/** Of a time as snapshots have it: what the clock on the wall showed there. */
export function labelOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ').replace(':', '.');
}
