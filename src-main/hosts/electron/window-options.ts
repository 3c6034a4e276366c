/** How the window is made: a sandboxed page that sees nothing of Node, with tools for developers only in development. */
import type { BrowserWindowConstructorOptions } from 'electron';

const WIDTH = 1120;
const HEIGHT = 760;
const MIN_WIDTH = 720;
const MIN_HEIGHT = 480;
/** The page's own, so that nothing flashes before it is drawn. */
const BACKGROUNDS = { dark: '#0e1417', light: '#f5f7f7' } as const;

export function windowOptions(facts: {
  readonly preload: string;
  readonly isPackaged: boolean;
  readonly isDark: boolean;
}): BrowserWindowConstructorOptions {
  return {
    width: WIDTH,
    height: HEIGHT,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Tidemark',
    backgroundColor: facts.isDark ? BACKGROUNDS.dark : BACKGROUNDS.light,
    autoHideMenuBar: true,
    webPreferences: {
      preload: facts.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !facts.isPackaged,
    },
  };
}
