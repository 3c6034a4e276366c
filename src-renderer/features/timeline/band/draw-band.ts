/**
 * Draws the band onto a canvas, the whole of it in each frame: bars, points, axis, playheads, overview. Reads values,
 * keeps none. Every kind of emptiness has its own drawing; colours never stand alone.
 */
import type { Tick } from './axis.ts';
import type { BandColours } from './band-colours.ts';
import { LANES } from './band-layout.ts';
import { barHeight, mostOf, partHeights, totalOf, type Bar } from './heat.ts';
import { drawDots, drawMarkFlags, drawPlayhead } from './draw-points.ts';
import type { Dot } from './point-lane.ts';
import { xOf } from './time-scale.ts';
import type { Mark } from '../marks.ts';
import type { TimeRange } from '../view-store.ts';

export interface BandPicture {
  readonly widthPx: number;
  readonly range: TimeRange;
  readonly whole: TimeRange;
  readonly bars: readonly Bar[];
  /** All of time in few bars, for the overview. */
  readonly overviewMs: readonly number[];
  readonly dots: readonly Dot[];
  readonly ticks: readonly Tick[];
  readonly marks: readonly { readonly mark: Mark; readonly text: string }[];
  /** Where the playhead stands. */
  readonly headMs: number;
  readonly compareMs: number | null;
  readonly nowMs: number;
  readonly nowText: string;
  /** Before this moment nothing is read yet. Null: all is read. */
  readonly knownFromMs: number | null;
  readonly hoverMs: number | null;
  readonly handleLeftPx: number;
  readonly handleRightPx: number;
  readonly colours: BandColours;
  readonly font: string;
}

type Pen = CanvasRenderingContext2D;

const AFTER_HEAD_ALPHA = 0.42;

export function drawBand(pen: Pen, picture: BandPicture): void {
  const { widthPx, colours } = picture;
  pen.clearRect(0, 0, widthPx, LANES.overview.top + LANES.overview.height + 8);
  drawUnread(pen, picture);
  const baseline = LANES.heat.top + LANES.heat.height;
  pen.fillStyle = colours.line;
  pen.fillRect(0, baseline, widthPx, 1);
  drawBars(pen, picture);
  drawMarkFlags(pen, picture);
  drawDots(pen, picture);
  drawAxis(pen, picture);
  drawPlayhead(pen, picture);
  drawOverview(pen, picture);
}

function drawBars(pen: Pen, { bars, range, widthPx, headMs, hoverMs, colours }: BandPicture): void {
  const most = mostOf(bars, range.fromMs, range.toMs);
  const laneHeight = LANES.heat.height - 6;
  const bottom = LANES.heat.top + LANES.heat.height;
  for (const bar of bars) {
    if (bar.toMs <= range.fromMs || bar.fromMs >= range.toMs) continue;
    const fromPx = xOf(range, widthPx, bar.fromMs);
    const toPx = xOf(range, widthPx, bar.toMs);
    const stepPx = toPx - fromPx;
    const gapPx = Math.max(1, stepPx * 0.26);
    const x = fromPx + gapPx / 2;
    const width = Math.max(1, stepPx - gapPx);
    if (hoverMs !== null && hoverMs >= bar.fromMs && hoverMs < bar.toMs && bar.kind !== 'off') {
      pen.globalAlpha = 1;
      pen.fillStyle = colours['accent-soft'];
      pen.fillRect(fromPx, LANES.heat.top, stepPx, LANES.heat.height);
    }
    pen.globalAlpha = bar.fromMs > headMs ? AFTER_HEAD_ALPHA : 1;
    switch (bar.kind) {
      case 'off':
        break;
      case 'quiet':
        pen.fillStyle = colours.faint;
        pen.fillRect(x, bottom - 2, width, 1.5);
        break;
      case 'missed':
        drawMissed(pen, x, width, bottom, colours);
        break;
      case 'waiting': {
        const height = Math.max(5, barHeight(totalOf(bar), most, laneHeight));
        pen.strokeStyle = colours.faint;
        pen.lineWidth = 1;
        pen.setLineDash([2, 2]);
        pen.strokeRect(x + 0.5, bottom - height + 0.5, Math.max(1, width - 1), height - 1);
        pen.setLineDash([]);
        break;
      }
      case 'changed':
        drawStack(pen, bar, x, width, bottom, barHeight(totalOf(bar), most, laneHeight), colours);
    }
  }
  pen.globalAlpha = 1;
}

function drawStack(
  pen: Pen,
  bar: Bar,
  x: number,
  width: number,
  bottom: number,
  height: number,
  colours: BandColours,
): void {
  const parts = partHeights([bar.added, bar.modified, bar.removed], height);
  const fills = [colours.added, colours.modified, colours.removed];
  const isGapped = height > 12;
  let y = bottom;
  for (const [at, part] of parts.entries()) {
    if (part === 0) continue;
    const gap = isGapped && y < bottom ? 1 : 0;
    pen.fillStyle = fills[at] ?? colours.modified;
    pen.beginPath();
    pen.roundRect(x, y - part + gap / 2, width, Math.max(1, part - gap), Math.min(1.5, width / 3));
    pen.fill();
    y -= part;
  }
  if (bar.isSuspicious) hatch(pen, x, y, width, height, colours.background);
}

/** A grey gap with a tick below it: a backup that should have been and was not. */
function drawMissed(pen: Pen, x: number, width: number, bottom: number, colours: BandColours): void {
  pen.fillStyle = colours.line;
  pen.fillRect(x - 0.5, bottom - 18, width + 1, 18);
  pen.strokeStyle = colours.dim;
  pen.lineWidth = 1.5;
  const middle = x + width / 2;
  pen.beginPath();
  pen.moveTo(middle - 2.5, bottom - 11.5);
  pen.lineTo(middle + 2.5, bottom - 6.5);
  pen.moveTo(middle + 2.5, bottom - 11.5);
  pen.lineTo(middle - 2.5, bottom - 6.5);
  pen.stroke();
}

function hatch(pen: Pen, x: number, y: number, width: number, height: number, colour: string): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let at = -height; at < width + height; at += 4) {
    pen.moveTo(x + at, y + height);
    pen.lineTo(x + at + height, y);
  }
  pen.stroke();
  pen.restore();
}

function drawUnread(pen: Pen, { knownFromMs, range, widthPx, colours }: BandPicture): void {
  if (knownFromMs === null) return;
  const toPx = Math.min(widthPx, xOf(range, widthPx, knownFromMs));
  if (toPx <= 0) return;
  pen.globalAlpha = 0.5;
  pen.fillStyle = colours.line;
  pen.fillRect(0, LANES.heat.top, toPx, LANES.heat.height + LANES.points.height);
  pen.globalAlpha = 1;
}

function drawAxis(pen: Pen, { ticks, widthPx, nowMs, nowText, range, colours, font }: BandPicture): void {
  const y = LANES.axis.top + 15;
  pen.textBaseline = 'alphabetic';
  pen.textAlign = 'center';
  const nowPx = xOf(range, widthPx, nowMs);
  const isNowSeen = nowPx >= 0 && nowPx <= widthPx;
  pen.font = `600 11.5px ${font}`;
  const nowWidth = pen.measureText(nowText).width;
  const nowLeft = Math.min(nowPx - nowWidth / 2, widthPx - nowWidth - 12);
  for (const { xPx, text, isMajor } of ticks) {
    pen.font = `${isMajor ? 600 : 500} 11.5px ${font}`;
    const half = pen.measureText(text).width / 2;
    if (xPx - half < 4 || xPx + half > widthPx - 4) continue;
    if (isNowSeen && xPx + half > nowLeft - 12) continue;
    pen.fillStyle = colours.line;
    pen.fillRect(xPx, LANES.axis.top, 1, 4);
    pen.fillStyle = colours.dim;
    pen.fillText(text, xPx, y);
  }
  if (!isNowSeen) return;
  pen.font = `600 11.5px ${font}`;
  pen.textAlign = 'left';
  pen.fillStyle = colours.text;
  pen.fillText(nowText, nowLeft, y);
}

/** All of time as a thin line, what is in sight of it as a window with two grips. */
function drawOverview(pen: Pen, { overviewMs, whole, range, widthPx, headMs, colours }: BandPicture): void {
  const { top, height } = LANES.overview;
  pen.fillStyle = colours.line;
  pen.beginPath();
  pen.roundRect(0, top + 3, widthPx, height - 6, 2);
  pen.fill();
  pen.fillStyle = colours.faint;
  for (const atMs of overviewMs) pen.fillRect(xOf(whole, widthPx, atMs), top + 3, 1.5, height - 6);
  const fromPx = Math.max(0, xOf(whole, widthPx, range.fromMs));
  const toPx = Math.min(widthPx, Math.max(fromPx + 8, xOf(whole, widthPx, range.toMs)));
  pen.globalAlpha = 0.28;
  pen.fillStyle = colours.accent;
  pen.beginPath();
  pen.roundRect(fromPx, top, toPx - fromPx, height, 4);
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = colours.accent;
  for (const grip of [fromPx, toPx - 4]) {
    pen.beginPath();
    pen.roundRect(grip, top, 4, height, 2);
    pen.fill();
  }
  pen.fillRect(xOf(whole, widthPx, headMs) - 0.5, top - 1, 1.5, height + 2);
}
