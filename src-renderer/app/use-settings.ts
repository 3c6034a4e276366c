/** How the person wants the window, as the core keeps it; what every computer likes until it has said so. */
import { useCallback, useSyncExternalStore } from 'react';
import { DEFAULT_WINDOW_SETTINGS, type WindowSettings } from '#contract/app/settings-calls.ts';
import type { Connection } from './use-connection.ts';

export function useSettings(connection: Connection): WindowSettings {
  const mirror = connection.kind === 'open' ? connection.link.mirror : undefined;
  const subscribe = useCallback((tell: () => void) => mirror?.subscribe(tell) ?? (() => undefined), [mirror]);
  return useSyncExternalStore(subscribe, () => mirror?.get()?.settings ?? DEFAULT_WINDOW_SETTINGS);
}
