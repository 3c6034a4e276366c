/** Starts the built application under Playwright, with a profile of its own, and reads its desktop through the probe. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { MirrorValues } from '#test/support/mirror-parts.ts';
import type {} from '../scripted/main.ts';
import { chooseTarget, ROOT } from './target.ts';

const target = chooseTarget();
console.log(`end to end on: ${target.name}`);

export const isHost = target.name === 'test host';

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder to start with; kept afterwards. */
  readonly profile?: string;
  /** The application's folder; the checkout when left out. */
  readonly app?: string;
}

interface TrayEntry {
  readonly id: string;
  readonly label: string;
  readonly isEnabled: boolean;
}

interface Probe {
  readonly trays: { menu: ProbeMenu | null; pictures: string[]; toolTip: string }[];
  readonly notifications: { title: string; body: string; emit(name: string): void }[];
  readonly opened: string[];
  readonly shownInFolder: string[];
  readonly asked: { kind: string; options: { title?: string; properties?: string[] } }[];
  readonly answers: Record<string, unknown[]>;
  readonly drags: string[][];
  readonly keptAwake: Map<number, string>;
  readonly permissions: {
    readonly request?: (page: object, name: string, answer: (isGranted: boolean) => void) => void;
    readonly check?: (page: object, name: string) => boolean;
    readonly device?: (details: object) => boolean;
  };
}

interface ProbeMenu {
  readonly items: ProbeItem[];
}

interface ProbeItem {
  readonly id?: string;
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly submenu?: ProbeMenu;
  click(): void;
}

declare global {
  var tidemarkProbe: Probe;
}

export class RunningApp {
  readonly app: ElectronApplication;
  readonly profile: string;
  /** Exit code of the main process. */
  readonly exited: Promise<number | null>;
  readonly #keepsProfile: boolean;
  readonly #process: ChildProcess;

  constructor(app: ElectronApplication, profile: string, keepsProfile: boolean) {
    this.app = app;
    this.profile = profile;
    this.#keepsProfile = keepsProfile;
    this.#process = app.process();
    this.exited = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  get window(): Promise<Page> {
    return this.app.firstWindow();
  }

  /** Entries of the tray's menu, submenus behind a slash. */
  trayEntries(): Promise<{ id: string; label: string; isEnabled: boolean }[]> {
    return this.app.evaluate(() => {
      const list = (items: readonly ProbeItem[], above: string): TrayEntry[] =>
        items.flatMap((item) => [
          { id: item.id ?? '', label: `${above}${item.label}`, isEnabled: item.enabled },
          ...list(item.submenu?.items ?? [], `${above}${item.label} / `),
        ]);
      return list(globalThis.tidemarkProbe.trays[0]?.menu?.items ?? [], '').filter(({ id }) => id !== '');
    });
  }

  async trayLabels(): Promise<string[]> {
    return (await this.trayEntries()).map(({ label }) => label);
  }

  clickTray(id: string): Promise<void> {
    return this.app.evaluate((_electron, wanted) => {
      const find = (items: readonly ProbeItem[]): ProbeItem | undefined =>
        items.find((item) => item.id === wanted) ??
        items.map((item) => find(item.submenu?.items ?? [])).find((item) => item !== undefined);
      const item = find(globalThis.tidemarkProbe.trays[0]?.menu?.items ?? []);
      if (item === undefined) throw new Error(`no entry ${wanted} in the tray's menu`);
      if (!item.enabled) throw new Error(`the entry ${wanted} is disabled`);
      // An entry that quits must not end the process while this answer is under way.
      setImmediate(() => item.click());
    }, id);
  }

  trayToolTip(): Promise<string> {
    return this.app.evaluate(() => globalThis.tidemarkProbe.trays[0]?.toolTip ?? '');
  }

  /** Names of the pictures that the tray has shown, last one last. */
  trayPictures(): Promise<string[]> {
    return this.app.evaluate(() => globalThis.tidemarkProbe.trays[0]?.pictures ?? []);
  }

  notifications(): Promise<{ title: string; body: string }[]> {
    return this.app.evaluate(() =>
      globalThis.tidemarkProbe.notifications.map(({ title, body }) => ({ title, body })),
    );
  }

  /** Files of each drag that the system was given. */
  drags(): Promise<string[][]> {
    return this.app.evaluate(() => globalThis.tidemarkProbe.drags);
  }

  answerDialog(kind: string, answer: unknown): Promise<void> {
    return this.app.evaluate(
      (_electron, [to, given]) => {
        (globalThis.tidemarkProbe.answers[to] ??= []).push(given);
      },
      [kind, answer] as const,
    );
  }

  /** Sets parts of the mirror; only where the core is scripted. */
  async show(parts: Partial<MirrorValues>): Promise<void> {
    // As `object`: the types of JSON are too deep for Playwright's.
    const values: object = parts;
    await this.app.evaluate((_electron, given) => globalThis.scriptedCore.show(given), values);
  }

  /** What the scripted core was asked, and forgets it. */
  asked(): Promise<{ name: string; input: unknown }[]> {
    return this.app.evaluate(() => globalThis.scriptedCore.asked.splice(0));
  }

  windowCount(): Promise<number> {
    return this.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  }

  async isWindowVisible(): Promise<boolean> {
    return this.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().some((window) => window.isVisible()),
    );
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) await this.app.close();
    if (!this.#keepsProfile) rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function launch(options: LaunchOptions = {}): Promise<RunningApp> {
  const profile = options.profile ?? mkdtempSync(path.join(tmpdir(), 'tidemark-e2e-'));
  const app = await _electron.launch({
    executablePath: target.executable,
    args: [
      '-r',
      path.join(import.meta.dirname, 'probe.cjs'),
      options.app ?? ROOT,
      `--user-data-dir=${profile}`,
      ...(options.args ?? []),
    ],
    env: { ...inherited(), XDG_CONFIG_HOME: path.join(profile, 'config'), ...options.env },
  });
  return new RunningApp(app, profile, options.profile !== undefined);
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Looks again and again until it is so; Playwright's own expectations see pages only. */
export async function until(
  what: string,
  look: () => Promise<boolean> | boolean,
  limitMs = 5000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`still not so after ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A start without probe and debugger, until it ends by itself. */
export function startAlone(app: string, profile: string, args: readonly string[] = []): Promise<Ended> {
  const child = spawn(target.executable, ['--no-sandbox', app, `--user-data-dir=${profile}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** A second start over the profile of a running one. @returns its exit code */
export async function startAgain(
  running: RunningApp,
  app: string,
  args: readonly string[],
): Promise<number | null> {
  return (await startAlone(app, running.profile, args)).code;
}
