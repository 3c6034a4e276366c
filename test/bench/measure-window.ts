/** The window's rows: asked of a real Chromium by a process of its own (test/e2e/support/window-probe.ts). */
import { fileURLToPath } from 'node:url';
import type { WindowResult } from './bench-result.ts';
import { measureProcess } from './measure-process.ts';

export async function measureWindow(
  { files, points }: { readonly files: number; readonly points: number },
  signal: AbortSignal,
): Promise<WindowResult> {
  const probe = fileURLToPath(new URL('../e2e/support/window-probe.ts', import.meta.url));
  const args = [probe, String(files), String(points)];
  const { stdout } = await measureProcess({ program: process.execPath, args, env: process.env }, signal);
  return JSON.parse(stdout) as WindowResult;
}
