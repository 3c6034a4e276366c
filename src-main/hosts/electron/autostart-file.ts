/**
 * Start at login on Linux, where Electron has no call for it: a file in the desktop's autostart folder, as the
 * freedesktop specification asks.
 */
import path from 'node:path';
import { HIDDEN_SWITCH } from './launch-arguments.ts';

interface Session {
  /** XDG_CONFIG_HOME; used only when absolute, as the specification says. */
  readonly configHome: string | undefined;
  readonly home: string;
}

export function autostartFileOf({ configHome, home }: Session, desktopName: string): string {
  const config =
    configHome !== undefined && path.isAbsolute(configHome) ? configHome : path.join(home, '.config');
  return path.join(config, 'autostart', `${desktopName}.desktop`);
}

/** `command`: the program and its own arguments; for an AppImage the image, because what it holds moves. */
export function autostartText(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Tidemark',
    'Comment=Keeps every version of your files',
    `Exec=${[...command, HIDDEN_SWITCH].map(quoteExec).join(' ')}`,
    'Icon=tidemark',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * One argument of an Exec line: quoted; quote, backtick, dollar and backslash escaped, and each backslash once more
 * for the file's own rule; a percent sign doubled.
 */
function quoteExec(argument: string): string {
  const escaped = argument
    .replaceAll(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${escaped}"`;
}
