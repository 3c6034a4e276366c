/** Moments as people read them on a terminal. */
import { formatLocalTime } from '../format-values.ts';

export function momentText(atMs: number): string {
  return formatLocalTime(new Date(atMs).toISOString());
}

/** `just now`, `12 minutes ago`, `3 days ago`. */
export function agoText(atMs: number, nowMs: number): string {
  const minutes = Math.round((nowMs - atMs) / 60_000);
  if (minutes < 0) return momentText(atMs);
  if (minutes < 2) return 'just now';
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} hours ago`;
  return `${Math.round(hours / 24)} days ago`;
}
