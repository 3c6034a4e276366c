/** How the person wants the window: kept in the state, told to every window through the mirror. */
import type { AppCalls } from '#contract/app/app-calls.ts';
import { DEFAULT_WINDOW_SETTINGS, type WindowSettings } from '#contract/app/settings-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { getSetting, putSetting } from '#services/state/settings-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import type { CoreParts } from './core-parts.ts';

type SettingsCalls = Pick<CallHandlers<AppCalls>, 'settings.get' | 'settings.put'>;

export function settingsHandlers({ state, mirror }: CoreParts): SettingsCalls {
  return {
    'settings.get': () => state.read(getWindowSettings),
    'settings.put': async (settings) => {
      await state.commit((writer) => putSetting(writer, 'window', settings));
      mirror.changed();
      return settings;
    },
  };
}

export function getWindowSettings(reader: StateReader): WindowSettings {
  return getSetting(reader, 'window') ?? DEFAULT_WINDOW_SETTINGS;
}
