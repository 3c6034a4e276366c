/**
 * The one window. Closing it hides it while the application goes on in the tray; only quitting ends it. Where a desktop
 * shows no tray, starting Tidemark again brings it back. It is made when first shown, and kept.
 */
import { app, BrowserWindow, nativeTheme } from 'electron';
import path from 'node:path';
import { pageAddress } from './app-origin.ts';
import { tellSystemAccent } from './system-accent.ts';
import { windowOptions } from './window-options.ts';

export class MainWindow {
  /** Told each time the window is closed and goes on hidden. */
  onHidden: () => void = () => undefined;
  #window: BrowserWindow | undefined;
  #isQuitting = false;

  constructor() {
    app.on('before-quit', () => {
      this.#isQuitting = true;
    });
  }

  /** Shows the window, at a route if one is given, in front of others. */
  show(route?: string): void {
    const window = this.#window ?? this.#create(route ?? '/');
    if (this.#window !== undefined && route !== undefined) void load(window, route);
    this.#window = window;
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Progress on dock or taskbar, from 0 to 1; -1: none. */
  setProgress(value: number): void {
    this.#window?.setProgressBar(value);
  }

  get current(): BrowserWindow | undefined {
    return this.#window;
  }

  #create(route: string): BrowserWindow {
    const window = new BrowserWindow(
      windowOptions({
        preload: path.join(import.meta.dirname, 'preload.cjs'),
        isPackaged: app.isPackaged,
        isDark: nativeTheme.shouldUseDarkColors,
      }),
    );
    window.on('close', (event) => {
      if (this.#isQuitting) return;
      event.preventDefault();
      window.hide();
      this.onHidden();
    });
    window.on('closed', () => {
      this.#window = undefined;
    });
    tellSystemAccent(window);
    void load(window, route);
    return window;
  }
}

/** A load that another one overtakes rejects; the later one counts. */
async function load(window: BrowserWindow, route: string): Promise<void> {
  await window.loadURL(pageAddress(route)).catch(() => undefined);
}
