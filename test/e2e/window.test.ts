/** The window is sandboxed, sees nothing but its channel, runs only our scripts and stays at home. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { launch, until, type RunningApp } from './support/launch.ts';
import { makeScriptedApp } from './support/scripted-app.ts';

/** What a policy refuses shows within it. */
const SHORT_MS = 3000;

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

test('the window shows its page', async () => {
  page = await running.window;
  await page.getByRole('heading', { name: 'New here, or getting things back?' }).waitFor();
});

describe('isolation', () => {
  test('no Node, no Electron, a secure context', async () => {
    const found = await page.evaluate(() => [
      typeof globalThis.require,
      typeof process,
      typeof (globalThis as { electron?: unknown }).electron,
      typeof (globalThis as { ipcRenderer?: unknown }).ipcRenderer,
      isSecureContext,
    ]);
    expect(found).toEqual(['undefined', 'undefined', 'undefined', 'undefined', true]);
  });

  test('the bridge is three functions, and cannot be replaced', async () => {
    const bridge = await page.evaluate(() => ({
      keys: Object.keys(window.tidemark ?? {}),
      isFrozen: Object.isFrozen(window.tidemark),
    }));
    expect(bridge).toEqual({ keys: ['connect', 'dragOut', 'pathOf'], isFrozen: true });
    const replaced = await page.evaluate(() => {
      try {
        (globalThis as { tidemark?: unknown }).tidemark = 1;
      } catch {
        return 'refused';
      }
      return typeof window.tidemark;
    });
    expect(['refused', 'object']).toContain(replaced);
  });
});

describe('policy of contents', () => {
  test('a script written into the page does not run', async () => {
    expect(
      await violation(() => {
        const script = document.createElement('script');
        script.textContent = 'globalThis.ran = 1';
        document.body.append(script);
      }),
    ).toMatch(/^script-src/);
    expect(await page.evaluate(() => (globalThis as { ran?: number }).ran)).toBeUndefined();
  });

  test('a style written into the page is not used', async () => {
    expect(
      await violation(() => {
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.body.append(style);
      }),
    ).toMatch(/^style-src/);
  });

  test('no frame, no foreign picture, no foreign request', async () => {
    expect(
      await violation(() => {
        const frame = document.createElement('iframe');
        frame.src = 'https://example.org/';
        document.body.append(frame);
      }),
    ).toMatch(/^frame-src|^default-src/);
    expect(
      await violation(() => {
        new Image().src = 'https://example.org/pixel.png';
      }),
    ).toMatch(/^img-src/);
    expect(
      await violation(() => {
        fetch('https://example.org/').catch(() => undefined);
      }),
    ).toMatch(/^connect-src/);
  });

  test('nothing of the files beside the pages is given out', async () => {
    const statuses = await page.evaluate(async () => {
      const addresses = ['/../preload.cjs', '/%2e%2e%2fpreload.cjs', '/..%5cpreload.cjs', '/package.json'];
      return Promise.all(addresses.map(async (address) => (await fetch(address)).status));
    });
    expect(statuses).toEqual([404, 404, 404, 404]);
  });

  test('pages are only read', async () => {
    const status = await page.evaluate(async () => (await fetch('/index.html', { method: 'POST' })).status);
    expect(status).toBe(404);
  });
});

describe('navigation', () => {
  test('a link cannot lead away', async () => {
    const before = page.url();
    for (const address of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,<p>x</p>']) {
      await clickLink(address, '');
    }
    await page.evaluate(() => location.assign('https://example.org/')).catch(() => undefined);
    // Whatever was to happen has happened when the next click is answered.
    await page.waitForTimeout(200);
    expect(page.url()).toBe(before);
    await page
      .getByRole('heading', { name: 'New here, or getting things back?' })
      .waitFor({ timeout: SHORT_MS });
  });

  test('a new window is never opened; a known address goes to the browser', async () => {
    await clickLink('https://evil.example/', '_blank');
    await clickLink('https://restic.net/', '_blank');
    await page.evaluate(() => void window.open('https://restic.net.evil.example/'));
    await until('the browser is asked', async () => (await opened()).length > 0, SHORT_MS);
    await page.waitForTimeout(200);
    expect(await opened()).toEqual(['https://restic.net/']);
    expect(await running.windowCount()).toBe(1);
  });
});

test('no permission is granted, whatever it is', async () => {
  const answers = await running.app.evaluate(() => {
    const { request, check, device } = globalThis.tidemarkProbe.permissions;
    const asked: unknown[] = [];
    for (const permission of ['geolocation', 'media', 'notifications', 'clipboard-read']) {
      request?.({}, permission, (isGranted) => asked.push(isGranted));
      asked.push(check?.({}, permission));
    }
    return [...asked, device?.({})];
  });
  expect(answers).toEqual(Array.from({ length: 9 }, () => false));
});

/** The directive of the violation that `act` causes. */
async function violation(act: () => void): Promise<string> {
  await page.evaluate(() => {
    const holder = globalThis as { seen?: string };
    delete holder.seen;
    document.addEventListener('securitypolicyviolation', (event) => (holder.seen = event.violatedDirective), {
      once: true,
    });
  });
  await page.evaluate(act);
  await until(
    'a violation is reported',
    () => page.evaluate(() => (globalThis as { seen?: string }).seen !== undefined),
    SHORT_MS,
  );
  return page.evaluate(() => (globalThis as { seen?: string }).seen ?? '');
}

function opened(): Promise<string[]> {
  return running.app.evaluate(() => [...globalThis.tidemarkProbe.opened]);
}

async function clickLink(href: string, target: string): Promise<void> {
  await page.evaluate(
    ([address, where]) => {
      const link = document.createElement('a');
      link.href = address;
      link.target = where;
      document.body.append(link);
      link.click();
      link.remove();
    },
    [href, target] as const,
  );
}
