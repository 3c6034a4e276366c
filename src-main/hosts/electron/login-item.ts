/** Start at login: the system's own list on macOS and Windows, a file in the autostart folder on Linux. */
import { app } from 'electron';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { autostartFileOf, autostartText } from './autostart-file.ts';
import { HIDDEN_SWITCH } from './launch-arguments.ts';

/** As the package's .desktop file. */
const DESKTOP_NAME = 'tidemark';

export const loginItem = {
  get(): boolean {
    return process.platform === 'linux'
      ? existsSync(autostartFile())
      : app.getLoginItemSettings({ args: [HIDDEN_SWITCH] }).openAtLogin;
  },

  set(isOn: boolean): void {
    if (process.platform !== 'linux') {
      app.setLoginItemSettings({ openAtLogin: isOn, args: [HIDDEN_SWITCH] });
      return;
    }
    const file = autostartFile();
    if (!isOn) {
      rmSync(file, { force: true });
      return;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, autostartText(ownCommand()));
  },
};

function autostartFile(): string {
  return autostartFileOf({ configHome: process.env['XDG_CONFIG_HOME'], home: homedir() }, DESKTOP_NAME);
}

/** How this program is started again. In development Electron is told the application's folder. */
function ownCommand(): string[] {
  const image = process.env['APPIMAGE'];
  if (image !== undefined) return [image];
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}
