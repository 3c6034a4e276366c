/**
 * The window on real data: a core with the real engine, versions made at moments in the past, and the built pages in a
 * real browser, served as browser mode serves them. Build first: the pages are those in dist/.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/system-clock.ts';
import { startBrowserServer, type BrowserServer } from '#hosts/browser/browser-server.ts';
import type { ContentCalls } from '#core/pages/content-answer.ts';
import { loadPageFiles } from '#core/pages/page-files.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { backupRequest, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { CoreWorld } from '#test/support/core-world.ts';
import { launchChromium } from '#test/support/chromium.ts';
import { ROOT } from './target.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A hundred versions are made in seconds where nothing waits for a disk. */
const MEMORY_DISK = '/dev/shm';

/** The machine's clock, set back; timers go on as ever. */
class MovedClock implements Clock {
  behindMs = 0;
  nowMs = (): number => systemClock.nowMs() - this.behindMs;
  monotonicMs = (): number => systemClock.monotonicMs();
  sleep = (delayMs: number, signal?: AbortSignal): Promise<void> => systemClock.sleep(delayMs, signal);
}

export interface WindowOptions extends BrowserContextOptions {
  /** Part of the address after `#`. */
  readonly route?: string;
}

export class WindowWorld {
  readonly #clock = new MovedClock();
  readonly core = new CoreWorld(this.#clock, existsSync(MEMORY_DISK) ? MEMORY_DISK : undefined, true);
  /** What a page wrote to its console as warning or error, and what it threw. */
  readonly complaints: string[] = [];
  /** What was read for the addresses of contents. */
  contentBytes = 0;
  /** A link to the person's folder, for pictures: nobody lives in a temporary one. */
  home: string | undefined;
  #server: BrowserServer | undefined;
  #browser: Browser | undefined;

  async start(profile?: string): Promise<void> {
    await this.core.start(profile);
  }

  /** The person's folder, also where it has a name of its own. */
  at(...names: readonly string[]): string {
    return path.join(this.home ?? this.core.at('home'), ...names);
  }

  /** Writes as if it were `agoMs` ago. */
  write(name: string, content: string | Uint8Array, agoMs = 0): void {
    const file = this.at(name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    const seconds = (systemClock.nowMs() - agoMs) / 1000;
    utimesSync(file, seconds, seconds);
  }

  remove(name: string): void {
    rmSync(this.at(name), { recursive: true });
  }

  move(from: string, to: string): void {
    mkdirSync(path.dirname(this.at(to)), { recursive: true });
    renameSync(this.at(from), this.at(to));
  }

  /** A version as it would have been made `agoMs` ago. @returns the id of its snapshot is in the job's result */
  async backUp(planId: string, placeId: string, agoMs = 0): ReturnType<CoreWorld['run']> {
    return this.ago(agoMs, async () => {
      const job = await this.core.run({ kind: 'backup', planId, placeId, walkAll: true });
      if (job.state !== 'done')
        throw new Error(`a backup ended as ${job.state}: ${JSON.stringify(job.error)}`);
      return job;
    });
  }

  /** By the core's clock `work` was done in the past. */
  async ago<T>(agoMs: number, work: () => Promise<T>): Promise<T> {
    const before = this.#clock.behindMs;
    this.#clock.behindMs = agoMs;
    try {
      return await work();
    } finally {
      this.#clock.behindMs = before;
    }
  }

  /**
   * Many versions at little cost: the first and the last by the application, those between by the same engine on the
   * place itself, and the history read at the end.
   * @param agoMs when each was made, oldest first; `change` writes what is different then
   */
  async makeHistory(
    { planId, placeId, recoveryCode }: { planId: string; placeId: string; recoveryCode: string },
    agoMs: readonly number[],
    change: (index: number, agoMs: number) => void,
  ): Promise<void> {
    const plan = (await this.core.mirror()).plans.find(({ id }) => id === planId);
    const location = (await this.core.mirror()).places.find(({ id }) => id === placeId)?.location;
    if (plan === undefined || location === undefined) throw new Error('no such plan or place');
    const folders = plan.folders.map(String);
    const between = agoMs.slice(1, -1);
    change(0, agoMs[0] ?? 0);
    const backUpAndRest = (ago: number): Promise<void> =>
      this.ago(ago, async () => {
        await this.backUp(planId, placeId, ago);
        await this.#rest();
      });
    await backUpAndRest(agoMs[0] ?? 0);
    const place = await openTestRepository(location, recoveryCode);
    const [first] = await this.core.calls['browse.points']({ placeId });
    if (first === undefined) throw new Error('the first version is not in the history');
    for (const [index, ago] of between.entries()) {
      change(index + 1, ago);
      await executeBackup(
        { repository: reopenEagerly(place), files: createSourceFiles(), pipeline: testPipeline },
        backupRequest(folders, {
          tags: [...first.tags],
          hostname: first.hostname,
          time: new Date(systemClock.nowMs() - ago).toISOString(),
        }),
      );
    }
    change(agoMs.length - 1, agoMs.at(-1) ?? 0);
    await backUpAndRest(agoMs.at(-1) ?? 0);
    await this.core.run({ kind: 'readHistory', placeId });
    await this.core.calls['pause.clear']({});
  }

  /** Lives through so many minutes as they were `agoMs` ago, and looks once in each. */
  async letPass(agoMs: number, minutes: number, inEach: (minute: number) => Promise<void>): Promise<void> {
    try {
      for (let minute = 0; minute < minutes; minute++) {
        this.#clock.behindMs = agoMs - minute * MINUTE_MS;
        // Whoever asks for a pause or its end makes the core look at what is due.
        await this.core.calls['pause.clear']({});
        await inEach(minute);
        await systemClock.sleep(50);
      }
    } finally {
      this.#clock.behindMs = 0;
    }
  }

  /** Nothing runs by itself from here on, and what comes after a version is over: by the clock, no job takes months. */
  async #rest(): Promise<void> {
    await this.core.calls['pause.set']({ untilMs: systemClock.nowMs() + DAY_MS });
    const isBusy = async (): Promise<boolean> =>
      (await this.core.mirror()).jobs.some(({ state }) => state === 'running');
    for (let quiet = 0; quiet < 3; quiet = (await isBusy()) ? 0 : quiet + 1) await systemClock.sleep(100);
  }

  /** A new browser profile with the window in it. */
  async open({ route = '/', ...options }: WindowOptions = {}): Promise<Page> {
    this.#server ??= await startBrowserServer({
      pages: loadPageFiles(path.join(ROOT, 'dist', 'renderer')),
      port: 0,
      clock: systemClock,
      randomBytes,
      connect: (channel) => this.core.core.connect(channel),
      calls: { ...this.core.calls, 'browse.content': (asked, options) => this.#content(asked, options) },
    });
    this.#browser ??= await launchChromium();
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      ...options,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    await page.goto(this.#server.newLink());
    await page.waitForSelector('.frame', { timeout: 10_000 });
    if (route !== '/') await page.evaluate((hash) => void (location.hash = hash), `#${route}`);
    return page;
  }

  /** As a host of its own asks the core, and how much it was given. */
  async #content(
    ...asked: Parameters<ContentCalls['browse.content']>
  ): ReturnType<ContentCalls['browse.content']> {
    const part = await this.core.calls['browse.content'](...asked);
    this.contentBytes += Buffer.from(part.base64, 'base64').length;
    return part;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.close();
    await this.core.remove();
  }
}
