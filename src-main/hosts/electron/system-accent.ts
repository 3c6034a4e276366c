/**
 * Tells a page the system's accent colour, as the style variable `--system-accent`: what is made of it is the page's
 * business, and a page that finds none (in a browser) has nothing to offer. Follows changes; where the system tells of none
 * (macOS), the next time the window comes to the front.
 */
import { systemPreferences, type BrowserWindow } from 'electron';

/** As Electron has it: red, green, blue and mostly how opaque. */
const COLOUR = /^#?([0-9a-f]{6})(?:[0-9a-f]{2})?$/i;

export function tellSystemAccent(window: BrowserWindow): void {
  const { webContents } = window;
  let told: { readonly colour: string; readonly key: Promise<string> } | undefined;
  const tell = (): void => {
    const [, colour] = COLOUR.exec(systemPreferences.getAccentColor()) ?? [];
    if (colour === undefined || colour === told?.colour || webContents.isDestroyed()) return;
    const before = told?.key;
    const key = webContents.insertCSS(`:root { --system-accent: #${colour}; }`);
    told = { colour, key };
    key
      .then(async () => before && webContents.removeInsertedCSS(await before))
      // The page has gone meanwhile; the next one is told anew.
      .catch(() => undefined);
  };
  const tellAnew = (): void => {
    told = undefined;
    tell();
  };
  webContents.on('dom-ready', tellAnew);
  window.on('focus', tell);
  systemPreferences.on('accent-color-changed', tell);
  window.once('closed', () => systemPreferences.off('accent-color-changed', tell));
}
