/** What the tray icon shows, decided from the mirror. Told apart without colour: see assets/icons. */
import type { MirrorParts } from '#contract/app/mirror-values.ts';

export type TrayState = 'idle' | 'running' | 'attention' | 'paused';

/**
 * Work under way is shown first, it passes; then whatever a person should know, even while everything is paused:
 * a pause that has lasted so long that copies are late is such a thing.
 */
export function trayStateOf({ jobs, health, pause, plans }: MirrorParts): TrayState {
  if (jobs.some(({ state }) => state === 'running')) return 'running';
  const isProtected = health.state === 'protected' || health.state === 'protectedExcept';
  if (plans.length > 0 && !isProtected) return 'attention';
  return pause === null ? 'idle' : 'paused';
}

/** How far the running job is, for dock and taskbar: 0 to 1, 2 (busy) while nobody knows, -1 for none. */
export function progressOf({ jobs }: MirrorParts): number {
  const running = jobs.find(({ state }) => state === 'running');
  if (running === undefined) return -1;
  const { bytesDone, totalBytes, filesDone, totalFiles } = running.progress ?? {};
  if (totalBytes !== undefined && totalBytes !== null && totalBytes > 0) {
    return Math.min(1, (bytesDone ?? 0) / totalBytes);
  }
  if (totalFiles !== undefined && totalFiles !== null && totalFiles > 0) {
    return Math.min(1, (filesDone ?? 0) / totalFiles);
  }
  return 2;
}

/** Pictures shown in turn; only running moves, at one picture a second. */
export function trayPictures(state: TrayState): readonly string[] {
  return state === 'running' ? ['running-1', 'running-2'] : [state];
}

/** macOS draws template images in the colour of its menu bar, and goes by the end of their names. */
export function trayIconFile(picture: string, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return `${picture}Template.png`;
  return platform === 'win32' ? `${picture}.ico` : `${picture}.png`;
}
