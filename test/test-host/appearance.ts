/** `electron.nativeTheme` and `systemPreferences`: how the system is told to look; tests change it and emit the events. */
import { EventEmitter } from 'node:events';
import { strict } from './strict.ts';

class NativeTheme extends EventEmitter {
  themeSource = 'system';
  shouldUseDarkColors = false;
}

export const nativeTheme = strict('nativeTheme', new NativeTheme());

class SystemPreferences extends EventEmitter {
  accentColor = '3584e4ff';

  getAccentColor(): string {
    return this.accentColor;
  }
}

export const systemPreferences = strict('systemPreferences', new SystemPreferences());
