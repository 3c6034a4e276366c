/**
 * What a desktop would draw: menus, tray, notifications, dialogs, files opened by other programs. Nothing is drawn;
 * tests read and answer it through the probe (test/e2e/support/probe.cjs), as on real Electron.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { MenuItemConstructorOptions } from 'electron';
import { cancelable, life } from './lifecycle.ts';
import { strict } from './strict.ts';

export class MenuItem {
  readonly id: string | undefined;
  readonly type: string;
  readonly label: string;
  readonly enabled: boolean;
  readonly visible: boolean;
  checked: boolean;
  readonly submenu: Menu | undefined;
  readonly click: () => void;

  constructor(options: MenuItemConstructorOptions) {
    const { submenu, click } = options;
    this.id = options.id;
    this.type = options.type ?? (submenu === undefined ? 'normal' : 'submenu');
    this.label = options.label ?? options.role ?? '';
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : undefined;
    this.click = () => {
      if (this.type === 'checkbox') this.checked = !this.checked;
      // The host's item has what the application reads of one.
      click?.(this as never, undefined, {} as never);
    };
  }
}

export class Menu {
  readonly items: MenuItem[];

  constructor(items: MenuItem[] = []) {
    this.items = items;
  }

  static #application: Menu | null = null;

  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): Menu {
    return new Menu(
      template.map((options) => {
        if (options.label === undefined && options.role === undefined && options.type !== 'separator') {
          throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
        }
        return new MenuItem(options);
      }),
    );
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}

class HostTray extends EventEmitter {
  image: unknown;
  menu: Menu | null = null;
  toolTip = '';

  constructor(image: unknown) {
    super();
    if (!life.isReady) throw new Error('Cannot create Tray before app is ready');
    this.#load(image);
  }

  setImage(image: unknown): void {
    this.#load(image);
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }

  destroy(): void {}

  isDestroyed(): boolean {
    return false;
  }

  /** Electron refuses an icon that it cannot read. */
  #load(image: unknown): void {
    const loaded = typeof image === 'string' ? loadImage(image) : (image as HostImage | undefined);
    if (loaded === undefined || loaded.isEmpty())
      throw new Error(`Failed to load image from path '${String(image)}'`);
    this.image = loaded;
  }
}

class HostNotification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor(options: { title?: string; body?: string } = {}) {
    super();
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    queueMicrotask(() => this.emit('show', cancelable({})));
  }

  close(): void {
    this.emit('close', cancelable({}));
  }

  static isSupported(): boolean {
    return true;
  }
}

interface HostImage {
  readonly file: string;
  isEmpty(): boolean;
  getSize(): { width: number; height: number };
  setTemplateImage(isTemplate: boolean): void;
}

const PNG_WIDTH_OFFSET = 16;

function loadImage(file: string): HostImage {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    bytes = Buffer.alloc(0);
  }
  const isPng = bytes.subarray(1, 4).toString('latin1') === 'PNG';
  return {
    file,
    isEmpty: () => bytes.length === 0,
    getSize: () =>
      isPng
        ? { width: bytes.readUInt32BE(PNG_WIDTH_OFFSET), height: bytes.readUInt32BE(PNG_WIDTH_OFFSET + 4) }
        : { width: 0, height: 0 },
    setTemplateImage: () => undefined,
  };
}

function unanswered(name: string): () => never {
  return () => {
    throw new Error(`test host: dialog.${name} was not answered by the test`);
  };
}

export const Tray = HostTray;
export const Notification = HostNotification;
export const nativeImage = strict('nativeImage', { createFromPath: loadImage });
export const dialog = strict('dialog', {
  showOpenDialog: unanswered('showOpenDialog'),
  showSaveDialog: unanswered('showSaveDialog'),
  showMessageBox: unanswered('showMessageBox'),
  /** Nobody answers it; whoever started the program reads it. */
  showErrorBox: (title: string, text: string) => console.error(`[dialog] ${title}: ${text}`),
});
export const shell = strict('shell', {
  openExternal: (): Promise<void> => Promise.resolve(),
  openPath: (): Promise<string> => Promise.resolve(''),
  showItemInFolder: () => undefined,
});
