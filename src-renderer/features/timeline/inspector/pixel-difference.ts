/** What differs between two pictures of the same size, point by point: there in a loud colour, the rest faded. Pure. */

/** Compression alone changes a colour by less. */
const LEAST_CHANGE = 24;
const LOUD = [224, 57, 112, 255] as const;

/** Both as red, green, blue and alpha per point, one byte each; so is the result. */
export function markDifference(
  before: Uint8ClampedArray,
  after: Uint8ClampedArray,
): Uint8ClampedArray<ArrayBuffer> {
  const marked = new Uint8ClampedArray(after.length);
  for (let at = 0; at < after.length; at += 4) {
    let change = 0;
    for (let part = 0; part < 4; part++)
      change = Math.max(change, Math.abs((before[at + part] ?? 0) - (after[at + part] ?? 0)));
    if (change >= LEAST_CHANGE) marked.set(LOUD, at);
    else {
      const grey = ((after[at] ?? 0) + (after[at + 1] ?? 0) + (after[at + 2] ?? 0)) / 3;
      const faded = 255 - (255 - grey) / 3;
      marked.set([faded, faded, faded, after[at + 3] ?? 255], at);
    }
  }
  return marked;
}

/** Of a picture as `markDifference` makes it: 0 to 1. */
export function differingShare(marked: Uint8ClampedArray): number {
  let loud = 0;
  for (let at = 0; at < marked.length; at += 4)
    if (marked[at] === LOUD[0] && marked[at + 1] === LOUD[1] && marked[at + 2] === LOUD[2]) loud++;
  return marked.length === 0 ? 0 : loud / (marked.length / 4);
}
