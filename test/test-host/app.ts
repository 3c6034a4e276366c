/** `electron.app`: life cycle, paths, the single-instance lock. What only the desktop would show is kept for tests. */
import { EventEmitter } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { InstanceLock } from './instance-lock.ts';
import { cancelable, getAppFolder, getAppPackage, life, switchValue, windows } from './lifecycle.ts';
import { strict } from './strict.ts';

interface LoginItem {
  readonly openAtLogin?: boolean;
  readonly args?: readonly string[];
}

class HostApp extends EventEmitter {
  readonly isPackaged = false;
  /** Only macOS has one. */
  readonly dock = undefined;
  /** Somebody waits for `ready`; tells a main module that awaits it at top level. */
  isReadyAwaited = false;
  /** Run before the process ends: closes the browser. */
  beforeEnd: () => Promise<void> = () => Promise.resolve();
  loginItem: LoginItem = {};
  readonly #ready = Promise.withResolvers<void>();
  #lock: InstanceLock | undefined;

  isReady(): boolean {
    return life.isReady;
  }

  whenReady(): Promise<void> {
    this.isReadyAwaited = true;
    return this.#ready.promise;
  }

  becomeReady(): void {
    life.isReady = true;
    this.emit('ready', cancelable({}), {});
    this.#ready.resolve();
  }

  getName(): string {
    const { productName, name } = getAppPackage();
    return productName ?? name;
  }

  getVersion(): string {
    return getAppPackage().version;
  }

  getAppPath(): string {
    return getAppFolder();
  }

  getLocale(): string {
    return 'en-US';
  }

  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()];
  }

  getPath(name: string): string {
    const config = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config');
    const paths: Record<string, string> = {
      home: homedir(),
      temp: tmpdir(),
      appData: config,
      exe: process.execPath,
      userData: switchValue('user-data-dir') ?? path.join(config, this.getName()),
    };
    const found = paths[name];
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }

  setAppUserModelId(): void {}

  setAsDefaultProtocolClient(): boolean {
    return true;
  }

  setLoginItemSettings(settings: LoginItem): void {
    this.loginItem = settings;
  }

  getLoginItemSettings(): { openAtLogin: boolean } {
    return { openAtLogin: this.loginItem.openAtLogin === true };
  }

  requestSingleInstanceLock(data?: object): boolean {
    this.#lock ??= new InstanceLock(this.getPath('userData'), ({ argv, folder, extra }) =>
      this.emit('second-instance', cancelable({}), argv, folder, extra),
    );
    return this.#lock.take(data);
  }

  quit(): void {
    if (life.isQuitting) return;
    life.isQuitting = true;
    if (!this.#isAllowed('before-quit')) return;
    for (const window of windows.values()) {
      window.close();
      if (!window.isDestroyed()) {
        life.isQuitting = false;
        return;
      }
    }
    if (!this.#isAllowed('will-quit')) return;
    this.emit('quit', cancelable({}), 0);
    this.exit(0);
  }

  /** As in Electron, the main script goes on running until the process has ended. */
  exit(code = 0): void {
    if (life.isExiting) return;
    life.isExiting = true;
    void (async () => {
      await this.#lock?.release();
      await this.beforeEnd();
      process.exit(code);
    })();
  }

  #isAllowed(name: 'before-quit' | 'will-quit'): boolean {
    const event = cancelable({});
    this.emit(name, event);
    if (event.defaultPrevented) life.isQuitting = false;
    return !event.defaultPrevented;
  }
}

export const app = strict('app', new HostApp());
