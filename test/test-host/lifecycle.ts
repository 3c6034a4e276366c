/**
 * What all parts of the test host share: how far the application's life has got, its folder, its windows and the
 * browser that shows them. One application per process, as in Electron.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DevTools } from './devtools.ts';

interface AppPackage {
  readonly name: string;
  readonly version: string;
  readonly productName?: string;
  readonly main?: string;
}

/** What `app.quit` needs of a window. */
interface OpenWindow {
  close(): void;
  isDestroyed(): boolean;
}

export const life = {
  isReady: false,
  isQuitting: false,
  isExiting: false,
};

export const windows = new Map<number, OpenWindow>();

/** Addresses that pages asked for and that lead out of the machine: refused, and kept for the test. */
export const refusedAddresses: string[] = [];

let folder = '';
let appPackage: AppPackage = { name: '', version: '' };
let browser: DevTools | undefined;

export function setApp(appFolder: string): AppPackage {
  folder = appFolder;
  appPackage = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')) as AppPackage;
  return appPackage;
}

export function getAppFolder(): string {
  return folder;
}

export function getAppPackage(): AppPackage {
  return appPackage;
}

export function setBrowser(connection: DevTools): void {
  browser = connection;
}

export function getBrowser(): DevTools {
  if (browser === undefined) throw new Error('test host: Chromium is not started yet');
  return browser;
}

/** Value of a switch `--name=value` of the command line. */
export function switchValue(name: string): string | undefined {
  const prefix = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length);
}

/** An event as Electron's listeners get it. */
export function cancelable<Facts extends object>(
  facts: Facts,
): Facts & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...facts,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}
