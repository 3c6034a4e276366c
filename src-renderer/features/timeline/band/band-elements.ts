/** What of the page the band is made of, and whether the person wants things to move. */
export interface BandElements {
  readonly canvas: HTMLCanvasElement;
  readonly slider: HTMLElement;
  readonly handle: HTMLElement;
  readonly handleText: HTMLElement;
  readonly jumps: HTMLElement;
}

export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
