/**
 * The catalogue's rows: made of a history that does not exist (synthetic-history.ts) and asked by a process of its own
 * (catalogue-probe.ts), which measures from inside, while the bench measures its memory from outside.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CatalogueResult } from './bench-result.ts';
import { measureProcess } from './measure-process.ts';

export async function measureCatalogue(
  folder: string,
  { files, points }: { readonly files: number; readonly points: number },
  signal: AbortSignal,
): Promise<CatalogueResult> {
  const place = path.join(folder, 'catalogue');
  try {
    mkdirSync(place, { recursive: true });
    const probe = fileURLToPath(new URL('catalogue-probe.ts', import.meta.url));
    const args = [probe, place, String(files), String(points)];
    const { stdout, peakBytes } = await measureProcess(
      { program: process.execPath, args, env: process.env },
      signal,
    );
    return { ...(JSON.parse(stdout) as Omit<CatalogueResult, 'peakBytes'>), peakBytes };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
