/**
 * The playhead that was thrown: how fast it left the hand, where that carries it, and its way to the point on which it
 * settles. Pure; times are milliseconds, places pixels.
 */

export interface Sample {
  readonly atMs: number;
  readonly xPx: number;
}

/** Only the end of the movement throws: who stops first and then lets go throws nothing. */
const LOOKED_AT_MS = 90;
/** Slower than this is laid down, not thrown. */
const SLOWEST_PX_PER_MS = 0.12;
/** The greater, the further it slides. */
const SLIDE_MS = 190;
const FASTEST_PX_PER_MS = 6;

/** Pixels per millisecond as the hand let go at `releasedMs`; 0: it was laid down. */
export function releaseVelocity(samples: readonly Sample[], releasedMs: number): number {
  const recent = samples.filter(({ atMs }) => releasedMs - atMs <= LOOKED_AT_MS);
  const first = recent[0];
  const last = recent.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < 8) return 0;
  const velocity = (last.xPx - first.xPx) / (last.atMs - first.atMs);
  if (Math.abs(velocity) < SLOWEST_PX_PER_MS) return 0;
  return Math.sign(velocity) * Math.min(FASTEST_PX_PER_MS, Math.abs(velocity));
}

/** Where friction alone would stop it. */
export function landingPx(fromPx: number, velocity: number): number {
  return fromPx + velocity * SLIDE_MS;
}

/** How long the way to the point takes: as long as the throw would, within reason. */
export function settleMs(fromPx: number, toPx: number, velocity: number): number {
  const distance = Math.abs(toPx - fromPx);
  if (distance < 0.5) return 0;
  if (velocity === 0) return Math.min(180, 80 + distance);
  return Math.min(900, 160 + 3 * SLIDE_MS * Math.min(1, distance / 400));
}

/** The way there, slowing down all along. */
export function slidePx(fromPx: number, toPx: number, elapsedMs: number, lengthMs: number): number {
  if (elapsedMs >= lengthMs) return toPx;
  const rest = Math.exp((-4 * elapsedMs) / lengthMs);
  const end = Math.exp(-4);
  return toPx - (toPx - fromPx) * ((rest - end) / (1 - end));
}
