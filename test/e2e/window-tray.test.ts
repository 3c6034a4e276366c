/** The tray introduces itself once: by a card at the end of the first run where there is a tray, else when the window is closed. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { findAxeFaults } from './support/find-axe-faults.ts';
import { launch, until, type RunningApp } from './support/launch.ts';

const SOON_MS = 20_000;

let home = '';
let running: RunningApp | undefined;
afterEach(async () => {
  await running?.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

/** A first run on a desktop whose bus answers so, to the first copy. */
async function firstRun(
  answer: 'b true' | 'b false',
  desktop: string,
): Promise<{ app: RunningApp; page: Page }> {
  home = mkdtempSync(path.join(tmpdir(), 'tidemark-home-'));
  const programs = path.join(home, 'programs');
  for (const folder of [programs, path.join(home, 'Documents')]) mkdirSync(folder);
  writeFileSync(path.join(home, 'Documents', 'letter.txt'), 'Dear grandmother,\n');
  writeFileSync(path.join(programs, 'busctl'), `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(path.join(programs, 'busctl'), 0o755);
  const search = `${programs}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const app = await launch({ env: { HOME: home, PATH: search, XDG_CURRENT_DESKTOP: desktop } });
  running = app;
  const page = await app.window;
  page.setDefaultTimeout(SOON_MS);
  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click();
  await press('New here');
  await page.getByRole('checkbox', { name: 'Documents', exact: true }).waitFor();
  await press('Go on');
  await page.getByRole('radio', { name: /This computer's disk/ }).check();
  await press('Start protecting');
  await page.getByRole('heading', { name: 'Safe: 1 file' }).waitFor();
  return { app, page };
}

async function close(app: RunningApp): Promise<void> {
  await app.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await until('the window is closed', async () => !(await app.isWindowVisible()));
}

const notices = async (app: RunningApp): Promise<string[]> =>
  (await app.notifications()).map(({ title }) => title).filter((title) => title.includes('goes on'));

test.runIf(process.platform === 'linux').each([
  ['ubuntu:GNOME', 'up here', 'topRight'],
  ['KDE', 'down here', 'bottomRight'],
])(
  '%s: a card says that it is %s, once, and closing tells no second time',
  async (desktop, where, corner) => {
    const { app, page } = await firstRun('b true', desktop);
    const card = page.getByRole('complementary', { name: 'Tidemark stays here' });
    await card.getByText(where).waitFor();
    const [box, view] = [(await card.boundingBox())!, page.viewportSize() ?? { width: 1120, height: 760 }];
    expect(box.x + box.width).toBeGreaterThan(view.width - 40);
    expect(corner === 'topRight' ? box.y < 40 : box.y > view.height / 2).toBe(true);
    expect(await findAxeFaults(page)).toEqual([]);
    // What goes on lies free.
    await page.getByRole('link', { name: 'To the overview' }).click({ trial: true });
    await card.getByRole('button', { name: 'Got it' }).click();
    await card.waitFor({ state: 'detached' });
    await page.reload();
    await page
      .getByRole('heading', { name: /^Everything is safe|^Your/ })
      .first()
      .waitFor();
    expect(await card.count()).toBe(0);
    await close(app);
    await app.clickTray('open');
    await until('it is back', () => app.isWindowVisible());
    // A notice would come a moment after the closing.
    await page.waitForTimeout(500);
    expect(await notices(app)).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')(
  'no tray: no card; closing tells how to come back, once',
  async () => {
    const { app, page } = await firstRun('b false', 'KDE');
    await page.getByText('It keeps every hour for 2 days').waitFor();
    await page.waitForTimeout(500);
    expect(await page.locator('.tray-card').count()).toBe(0);
    await close(app);
    await until('it is told', async () => (await notices(app)).length === 1);
    await app.clickTray('open');
    await until('it is back', () => app.isWindowVisible());
    await close(app);
    await page.waitForTimeout(500);
    expect(await notices(app)).toHaveLength(1);
  },
);
