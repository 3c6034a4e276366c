/**
 * `electron.BrowserWindow`: one page of Chromium each. Visible, minimised, focused and progress are remembered, not
 * drawn. Only windows as the application must make them are made: sandboxed and isolated.
 */
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { cancelable, getBrowser, life, windows } from './lifecycle.ts';
import { strict } from './strict.ts';
import { HostWebContents, ownTargets } from './web-contents.ts';

interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly show?: boolean;
  readonly title?: string;
  readonly webPreferences?: {
    readonly preload?: string;
    readonly sandbox?: boolean;
    readonly contextIsolation?: boolean;
    readonly nodeIntegration?: boolean;
  };
}

const open = new Map<number, HostWindow>();
let lastId = 0;
let focusedId: number | undefined;

class HostWindow extends EventEmitter {
  readonly id = ++lastId;
  /** Every value that was shown on the dock or taskbar. */
  readonly progressLog: number[] = [];
  readonly page: HostWebContents;
  readonly facade: HostWindow;
  #isVisible: boolean;
  #isMinimized = false;
  #isDestroyed = false;
  #bounds: { width: number; height: number };

  constructor(options: WindowOptions = {}) {
    super();
    if (!life.isReady) throw new Error('Cannot create BrowserWindow before app is ready');
    const { preload, sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
    if (nodeIntegration === true || contextIsolation === false || sandbox === false) {
      throw new Error('test host: only sandboxed and isolated windows');
    }
    const { width = 800, height = 600 } = options;
    this.#bounds = { width, height };
    this.#isVisible = options.show !== false;
    this.page = new HostWebContents(
      this.id,
      { width, height, preload },
      { isGone: () => this.#isDestroyed, close: () => this.close() },
    );
    this.page.once('did-finish-load', () => this.emit('ready-to-show', cancelable({})));
    this.facade = strict('BrowserWindow', this);
    open.set(this.id, this);
    windows.set(this.id, this);
    app.emit('web-contents-created', cancelable({}), this.webContents);
  }

  get webContents(): HostWebContents {
    return this.page.facade;
  }

  loadURL(address: string): Promise<void> {
    return this.page.navigate(address);
  }

  show(): void {
    const wasVisible = this.#isVisible;
    this.#isVisible = true;
    if (!wasVisible) this.emit('show', cancelable({}));
    this.focus();
  }

  hide(): void {
    if (!this.#isVisible) return;
    this.#isVisible = false;
    if (focusedId === this.id) focusedId = undefined;
    this.emit('hide', cancelable({}));
  }

  focus(): void {
    focusedId = this.id;
    this.emit('focus', cancelable({}));
  }

  minimize(): void {
    this.#isMinimized = true;
    this.emit('minimize', cancelable({}));
  }

  restore(): void {
    this.#isMinimized = false;
    this.emit('restore', cancelable({}));
  }

  close(): void {
    if (this.#isDestroyed) return;
    const event = cancelable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#isVisible = false;
    open.delete(this.id);
    windows.delete(this.id);
    if (focusedId === this.id) focusedId = undefined;
    const { targetId } = this.page;
    ownTargets.delete(targetId);
    getBrowser()
      .send('Target.closeTarget', { targetId })
      .catch(() => undefined);
    this.page.emit('destroyed', cancelable({}));
    this.emit('closed', cancelable({}));
    if (open.size > 0 || life.isQuitting) return;
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed');
    else app.quit();
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  isVisible(): boolean {
    return this.#isVisible;
  }

  isMinimized(): boolean {
    return this.#isMinimized;
  }

  isFocused(): boolean {
    return focusedId === this.id;
  }

  getBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 0, y: 0, ...this.#bounds };
  }

  setSize(width: number, height: number): void {
    this.#bounds = { width, height };
    void this.page.whenAttached.then(() => this.page.resize(width, height));
  }

  setProgressBar(value: number): void {
    this.progressLog.push(value);
  }

  setMenuBarVisibility(): void {}

  removeMenu(): void {}

  static getAllWindows(): HostWindow[] {
    return [...open.values()].map(({ facade }) => facade);
  }

  static getFocusedWindow(): HostWindow | null {
    return open.get(focusedId ?? 0)?.facade ?? null;
  }

  static fromWebContents(contents: HostWebContents): HostWindow | null {
    return [...open.values()].find(({ page }) => page.id === contents.id)?.facade ?? null;
  }
}

/** The application gets the strict side of each window. */
export const BrowserWindow = new Proxy(HostWindow, {
  construct: (target, [options]) => new target(options as WindowOptions).facade,
});

export const webContents = strict('webContents', {
  getAllWebContents: () => [...open.values()].map((window) => window.webContents),
  /** Playwright finds windows by it. */
  fromDevToolsTargetId: (targetId: string) =>
    [...open.values()].find(({ page }) => page.targetId === targetId)?.webContents,
});

/** Child pages are closed at once, and a window whose page is gone is gone. */
export async function watchTargets(): Promise<void> {
  const browser = getBrowser();
  browser.listen((method, params) => {
    if (method === 'Target.targetCreated') {
      const { type, openerId, targetId } = params['targetInfo'] as {
        type: string;
        openerId?: string;
        targetId: string;
      };
      if (type !== 'page' || openerId === undefined || !ownTargets.has(openerId)) return;
      const opener = [...open.values()].find(({ page }) => page.targetId === openerId);
      closeChild(targetId, opener?.page).catch(() => undefined);
    }
    if (method === 'Target.targetDestroyed') {
      for (const window of open.values()) if (window.page.targetId === params['targetId']) window.destroy();
    }
  });
  await browser.send('Target.setDiscoverTargets', { discover: true });
}

/**
 * Only when the opener's own tasks run again: a child that goes while `window.open` still waits for a debugger to let
 * it start leaves the opener waiting for ever (seen with Chromium 156).
 */
async function closeChild(targetId: string, opener: HostWebContents | undefined): Promise<void> {
  const task = 'new Promise((done) => setTimeout(done, 0))';
  await opener?.command('Runtime.evaluate', { expression: task, awaitPromise: true }).catch(() => undefined);
  await getBrowser().send('Target.closeTarget', { targetId });
}
