/** What `tidemark serve` needs of browser mode, and where that is: a program part of its own, loaded only here. */

import { browserModeUrl } from '#core/program-files.ts';
import { programVersion } from '#core/program-version.ts';

export interface ServeOptions {
  readonly profile: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Instead of the built ones. */
  readonly pages?: string | undefined;
  readonly signal: AbortSignal;
}

export interface BrowserMode {
  readonly port: number;
  /** A link that is good once; the one before it no longer. */
  newLink(): Promise<string>;
  /** Resolves when what it shows has gone: the core of another process. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

interface BrowserModule {
  findServedProfile(profile: string): Promise<BrowserMode | undefined>;
  serveProfile(
    options: ServeOptions & {
      readonly version: string;
      log(level: 'info' | 'warn' | 'error', text: string): void;
    },
  ): Promise<BrowserMode>;
}

/** By its address, as workers are: a host never imports another. */
async function loadBrowserModule(): Promise<BrowserModule> {
  return (await import(browserModeUrl().href)) as BrowserModule;
}

export async function findBrowserMode(profile: string): Promise<BrowserMode | undefined> {
  return (await loadBrowserModule()).findServedProfile(profile);
}

export async function startBrowserMode(
  options: ServeOptions,
  log: (text: string) => void,
): Promise<BrowserMode> {
  const { serveProfile } = await loadBrowserModule();
  return serveProfile({
    ...options,
    version: programVersion,
    log: (level, text) => {
      if (level === 'error') log(text);
    },
  });
}
