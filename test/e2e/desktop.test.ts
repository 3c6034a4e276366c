/**
 * The application on a desktop: tray, menu, notices, dialogs, second start, links, sleep, quitting. The core is
 * scripted, so that days pass at once; shell, preload and page are the shipped ones.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { isHost, launch, startAgain, until, type RunningApp } from './support/launch.ts';
import { lateParts, runningJob, wellProtected } from '#test/support/mirror-parts.ts';
import { DEFAULT_WINDOW_SETTINGS, type WindowSettings } from '#contract/app/settings-calls.ts';
import { callCore } from './support/call-core.ts';
import { findAxeFaults } from './support/find-axe-faults.ts';
import { makeScriptedApp } from './support/scripted-app.ts';

let app: string;
let running: RunningApp;
let page: Page;

beforeAll(async () => {
  app = await makeScriptedApp();
  running = await launch({ app });
});
afterAll(async () => {
  await running?.close();
  rmSync(app, { recursive: true, force: true });
});

test('a new profile shows its page', async () => {
  page = await running.window;
  await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
});

describe('a set-up profile', () => {
  beforeEach(async () => {
    await running.show(wellProtected(Date.now()));
    await running.asked();
  });

  describe('tray', () => {
    test('shows how things stand, the last and the next run, and every plan', async () => {
      expect(await running.trayLabels()).toEqual([
        'Open Tidemark',
        'Everything is safe.',
        'Last backup: 4 minutes ago',
        'Next backup: in 25 minutes',
        'Back up now',
        'Back up one of them',
        'Back up one of them / Letters',
        'Back up one of them / Photos',
        'Pause',
        'Pause / For 1 hour',
        'Pause / Until tomorrow, 06:00',
        'Get something back…',
        'Quit Tidemark',
      ]);
      expect(await running.trayToolTip()).toBe('Tidemark: Everything is safe.');
    });

    test('back up now, all and one', async () => {
      await running.clickTray('back-up');
      await running.clickTray('back-up:photos');
      await until('both are asked', async () => {
        const asked = await running.app.evaluate(() => globalThis.scriptedCore.asked.length);
        return asked === 2;
      });
      expect(await running.asked()).toEqual([
        { name: 'jobs.backUpNow', input: { planId: null } },
        { name: 'jobs.backUpNow', input: { planId: 'photos' } },
      ]);
    });

    test('pause for an hour, and go on', async () => {
      const before = Date.now();
      await running.clickTray('pause:hour');
      await until('it is paused', async () => (await running.trayLabels()).includes('Go on with backups'));
      const [asked] = await running.asked();
      expect(asked?.name).toBe('pause.set');
      const { untilMs } = (asked?.input ?? {}) as { untilMs?: number };
      expect(untilMs).toBeGreaterThanOrEqual(before + 3_600_000);
      expect(untilMs).toBeLessThan(before + 3_660_000);
      await page.getByText('Paused until').waitFor();
      expect((await running.trayPictures()).at(-1)).toMatch(/^paused/);

      await running.clickTray('go-on');
      await until('it goes on', async () => !(await running.trayLabels()).includes('Go on with backups'));
      expect((await running.trayPictures()).at(-1)).toMatch(/^idle/);
    });

    test('icon and progress follow a running backup; a second one cannot be asked for', async () => {
      await running.show({ jobs: [runningJob(Date.now(), 250, 1000)] });
      expect((await running.trayPictures()).at(-1)).toMatch(/^running/);
      const backUp = (await running.trayEntries()).find(({ id }) => id === 'back-up');
      expect(backUp?.isEnabled).toBe(false);
      expect(await running.trayLabels()).toContain('Backing up Letters');
      const bar = page.getByRole('progressbar', { name: 'Backing up Letters to Blue drive' });
      await bar.waitFor();
      expect(await bar.getAttribute('value')).toBe('0.25');
      if (isHost) {
        expect(await lastProgress()).toBe(0.25);
        await running.show({ jobs: [] });
        expect(await lastProgress()).toBe(-1);
      }
    });

    test('attention when copies are late, also on the page', async () => {
      await running.show(lateParts(Date.now()));
      expect((await running.trayPictures()).at(-1)).toMatch(/^attention/);
      expect(await running.trayLabels()).toContain('Backups are late.');
      const title = 'Photos is not up to date: Blue drive is not connected.';
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      await page.getByText('Connect Blue drive; the rest goes by itself.').waitFor();
    });

    test('get something back opens its page', async () => {
      await running.clickTray('restore');
      await until('the page of the history is shown', async () => page.url().endsWith('#/history'));
      await page.evaluate(() => void (location.hash = '#/'));
      await page.getByRole('heading', { name: /^Everything is safe/ }).waitFor();
    });
  });

  describe('window', () => {
    test('buttons reach the core; a refusal is a sentence', async () => {
      await page.getByRole('button', { name: 'Back up Photos now' }).click();
      await until('it is asked', async () =>
        (await running.asked()).some(({ name }) => name === 'jobs.backUpNow'),
      );
      await running.show({ jobs: [runningJob(Date.now(), 1, null)] });
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alert').getByText('/media/blue').waitFor();
    });

    test('closing hides it, the tray brings it back', async () => {
      await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      expect(await running.isWindowVisible()).toBe(false);
      await running.clickTray('open');
      await until('it is back', () => running.isWindowVisible());
      await hideWindow();
      await running.clickTray('open');
      const told = (await running.notifications()).filter(({ title }) => title.includes('goes on'));
      expect(told).toHaveLength(1);
    });

    test('a reload connects anew and lets go of the old connection', async () => {
      await page.reload();
      await page.getByRole('heading', { name: /^Everything is safe/ }).waitFor();
      // The window, and the shell itself.
      expect(await running.app.evaluate(() => globalThis.scriptedCore.connectionCount)).toBe(2);
    });
  });

  describe('accent colour', () => {
    /** What buttons are filled with, as the page paints it. */
    const filled = () =>
      page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.background = 'var(--accent)';
        const { backgroundColor } = getComputedStyle(probe);
        probe.remove();
        return backgroundColor;
      });
    const choose = (settings: Partial<WindowSettings>) =>
      running.show({ settings: { ...DEFAULT_WINDOW_SETTINGS, ...settings } });
    const change = (colour: string) =>
      running.app.evaluate(({ systemPreferences }, to) => {
        const host = systemPreferences as unknown as { accentColor: string } & typeof systemPreferences;
        host.accentColor = to;
        host.emit('accent-color-changed', {}, to);
      }, colour);

    test.runIf(isHost)(
      'is the system’s where a person wants it, and follows it, readable whatever it is',
      async () => {
        await choose({ theme: 'light' });
        const own = await filled();
        await page.evaluate(() => void (location.hash = '#/settings'));
        await page.getByRole('radiogroup', { name: 'Accent colour' }).waitFor();
        await choose({ theme: 'light', accent: 'system' });
        await until('the accent is another', async () => (await filled()) !== own);
        for (const colour of ['ffd60aff', 'ff3b30ff', '8c8c8cff', 'af52deff']) {
          const before = await filled();
          await change(colour);
          await until(`the accent follows ${colour}`, async () => (await filled()) !== before);
          for (const theme of ['light', 'dark'] as const) {
            await choose({ theme, accent: 'system' });
            await page.waitForSelector(`html[data-mantine-color-scheme=${theme}]`, { state: 'attached' });
            expect([colour, theme, await findAxeFaults(page)]).toEqual([colour, theme, []]);
          }
        }
        await choose({ theme: 'light' });
        await until('it is Tidemark’s own again', async () => (await filled()) === own);
        await page.evaluate(() => void (location.hash = '#/'));
      },
    );
  });

  describe('notices', () => {
    test('a problem is told in words, once; over it is taken back; a click shows the window', async () => {
      await hideWindow();
      await running.app.evaluate(() => {
        globalThis.scriptedCore.ports.notify?.(
          {
            key: 'placeAway blue',
            code: 'placeAway',
            level: 'notice',
            state: 'late',
            planIds: ['photos'],
            placeIds: ['blue'],
          },
          false,
        );
      });
      expect((await running.notifications()).at(-1)).toEqual({
        title: 'Photos is not up to date: Blue drive is not connected.',
        body: 'Connect Blue drive; the rest goes by itself.',
      });
      await running.app.evaluate(() => globalThis.tidemarkProbe.notifications.at(-1)?.emit('click'));
      await until('the window is there', () => running.isWindowVisible());
      await until('the page of the place is shown', async () => page.url().endsWith('#/places/blue'));
      await page.evaluate(() => void (location.hash = '#/'));
    });
  });

  describe('dialogs', () => {
    test('a folder is chosen in a dialog of the system', async () => {
      await running.answerDialog('showOpenDialog', { canceled: false, filePaths: ['/home/me/Müll'] });
      expect(await callCore(page, 'host.chooseFolder', {})).toBe('/home/me/Müll');
      await running.answerDialog('showOpenDialog', { canceled: true, filePaths: [] });
      expect(await callCore(page, 'host.chooseFolder', {})).toBeNull();
      const asked = await running.app.evaluate(
        () => globalThis.tidemarkProbe.asked.at(-1)?.options.properties,
      );
      expect(asked).toEqual(['openDirectory', 'createDirectory']);
    });

    test('what goes wrong in the core reaches the page as a code, never as a stack', async () => {
      const refusal = await callCore(page, 'host.chooseFolder', {}).catch((error: unknown) => error);
      expect(String(refusal)).toMatch(/internal\.invariantBroken/);
      expect(String(refusal)).not.toMatch(/showOpenDialog/);
      expect(String(await callCore(page, 'erase.everything', {}).catch((error: unknown) => error))).toMatch(
        /request\.unknownCall/,
      );
    });
  });

  describe('system', () => {
    test('sleep and waking are passed on', async () => {
      await running.app.evaluate(({ powerMonitor }) => {
        powerMonitor.emit('suspend');
        powerMonitor.emit('resume');
        powerMonitor.emit('on-battery');
      });
      const heard = await running.app.evaluate(() => globalThis.scriptedCore.machineChanges);
      expect(heard.filter((what) => what !== 'network' && what !== 'drives')).toEqual([
        'suspending',
        'resumed',
        'power',
      ]);
    });

    test('the machine stays awake while the core asks for it', async () => {
      const kinds = (): Promise<string[]> =>
        running.app.evaluate(() => [...globalThis.tidemarkProbe.keptAwake.values()]);
      await running.app.evaluate(() => {
        globalThis.scriptedCore.ports.keepAwake?.(true);
        globalThis.scriptedCore.ports.keepAwake?.(true);
      });
      expect(await kinds()).toEqual(['prevent-app-suspension']);
      await running.app.evaluate(() => globalThis.scriptedCore.ports.keepAwake?.(false));
      expect(await kinds()).toEqual([]);
    });

    test.runIf(process.platform === 'linux')('start at login is a file of the desktop', async () => {
      const file = path.join(running.profile, 'config/autostart/tidemark.desktop');
      await callCore(page, 'host.setAutostart', { isOn: true });
      expect(readFileSync(file, 'utf8')).toMatch(/^Exec=".+" "--hidden"$/m);
      expect(await callCore(page, 'host.getAutostart', {})).toBe(true);
      await callCore(page, 'host.setAutostart', { isOn: false });
      expect(existsSync(file)).toBe(false);
    });
  });

  describe('engine process', () => {
    test('what is sent before it has started arrives, and its end is noticed', async () => {
      const [answers, end] = await running.app.evaluate(async () => {
        const { channel } = globalThis.scriptedCore.ports.startEngine();
        const heard: unknown[] = [];
        channel.send('one');
        channel.send({ two: [2, null] });
        const closed = new Promise((resolve) => channel.onClose(() => resolve('closed')));
        await new Promise<void>((resolve) => {
          channel.onMessage((message) => {
            if (heard.push(message) === 2) resolve();
          });
        });
        channel.send('die');
        return [heard, await closed];
      });
      expect(answers).toEqual([{ heard: 'one' }, { heard: { two: [2, null] } }]);
      expect(end).toBe('closed');
    });

    test('it can be ended at once', async () => {
      const end = await running.app.evaluate(() => {
        const { channel, kill } = globalThis.scriptedCore.ports.startEngine();
        const closed = new Promise((resolve) => channel.onClose(() => resolve('closed')));
        kill();
        return closed;
      });
      expect(end).toBe('closed');
    });
  });

  describe('a second start', () => {
    test('ends at once and shows the window of the first', async () => {
      await hideWindow();
      expect(await startAgain(running, app, [])).toBe(0);
      await until('the first shows its window', () => running.isWindowVisible());
    });

    test('a link chooses the page, and does nothing else', async () => {
      expect(await startAgain(running, app, ['tidemark://restore'])).toBe(0);
      await until('the page of the history is shown', async () => page.url().endsWith('#/history'));
      expect(await startAgain(running, app, ['tidemark://overview'])).toBe(0);
      await page.getByRole('heading', { name: /^Everything is safe/ }).waitFor();
      expect(await startAgain(running, app, ['tidemark://jobs.backUpNow/photos'])).toBe(0);
      expect(await running.asked()).toEqual([]);
      expect(page.url()).toMatch(/#\/$/);
    });

    test('earlier versions of a file, from a file manager or by a link', async () => {
      const shown = await running.window;
      const isShown = async (file: string): Promise<boolean> =>
        shown.url().endsWith(`#/history?path=${encodeURIComponent(file)}`);
      for (const [file, argument] of fileManagerArguments('/home/me/a b.txt')) {
        expect(await startAgain(running, app, argument)).toBe(0);
        await until('the window shows its versions', () => isShown(file));
        expect(await startAgain(running, app, ['tidemark://overview'])).toBe(0);
        await until('and another page', async () => !(await isShown(file)));
      }
      expect(await startAgain(running, app, ['tidemark://history?path=%2Fhome%2Fme%2Fb%26c'])).toBe(0);
      await until('the window shows its versions', () => isShown('/home/me/b&c'));
      expect(await running.asked()).toEqual([]);
    });

    test('at login it stays hidden', async () => {
      await hideWindow();
      expect(await startAgain(running, app, ['--hidden'])).toBe(0);
      expect(await running.isWindowVisible()).toBe(false);
    });
  });

  describe('start and end', () => {
    test('started hidden there is a tray and no window', async () => {
      const hidden = await launch({ app, args: ['--hidden'] });
      try {
        await until('the tray is there', async () => (await hidden.trayLabels()).length > 0);
        expect(await hidden.windowCount()).toBe(0);
        await hidden.clickTray('open');
        const shown = await hidden.window;
        await shown.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
      } finally {
        await hidden.close();
      }
    });

    test('quit from the tray closes the core and ends the process', async () => {
      await running.clickTray('quit');
      expect(await running.exited).toBe(0);
      expect(existsSync(path.join(running.profile, 'core-closed'))).toBe(true);
    });
  });
});

/** As each file manager's entry calls us for this file, read from the entry that is installed. */
function fileManagerArguments(file: string): [string, string[]][] {
  return ['tidemark.nemo_action', 'tidemark-dolphin.desktop'].map((name) => {
    const entry = readFileSync(path.join(import.meta.dirname, '../../assets/linux', name), 'utf8');
    const [program, ...args] = /^Exec=(.*)$/m.exec(entry)![1]!.split(' ');
    expect(program).toBe('tidemark');
    return [file, args.map((argument) => (/^%[fF]$/.test(argument) ? file : argument))];
  });
}

async function hideWindow(): Promise<void> {
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await until('the window is hidden', async () => !(await running.isWindowVisible()));
}

function lastProgress(): Promise<number | undefined> {
  return running.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0] as unknown as { progressLog: number[] } | undefined;
    return window?.progressLog.at(-1);
  });
}
