/** Draws the lane of points, the flags of marks and the playheads. Part of drawing the band; keeps nothing. */
import type { BandPicture } from './draw-band.ts';
import { LANES } from './band-layout.ts';
import type { Dot, PointMark } from './point-lane.ts';
import { xOf } from './time-scale.ts';

type Pen = CanvasRenderingContext2D;

const RADIUS_PX = 3.6;
const AFTER_HEAD_ALPHA = 0.5;

export function drawDots(pen: Pen, picture: BandPicture): void {
  const y = LANES.points.top + 15;
  const headPx = xOf(picture.range, picture.widthPx, picture.headMs);
  for (const dot of picture.dots) {
    pen.globalAlpha = dot.xPx > headPx + 4 ? AFTER_HEAD_ALPHA : 1;
    const [mark] = dot.marks;
    if (dot.marks.length > 1) drawCapsule(pen, dot, y, picture);
    else if (mark !== undefined) drawDot(pen, mark, dot.xPx, y, picture);
  }
  pen.globalAlpha = 1;
}

function drawDot(pen: Pen, mark: PointMark, x: number, y: number, { colours }: BandPicture): void {
  pen.fillStyle = colours.dim;
  pen.strokeStyle = colours.dim;
  pen.lineWidth = 1.4;
  const circle = (radius: number, from = 0, to = 2 * Math.PI): void => {
    pen.beginPath();
    pen.arc(x, y, radius, from, to);
  };
  if (mark.isWaiting) {
    pen.setLineDash([1.5, 1.8]);
    circle(RADIUS_PX - 0.6);
    pen.stroke();
    pen.setLineDash([]);
  } else if (mark.isDamaged) {
    pen.strokeStyle = colours.danger;
    pen.beginPath();
    pen.moveTo(x - 3, y - 3);
    pen.lineTo(x + 3, y + 3);
    pen.moveTo(x + 3, y - 3);
    pen.lineTo(x - 3, y + 3);
    pen.stroke();
  } else if (mark.isOnlyHere) {
    circle(RADIUS_PX - 0.6);
    pen.stroke();
    if (mark.fill === 'half') {
      circle(RADIUS_PX - 0.6, Math.PI / 2, (3 * Math.PI) / 2);
      pen.fill();
    }
  } else if (mark.fill === 'half') {
    circle(RADIUS_PX - 0.4);
    pen.stroke();
    circle(RADIUS_PX, Math.PI / 2, (3 * Math.PI) / 2);
    pen.fill();
  } else {
    circle(RADIUS_PX);
    pen.fill();
  }
  if (mark.isKept) drawPin(pen, x, y - 5, colours.accent);
  if (mark.isLocked) drawLock(pen, x, y + 5, colours.dim);
}

function drawCapsule(pen: Pen, { xPx, marks }: Dot, y: number, { colours, font }: BandPicture): void {
  const text = marks.length > 999 ? `${Math.floor(marks.length / 1000)}k` : String(marks.length);
  pen.font = `650 9.5px ${font}`;
  const width = Math.max(13, pen.measureText(text).width + 7);
  const isRing = marks.every(({ isOnlyHere }) => isOnlyHere);
  pen.beginPath();
  pen.roundRect(xPx - width / 2, y - 6, width, 12, 6);
  if (isRing) {
    pen.strokeStyle = colours.dim;
    pen.lineWidth = 1.4;
    pen.stroke();
  } else {
    pen.fillStyle = colours.dim;
    pen.fill();
  }
  pen.fillStyle = isRing ? colours.dim : colours.background;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, xPx, y + 0.5);
  if (marks.some(({ isKept }) => isKept)) drawPin(pen, xPx, y - 7.5, colours.accent);
  if (marks.some(({ isLocked }) => isLocked)) drawLock(pen, xPx, y + 6.5, colours.dim);
}

/** A needle with a head, its point at (x, y). */
function drawPin(pen: Pen, x: number, y: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y - 5.2, 2.4, 0, 2 * Math.PI);
  pen.fill();
  pen.fillRect(x - 0.6, y - 3, 1.2, 3.4);
}

/** A padlock that hangs from (x, y). */
function drawLock(pen: Pen, x: number, y: number, colour: string): void {
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = 1.1;
  pen.beginPath();
  pen.moveTo(x - 1.9, y + 4.2);
  pen.arc(x, y + 2.6, 1.9, Math.PI, 2 * Math.PI);
  pen.lineTo(x + 1.9, y + 4.2);
  pen.stroke();
  pen.fillRect(x - 3.2, y + 3.8, 6.4, 4.4);
}

/** As many as have room, own labels first; none under the handle. */
export function drawMarkFlags(pen: Pen, picture: BandPicture): void {
  const { marks, range, widthPx, colours, font, handleLeftPx, handleRightPx } = picture;
  const order = { label: 0, putBack: 1, beforeMany: 2, beforeUpdate: 3, first: 4 };
  const taken: [number, number][] = [[handleLeftPx - 6, handleRightPx + 6]];
  pen.font = `500 10.5px ${font}`;
  pen.textAlign = 'left';
  pen.textBaseline = 'alphabetic';
  for (const { mark, text } of marks.toSorted(
    (one, other) => order[one.mark.kind] - order[other.mark.kind],
  )) {
    const x = xOf(range, widthPx, mark.atMs);
    if (x < -1 || x > widthPx) continue;
    const width = pen.measureText(text).width + 12;
    const left = x + width > widthPx ? x - width : x;
    if (taken.some(([from, to]) => left < to && left + width > from)) continue;
    taken.push([left, left + width]);
    pen.strokeStyle = colours['line-strong'];
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(Math.round(x) + 0.5, 12);
    pen.lineTo(Math.round(x) + 0.5, LANES.points.top);
    pen.stroke();
    pen.fillStyle = colours.dim;
    pen.fillText(text, left === x ? x + 5 : left + 5, 20);
  }
}

export function drawPlayhead(pen: Pen, picture: BandPicture): void {
  const { range, widthPx, headMs, compareMs, colours } = picture;
  const bottom = LANES.points.top + 28;
  if (compareMs !== null) {
    const x = Math.round(xOf(range, widthPx, compareMs));
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.5;
    pen.setLineDash([4, 3]);
    pen.beginPath();
    pen.moveTo(x, LANES.heat.top);
    pen.lineTo(x, bottom);
    pen.stroke();
    pen.setLineDash([]);
    // What can be taken hold of; hollow, where the playhead's is filled.
    pen.fillStyle = colours.background;
    pen.beginPath();
    pen.arc(x, LANES.points.top + 15, 5, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
  const x = Math.round(xOf(range, widthPx, headMs));
  pen.fillStyle = colours.accent;
  pen.fillRect(x - 1, LANES.handle.height - 6, 2, bottom - LANES.handle.height + 6);
  pen.strokeStyle = colours.background;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, LANES.points.top + 15, 5, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
}
