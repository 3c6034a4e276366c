/**
 * Where the tray of this desktop is, if it has one. On Linux a desktop says on the session's bus whether anybody shows icons
 * (GNOME does only with an extension); nobody who points at a corner without a tray helps anyone, so a doubt is a no.
 */
import { execFile } from 'node:child_process';

type Corner = 'topRight' | 'bottomRight';

/** Their panels are below. Source: each one's layout as it comes. */
const PANEL_BELOW = /KDE|Cinnamon|LXQt|LXDE|Deepin|Budgie/i;
const PATIENCE_MS = 3_000;
/** Source: freedesktop.org, "StatusNotifierItem". */
const WATCHER = 'org.kde.StatusNotifierWatcher';

/** Where it is as a system comes. @param desktop `XDG_CURRENT_DESKTOP` */
export function usualCorner(platform: string, desktop: string): Corner {
  if (platform === 'win32') return 'bottomRight';
  return platform === 'linux' && PANEL_BELOW.test(desktop) ? 'bottomRight' : 'topRight';
}

/** Never rejects; null: there is none, or nobody says so. */
export async function findTray(
  platform: string = process.platform,
  desktop = process.env['XDG_CURRENT_DESKTOP'] ?? '',
  program = 'busctl',
): Promise<Corner | null> {
  if (platform === 'linux' && !(await isAnybodyShowing(program))) return null;
  return usualCorner(platform, desktop);
}

function isAnybodyShowing(program: string): Promise<boolean> {
  const question = [
    '--user',
    '--auto-start=no',
    'get-property',
    WATCHER,
    '/StatusNotifierWatcher',
    WATCHER,
    'IsStatusNotifierHostRegistered',
  ];
  return new Promise((resolve) => {
    execFile(program, question, { timeout: PATIENCE_MS }, (error, answer) =>
      resolve(error === null && answer.trim() === 'b true'),
    );
  });
}
