/** Places that keep what is removed, in words: how they are set up, not what went wrong. */
import { formatBytes, formatLocalTime } from './format-values.ts';

/** @param what with its number and verb, as in "2 snapshots stay" */
export function heldLine(what: string, keptUntilMs: number | null): string {
  return keptUntilMs === null
    ? `${what}: this place lets nothing be removed (append-only). That is how it is set up, and no fault.`
    : `${what} until ${dayText(keptUntilMs)}: this place lets nothing be removed before. That is how it is set up, and no fault.`;
}

export function stays(count: number): string {
  return count === 1 ? 'stays' : 'stay';
}

/** Of what was removed by name and stays all the same. */
export function lockedLine(keptUntilMs: number, keptBytes?: number): string {
  const what =
    keptBytes === undefined ? 'What was removed stays' : `${formatBytes(keptBytes)} of what was removed stay`;
  return `${what} there, out of sight, until ${dayText(keptUntilMs)}: this place locks what it has, as it is set up to. Its room comes back after that.`;
}

export function dayText(ms: number): string {
  return formatLocalTime(isoText(ms));
}

export function isoText(ms: number): string {
  return new Date(ms).toISOString();
}
