/**
 * A line on the band that a hand takes along: it follows the hand, the point nearest to it is in view meanwhile, and let go it
 * stands at a point. The playhead is one, the moment that is compared with another. Where it stands at rest is the store's.
 */
import type { Point } from '../wire-types.ts';

export interface HeadParts {
  /** Of the point it stands at; null: there is no such line now. */
  restMs(): number | null;
  /** Null: now. */
  shownId(): string | null;
  show(pointId: string | null): void;
  /** Null: now. */
  nearest(atMs: number): Point | null;
  /** It is held or slides elsewhere, or no more. */
  moved(isHeld: boolean): void;
}

export class BandHead {
  readonly #parts: HeadParts;
  #heldMs: number | null = null;

  constructor(parts: HeadParts) {
    this.#parts = parts;
  }

  /** In the hand, or at its point. */
  get atMs(): number | null {
    const restMs = this.#parts.restMs();
    return restMs === null ? null : (this.#heldMs ?? restMs);
  }

  get isHeld(): boolean {
    return this.#heldMs !== null;
  }

  get shownId(): string | null {
    return this.#parts.shownId();
  }

  /** Held or sliding; null: let go. The point nearest to it comes into view; past the newest, now. */
  hold(atMs: number | null): void {
    const isThere = this.#parts.restMs() !== null;
    this.#heldMs = isThere ? atMs : null;
    if (isThere && atMs !== null) this.goTo(this.#parts.nearest(atMs)?.snapshotId ?? null);
    this.#parts.moved(this.#heldMs !== null);
  }

  goTo(pointId: string | null): void {
    if (pointId !== this.shownId) this.#parts.show(pointId);
  }
}
