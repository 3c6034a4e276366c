/**
 * Hands on the band: what a pointer that goes down takes hold of, and what its moves mean; the wheel, two fingers, and a
 * playhead that was thrown. Changes the band only through its control.
 */
import { prefersStillness, type BandElements } from './band-elements.ts';
import type { BandHead } from './band-head.ts';
import { gripAt, LANES, type Grip } from './band-layout.ts';
import { landingPx, releaseVelocity, settleMs, slidePx, type Sample } from './inertia.ts';
import { clampRange, lengthOf, panBy, SHORTEST_MS, timeAt, wheelFactor, xOf, zoomAt } from './time-scale.ts';
import { useHistoryView, type TimeRange } from '../view-store.ts';
import type { Point } from '../wire-types.ts';
import type { Bar } from './heat.ts';

/** What hands do to the band. */
export interface HeldBand {
  readonly widthPx: number;
  readonly range: TimeRange;
  readonly whole: TimeRange;
  readonly compareMs: number | null;
  /** The playhead. */
  readonly head: BandHead;
  /** The moment that is compared with. */
  readonly compareHead: BandHead;
  /** The point nearest to a moment; null: now. */
  nearest(atMs: number): Point | null;
  barAt(atMs: number): Bar | undefined;
  setRange(range: TimeRange): void;
  zoomTo(range: TimeRange): void;
  hover(atMs: number | null, xPx?: number): void;
  paint(): void;
}

interface Held {
  readonly pointerId: number;
  readonly grip: Grip;
  /** The line that is held, if it is one. */
  readonly head: BandHead | undefined;
  readonly startPx: number;
  /** Between the pointer and the line it holds, where that was taken beside its middle. */
  readonly offsetPx: number;
  readonly startRange: TimeRange;
  readonly samples: Sample[];
  lastPx: number;
  hasMoved: boolean;
}

interface Slide {
  readonly head: BandHead;
  readonly fromPx: number;
  readonly toPx: number;
  readonly startMs: number;
  readonly lengthMs: number;
  readonly pointId: string | null;
  /** In view by its last step. */
  readonly shownId: string | null;
}

/** A hand that shakes is no drag. */
const SHAKE_PX = 3;
/** Near an edge the band moves under the held playhead. */
const EDGE_PX = 28;
const EDGE_PX_PER_FRAME = 9;

export class BandHands {
  readonly #band: HeldBand;
  readonly #elements: BandElements;
  readonly #touches = new Map<number, number>();
  readonly #control = new AbortController();
  #held: Held | undefined;
  #slide: Slide | undefined;

  constructor(band: HeldBand, elements: BandElements) {
    this.#band = band;
    this.#elements = elements;
    const { slider, handle } = elements;
    const { signal } = this.#control;
    for (const element of [slider, handle]) {
      element.addEventListener('pointerdown', (event) => this.#down(event, element === handle), { signal });
      element.addEventListener('pointermove', (event) => this.#move(event), { signal });
      element.addEventListener('pointerup', (event) => this.#up(event), { signal });
      element.addEventListener('pointercancel', (event) => this.#up(event), { signal });
    }
    slider.addEventListener('pointerleave', () => band.hover(null), { signal });
    slider.addEventListener('dblclick', (event) => this.#doubleClick(event), { signal });
    for (const element of [slider, handle])
      element.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
  }

  stop(): void {
    this.#control.abort();
  }

  /** Before each drawing: what goes on by itself. */
  frame(frameMs: number): void {
    const band = this.#band;
    if (this.#slide !== undefined) {
      const { head, fromPx, toPx, startMs, lengthMs, pointId, shownId } = this.#slide;
      const elapsedMs = frameMs - startMs;
      if (head.shownId !== shownId || head.atMs === null) {
        // A key or another part of the page went elsewhere meanwhile: that counts.
        this.#slide = undefined;
        head.hold(null);
      } else if (elapsedMs >= lengthMs) {
        this.#slide = undefined;
        head.hold(null);
        head.goTo(pointId);
      } else {
        head.hold(timeAt(band.range, band.widthPx, slidePx(fromPx, toPx, elapsedMs, lengthMs)));
        this.#slide = { ...this.#slide, shownId: head.shownId };
      }
    }
    const held = this.#held;
    if (held?.head !== undefined && held.hasMoved) {
      const side = held.lastPx < EDGE_PX ? -1 : held.lastPx > band.widthPx - EDGE_PX ? 1 : 0;
      const byMs = (side * EDGE_PX_PER_FRAME * lengthOf(band.range)) / band.widthPx;
      const range = panBy(band.range, byMs, band.whole);
      if (side !== 0 && range.fromMs !== band.range.fromMs) {
        band.setRange(range);
        held.head.hold(this.#timeAt(held.lastPx - held.offsetPx));
      }
    }
  }

  #xOf(event: MouseEvent): number {
    return event.clientX - this.#elements.slider.getBoundingClientRect().left;
  }

  #timeAt(xPx: number): number {
    const { range, widthPx, whole } = this.#band;
    return Math.min(Math.max(timeAt(range, widthPx, xPx), whole.fromMs), whole.toMs);
  }

  #down(event: PointerEvent, isHandle: boolean): void {
    if (event.button !== 0) return;
    const band = this.#band;
    const xPx = this.#xOf(event);
    if (event.pointerType === 'touch') this.#touches.set(event.pointerId, xPx);
    if (this.#touches.size === 2) {
      this.#held?.head?.hold(null);
      this.#held = undefined;
      return;
    }
    const yPx = event.clientY - this.#elements.slider.getBoundingClientRect().top;
    const facts = { range: band.range, whole: band.whole, widthPx: band.widthPx, compareMs: band.compareMs };
    const grip = isHandle ? 'playhead' : gripAt(xPx, yPx, facts);
    const head = grip === 'playhead' ? band.head : grip === 'compare' ? band.compareHead : undefined;
    // Elsewhere the playhead comes to the pointer.
    const takenPx = isHandle || grip === 'compare' ? xOf(band.range, band.widthPx, head?.atMs ?? 0) : xPx;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#slide?.head.hold(null);
    this.#slide = undefined;
    this.#held = {
      pointerId: event.pointerId,
      grip,
      head,
      startPx: xPx,
      offsetPx: xPx - takenPx,
      startRange: band.range,
      samples: [{ atMs: event.timeStamp, xPx }],
      lastPx: xPx,
      hasMoved: false,
    };
    band.hover(null);
  }

  #move(event: PointerEvent): void {
    const band = this.#band;
    const xPx = this.#xOf(event);
    if (this.#touches.has(event.pointerId) && this.#touches.size === 2)
      return this.#pinch(event.pointerId, xPx);
    const held = this.#held;
    if (held === undefined) {
      const yPx = event.clientY - this.#elements.slider.getBoundingClientRect().top;
      this.#elements.slider.dataset['grip'] = gripAt(xPx, yPx, band);
      if (event.currentTarget !== this.#elements.slider) return;
      band.hover(yPx < LANES.axis.top ? timeAt(band.range, band.widthPx, xPx) : null, xPx);
      return;
    }
    if (held.pointerId !== event.pointerId) return;
    if (!held.hasMoved && Math.abs(xPx - held.startPx) <= SHAKE_PX) return;
    held.hasMoved = true;
    held.lastPx = xPx;
    held.samples.push({ atMs: event.timeStamp, xPx });
    if (held.samples.length > 24) held.samples.shift();
    this.#drag(held, xPx);
  }

  #drag({ grip, head, startPx, startRange, offsetPx }: Held, xPx: number): void {
    const band = this.#band;
    const { whole, widthPx } = band;
    const overviewMs = ((xPx - startPx) / widthPx) * lengthOf(whole);
    switch (grip) {
      case 'playhead':
      case 'compare':
        return head?.hold(this.#timeAt(xPx - offsetPx));
      case 'pan':
        return band.setRange(panBy(startRange, ((startPx - xPx) / widthPx) * lengthOf(startRange), whole));
      case 'overview':
        return band.setRange(panBy(startRange, overviewMs, whole));
      case 'overviewFrom': {
        const fromMs = Math.min(
          Math.max(whole.fromMs, startRange.fromMs + overviewMs),
          startRange.toMs - SHORTEST_MS,
        );
        return band.setRange({ fromMs, toMs: startRange.toMs });
      }
      case 'overviewTo': {
        const toMs = Math.max(
          Math.min(whole.toMs, startRange.toMs + overviewMs),
          startRange.fromMs + SHORTEST_MS,
        );
        return band.setRange({ fromMs: startRange.fromMs, toMs });
      }
    }
  }

  #up(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    const held = this.#held;
    if (held === undefined || held.pointerId !== event.pointerId) return;
    this.#held = undefined;
    const xPx = this.#xOf(event);
    if (!held.hasMoved) return this.#click(held, xPx, event.currentTarget === this.#elements.handle);
    if (held.head?.isHeld !== true) return;
    const headPx = xPx - held.offsetPx;
    const velocity = event.type === 'pointercancel' ? 0 : releaseVelocity(held.samples, event.timeStamp);
    this.#settle(held.head, headPx, velocity);
  }

  /** Lets the line slide to the point where it comes to rest. */
  #settle(head: BandHead, fromPx: number, velocity: number): void {
    const band = this.#band;
    const point = band.nearest(this.#timeAt(landingPx(fromPx, velocity)));
    const pointId = point?.snapshotId ?? null;
    const toPx = xOf(band.range, band.widthPx, point?.timeMs ?? band.whole.toMs);
    const lengthMs = prefersStillness() ? 0 : settleMs(fromPx, toPx, velocity);
    if (lengthMs === 0) {
      head.hold(null);
      head.goTo(pointId);
      return;
    }
    const { shownId } = head;
    this.#slide = { head, fromPx, toPx, startMs: performance.now(), lengthMs, pointId, shownId };
    band.paint();
  }

  #click({ grip }: Held, xPx: number, isHandle: boolean): void {
    const band = this.#band;
    const view = useHistoryView.getState();
    if (isHandle) return view.openSheet(view.sheet === 'date' ? 'none' : 'date');
    if (grip === 'overview') {
      const atMs = timeAt(band.whole, band.widthPx, xPx);
      const half = lengthOf(band.range) / 2;
      return band.zoomTo(clampRange({ fromMs: atMs - half, toMs: atMs + half }, band.whole));
    }
    if (grip !== 'playhead' && grip !== 'compare') return;
    const point = band.nearest(this.#timeAt(xPx));
    if (view.isChoosingCompare) view.compareWith(point?.snapshotId ?? 'now');
    else if (grip === 'playhead') this.#settle(band.head, xPx, 0);
  }

  #doubleClick(event: MouseEvent): void {
    const band = this.#band;
    const bar = band.barAt(this.#timeAt(this.#xOf(event)));
    if (bar === undefined) return;
    band.zoomTo(clampRange({ fromMs: bar.fromMs, toMs: bar.toMs }, band.whole));
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const band = this.#band;
    const isInLines = event.deltaMode === WheelEvent.DOM_DELTA_LINE;
    if (event.ctrlKey || event.metaKey) {
      const atMs = timeAt(band.range, band.widthPx, this.#xOf(event));
      band.setRange(zoomAt(band.range, atMs, wheelFactor(event.deltaY, isInLines), band.whole));
      return;
    }
    const delta = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
    const byPx = isInLines ? delta * 16 : delta;
    band.setRange(panBy(band.range, (byPx / band.widthPx) * lengthOf(band.range), band.whole));
  }

  #pinch(pointerId: number, xPx: number): void {
    const band = this.#band;
    const otherPx = [...this.#touches].find(([id]) => id !== pointerId)?.[1] ?? xPx;
    const beforePx = this.#touches.get(pointerId) ?? xPx;
    this.#touches.set(pointerId, xPx);
    const before = Math.max(8, Math.abs(beforePx - otherPx));
    const after = Math.max(8, Math.abs(xPx - otherPx));
    band.setRange(zoomAt(band.range, timeAt(band.range, band.widthPx, otherPx), before / after, band.whole));
  }
}
