/** The square picture for a camera, as squares of one row each: for the page and for the PDF. Pure. */
import { create } from 'qrcode';

export interface Qr {
  /** Modules along each side, without the quiet border. */
  readonly size: number;
  /** Dark stretches, from the top. */
  readonly runs: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

export function drawQr(text: string): Qr {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  const runs: { x: number; y: number; width: number }[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (data[y * size + x] === 0) continue;
      const before = runs.at(-1);
      if (before !== undefined && before.y === y && before.x + before.width === x)
        runs[runs.length - 1] = { ...before, width: before.width + 1 };
      else runs.push({ x, y, width: 1 });
    }
  }
  return { size, runs };
}

/** As the path of an SVG whose unit is a module. */
export function qrPath({ runs }: Qr): string {
  return runs.map(({ x, y, width }) => `M${x} ${y}h${width}v1h-${width}z`).join('');
}
