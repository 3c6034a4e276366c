/**
 * The band at work: follows hand, wheel and store, asks for the heat of what is in sight, and draws by frames. React only
 * hands in facts and elements; nothing of it is drawn anew while time moves. The range and the point in view live in the
 * store, the place of a playhead that is held or thrown lives here.
 */
import { bucketAt, chooseStep, type Step } from './buckets.ts';
import { readColours, onColoursChanged, type BandColours } from './band-colours.ts';
import { prefersStillness, type BandElements } from './band-elements.ts';
import { BAND_HEIGHT_PX, centreWithin } from './band-layout.ts';
import { axisTicks, type AxisWords } from './axis.ts';
import { drawBand } from './draw-band.ts';
import { BandHead } from './band-head.ts';
import { BandHands, type HeldBand } from './band-hands.ts';
import { HeatSource, type HeatQuestion } from './heat-source.ts';
import { barsOf, type Bar, type HeldSpan } from './heat.ts';
import type { Lock } from './locks.ts';
import { dotsOf, nearestIndex, type PointMark } from './point-lane.ts';
import { between, clampRange, reveal, xOf, zoomAt } from './time-scale.ts';
import type { Mark } from '../marks.ts';
import { useHistoryView, type TimeRange } from '../view-store.ts';
import type { Point } from '../wire-types.ts';

export interface BandFacts {
  readonly points: readonly Point[];
  readonly pointMarks: readonly PointMark[];
  readonly marks: readonly { readonly mark: Mark; readonly text: string }[];
  readonly missedMs: readonly number[];
  readonly held: readonly HeldSpan[];
  readonly suspiciousIds: ReadonlySet<string>;
  readonly locks: ReadonlyMap<string, Lock>;
  readonly whole: TimeRange;
  readonly nowMs: number;
  readonly nowText: string;
  readonly knownFromMs: number | null;
  readonly axisWords: AxisWords;
  /** What the handle says at a point; null: now. */
  handleText(point: Point | null): string;
}

/** A bar under the pointer that rests. */
export interface Hover {
  readonly bar: Bar;
  readonly xPx: number;
  readonly step: Step;
}

export interface BarsInSight {
  readonly bars: readonly Bar[];
  readonly step: Step;
}

const ZOOM_MS = 160;
const HOVER_MS = 140;
const JUMP_PX = 190;
/** A jump of which only the arrow is shown. */
const ARROW_PX = 24;

export class BandControl implements HeldBand {
  readonly #elements: BandElements;
  readonly #heat: HeatSource;
  readonly #hands: BandHands;
  readonly #stops: (() => void)[] = [];
  #facts: BandFacts | undefined;
  #timesMs: readonly number[] = [];
  #bars: readonly Bar[] = [];
  #barEdges: readonly number[] = [];
  #colours: BandColours;
  #font = 'sans-serif';
  #widthPx = 0;
  #frame = 0;
  #hoverMs: number | null = null;
  #hoverTimer: ReturnType<typeof setTimeout> | undefined;
  #zoom: { from: TimeRange; to: TimeRange; startMs: number } | undefined;
  #handlePx = 200;
  #shownHandle = '';
  readonly head = new BandHead({
    restMs: () => this.restMs,
    shownId: () => useHistoryView.getState().pointId,
    show: (pointId) => useHistoryView.getState().goTo(pointId),
    nearest: (atMs) => this.nearest(atMs),
    moved: (isHeld) => {
      this.#elements.jumps.classList.toggle('is-hidden', isHeld);
      this.paint();
    },
  });
  readonly compareHead = new BandHead({
    restMs: () => this.#compareRestMs(),
    shownId: () => {
      const { compareWithId } = useHistoryView.getState();
      return compareWithId === 'now' ? null : compareWithId;
    },
    show: (pointId) => useHistoryView.getState().compareWith(pointId ?? 'now'),
    nearest: (atMs) => this.nearest(atMs),
    moved: () => this.paint(),
  });
  readonly #followers = new Set<(inSight: BarsInSight) => void>();
  /** Told of a bar to describe, or that there is none. */
  onHover: (hover: Hover | null) => void = () => undefined;

  constructor(
    elements: BandElements,
    ask: (question: HeatQuestion, signal: AbortSignal) => ReturnType<HeatSource['ask']>,
  ) {
    this.#elements = elements;
    this.#colours = readColours(elements.slider);
    this.#heat = new HeatSource(ask, () => this.#heatCame());
    this.#hands = new BandHands(this, elements);
    this.#stops.push(
      onColoursChanged(() => {
        this.#colours = readColours(elements.slider);
        this.paint();
      }),
      useHistoryView.subscribe((view, before) => {
        if (view.folder !== before.folder || view.series !== before.series) this.#askHeat();
        if (view.range !== before.range) {
          this.#askHeat();
          this.onHover(null);
          this.#tellBars();
        }
        if (view.pointId !== before.pointId && !this.head.isHeld) this.revealHead();
        this.paint();
      }),
    );
    const resized = new ResizeObserver(() => this.#measure());
    resized.observe(elements.slider);
    this.#stops.push(() => resized.disconnect());
    this.#measure();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#hoverTimer);
    this.#hands.stop();
    this.#heat.stop();
    for (const stop of this.#stops) stop();
  }

  setFacts(facts: BandFacts): void {
    const hasNewPoints = facts.points !== this.#facts?.points;
    this.#facts = facts;
    if (hasNewPoints) {
      this.#timesMs = facts.points.map(({ timeMs }) => timeMs);
      this.#heat.forget();
    }
    this.#makeBars();
    this.#askHeat();
    this.#shownHandle = '';
    this.paint();
  }

  get widthPx(): number {
    return this.#widthPx;
  }
  get range(): TimeRange {
    return useHistoryView.getState().range ?? this.whole;
  }
  get whole(): TimeRange {
    return this.#facts?.whole ?? { fromMs: 0, toMs: 1 };
  }
  get points(): readonly Point[] {
    return this.#facts?.points ?? [];
  }
  get compareMs(): number | null {
    return this.compareHead.atMs;
  }
  #compareRestMs(): number | null {
    const { compareWithId } = useHistoryView.getState();
    if (compareWithId === null) return null;
    if (compareWithId === 'now') return this.#facts?.nowMs ?? null;
    return this.points.find(({ snapshotId }) => snapshotId === compareWithId)?.timeMs ?? null;
  }

  /** Where the playhead stands: in the hand, at its point, or at now. */
  get headMs(): number {
    return this.head.atMs ?? this.restMs;
  }
  get restMs(): number {
    const { pointId } = useHistoryView.getState();
    const nowMs = this.#facts?.nowMs ?? 0;
    if (pointId === null) return nowMs;
    const point = this.points.find(
      ({ snapshotId, original }) => snapshotId === pointId || original === pointId,
    );
    return point?.timeMs ?? nowMs;
  }

  /** @returns null for now */
  nearest(atMs: number): Point | null {
    const nowMs = this.#facts?.nowMs ?? 0;
    const at = nearestIndex(this.#timesMs, atMs);
    const point = this.points[at];
    if (point === undefined) return null;
    return at === this.points.length - 1 && nowMs - atMs < atMs - point.timeMs ? null : point;
  }

  revealHead(): void {
    const range = reveal(this.range, this.restMs, this.whole);
    if (range !== this.range) this.zoomTo(range);
  }

  barAt(atMs: number): Bar | undefined {
    const at = bucketAt(this.#barEdges, atMs);
    return at === undefined ? undefined : this.#bars[at];
  }

  setRange(range: TimeRange): void {
    this.#zoom = undefined;
    useHistoryView.getState().setRange(range);
  }

  zoomBy(factor: number, atMs = this.headMs): void {
    const from = this.#zoom?.to ?? this.range;
    const isHeadSeen = atMs >= from.fromMs && atMs <= from.toMs;
    this.zoomTo(zoomAt(from, isHeadSeen ? atMs : (from.fromMs + from.toMs) / 2, factor, this.whole));
  }

  /** The time up to now, with now in sight. */
  zoomToLast(lengthMs: number): void {
    const nowMs = this.#facts?.nowMs ?? 0;
    this.zoomTo(clampRange({ fromMs: nowMs - lengthMs, toMs: nowMs + lengthMs * 0.03 }, this.whole));
  }

  zoomTo(to: TimeRange): void {
    if (prefersStillness()) return this.setRange(to);
    this.#zoom = { from: this.range, to, startMs: performance.now() };
    this.paint();
  }

  /** A pointer that rests over the lanes; null: it left. */
  hover(atMs: number | null, xPx = 0): void {
    this.#hoverMs = atMs;
    clearTimeout(this.#hoverTimer);
    const bar = atMs === null ? undefined : this.barAt(atMs);
    if (bar === undefined || bar.kind === 'off') this.onHover(null);
    else {
      this.#hoverTimer = setTimeout(
        () => this.onHover({ bar, xPx, step: chooseStep(this.range, this.#widthPx) }),
        HOVER_MS,
      );
    }
    this.paint();
  }

  paint(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((atMs) => this.#draw(atMs));
  }

  #measure(): void {
    const { slider, canvas } = this.#elements;
    const widthPx = slider.clientWidth;
    const ratio = devicePixelRatio;
    this.#widthPx = widthPx;
    this.#font = getComputedStyle(slider).fontFamily;
    canvas.width = Math.round(widthPx * ratio);
    canvas.height = Math.round(BAND_HEIGHT_PX * ratio);
    canvas.style.width = `${widthPx}px`;
    canvas.style.height = `${BAND_HEIGHT_PX}px`;
    this.#askHeat();
    this.paint();
  }

  #draw(frameMs: number): void {
    this.#frame = 0;
    const facts = this.#facts;
    const pen = this.#elements.canvas.getContext('2d');
    if (facts === undefined || pen === null || this.#widthPx === 0) return;
    this.#hands.frame(frameMs);
    if (this.#zoom !== undefined) {
      const share = (frameMs - this.#zoom.startMs) / ZOOM_MS;
      const { from, to } = this.#zoom;
      if (share >= 1) this.#zoom = undefined;
      useHistoryView.getState().setRange(share >= 1 ? to : between(from, to, share));
      this.paint();
    }
    const range = this.range;
    const widthPx = this.#widthPx;
    const headMs = this.headMs;
    this.#placeHandle(pen, facts, xOf(range, widthPx, headMs));
    const centre = centreWithin(xOf(range, widthPx, headMs), this.#handlePx + 2 * ARROW_PX, widthPx);
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    drawBand(pen, {
      widthPx,
      range,
      whole: facts.whole,
      bars: this.#bars,
      overviewMs: this.#timesMs,
      dots: dotsOf(facts.pointMarks, range, widthPx),
      ticks: axisTicks(range, widthPx, facts.nowMs, facts.axisWords),
      marks: facts.marks,
      headMs,
      compareMs: this.compareMs,
      nowMs: facts.nowMs,
      nowText: facts.nowText,
      knownFromMs: facts.knownFromMs,
      hoverMs: this.#hoverMs,
      ...this.#takenByHandle(centre),
      colours: this.#colours,
      font: this.#font,
    });
  }

  #placeHandle(pen: CanvasRenderingContext2D, facts: BandFacts, xPx: number): void {
    const { handle, handleText, jumps } = this.#elements;
    const { pointId } = useHistoryView.getState();
    const point =
      pointId === null
        ? null
        : (this.points.find(({ snapshotId, original }) => snapshotId === pointId || original === pointId) ??
          null);
    const text = facts.handleText(point);
    if (text !== this.#shownHandle) {
      this.#shownHandle = text;
      handleText.textContent = text;
      pen.font = `650 12.5px ${this.#font}`;
      this.#handlePx = pen.measureText(text).width + 40;
    }
    const seen = Math.min(Math.max(xPx, 0), this.#widthPx);
    const x = centreWithin(seen, this.#handlePx + 2 * ARROW_PX, this.#widthPx);
    handle.style.transform = `translateX(${x}px) translateX(-50%)`;
    jumps.style.setProperty('--handle-x', `${x}px`);
    jumps.style.setProperty('--handle-half', `${this.#handlePx / 2}px`);
    // Without room for its words a jump is an arrow alone.
    jumps.classList.toggle('is-tight-left', x - this.#handlePx / 2 < JUMP_PX);
    jumps.classList.toggle('is-tight-right', x + this.#handlePx / 2 > this.#widthPx - JUMP_PX);
  }

  /** The handle with the jumps beside it: no flag is drawn there. */
  #takenByHandle(centrePx: number): { readonly handleLeftPx: number; readonly handleRightPx: number } {
    const left = centrePx - this.#handlePx / 2;
    const right = centrePx + this.#handlePx / 2;
    return {
      handleLeftPx: left - (left < JUMP_PX ? ARROW_PX : JUMP_PX),
      handleRightPx: right + (right > this.#widthPx - JUMP_PX ? ARROW_PX : JUMP_PX),
    };
  }

  #askHeat(): void {
    const { placeId, series, folder } = useHistoryView.getState();
    if (this.#facts === undefined || placeId === null || series === null || this.#widthPx === 0) return;
    const step = chooseStep(this.range, this.#widthPx);
    this.#heat.want({ placeId, series, folder, range: this.range, step });
  }

  #heatCame(): void {
    this.#makeBars();
    this.paint();
  }

  #makeBars(): void {
    const { answer } = this.#heat;
    if (this.#facts === undefined) return;
    this.#barEdges = answer?.edges ?? [];
    this.#bars = answer === undefined ? [] : barsOf({ ...this.#facts, ...answer });
    this.#tellBars();
  }

  /** Tells the bars in sight at once, and again whenever they are others. @returns what ends it */
  followBars(tell: (inSight: BarsInSight) => void): () => void {
    this.#followers.add(tell);
    tell(this.#barsInSight());
    return () => void this.#followers.delete(tell);
  }

  #tellBars(): void {
    if (this.#followers.size === 0) return;
    const inSight = this.#barsInSight();
    for (const tell of this.#followers) tell(inSight);
  }

  #barsInSight(): BarsInSight {
    const { fromMs, toMs } = this.range;
    return {
      bars: this.#bars.filter((bar) => bar.toMs > fromMs && bar.fromMs < toMs),
      step: this.#heat.answer?.step ?? chooseStep(this.range, this.#widthPx),
    };
  }
}
