/**
 * The tray: icon, text and menu, drawn from the mirror whenever it changes. Owns the icon's movement; what an entry
 * does is the caller's. Linux takes a new menu only when it is set again, so every change sets it.
 */
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import path from 'node:path';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { Language } from '#contract/language.ts';
import { trayMenu, trayToolTip, type TrayAction, type TrayItem } from './tray-menu.ts';
import { trayIconFile, trayPictures, trayStateOf, type TrayState } from './tray-state.ts';

const PICTURE_MS = 1000;

export class AppTray {
  readonly #tray: Tray;
  readonly #iconFolder: string;
  readonly #perform: (action: TrayAction) => void;
  #state: TrayState = 'idle';
  #movement: NodeJS.Timeout | undefined;
  #shown = '';

  constructor(iconFolder: string, perform: (action: TrayAction) => void) {
    this.#iconFolder = iconFolder;
    this.#perform = perform;
    this.#tray = new Tray(this.#load('idle'));
    // Where a click does not open the menu it opens the window.
    this.#tray.on('click', () => perform({ kind: 'open' }));
  }

  show(mirror: MirrorParts, nowMs: number, language: Language): void {
    const state = trayStateOf(mirror);
    if (state !== this.#state) this.#showState(state);
    const menu = trayMenu(mirror, nowMs, language);
    const toolTip = trayToolTip(mirror, nowMs, language);
    // Progress alone changes nothing here; a menu that is set anew closes under the pointer.
    const shown = JSON.stringify([toolTip, menu]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray.setToolTip(toolTip);
    this.#tray.setContextMenu(Menu.buildFromTemplate(menu.map((item) => this.#template(item))));
  }

  destroy(): void {
    clearInterval(this.#movement);
    this.#tray.destroy();
  }

  #showState(state: TrayState): void {
    this.#state = state;
    clearInterval(this.#movement);
    const pictures = trayPictures(state);
    let at = 0;
    const showNext = (): void => {
      this.#tray.setImage(this.#load(pictures[at++ % pictures.length] ?? state));
    };
    showNext();
    if (pictures.length > 1) this.#movement = setInterval(showNext, PICTURE_MS).unref();
  }

  #load(picture: string): NativeImage {
    const file = path.join(this.#iconFolder, trayIconFile(picture, process.platform));
    return nativeImage.createFromPath(file);
  }

  #template(item: TrayItem): MenuItemConstructorOptions {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'text':
        return { id: item.id, label: item.label, enabled: false };
      case 'action':
        return {
          id: item.id,
          label: item.label,
          enabled: item.isEnabled,
          click: () => this.#perform(item.action),
        };
      case 'menu':
        return {
          id: item.id,
          label: item.label,
          submenu: item.items.map((inner) => this.#template(inner)),
        };
    }
  }
}
