/** Browser mode as a person meets it, in a real Chromium; and a foreign page in the same browser, which gets nowhere. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchChromium, NO_CHROMIUM } from '#test/support/chromium.ts';
import { enter, startBrowserMode, type BrowserMode } from '#test/support/browser-mode.ts';

/** Runs in the foreign page. */
const FOREIGN_SCRIPT = `async ({ host, token }) => {
  const socket = new Promise((resolve) => {
    const opened = new WebSocket('ws://' + host + '/channel');
    opened.onopen = () => resolve('open');
    opened.onerror = () => resolve('refused');
  });
  const load = (tag, address) => new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('refused');
    element.src = 'http://' + host + address;
    document.head.append(element);
  });
  const ask = (address, init) =>
    fetch('http://' + host + address, { credentials: 'include', ...init })
      .then((answer) => answer.text(), () => 'refused');
  const embed = () => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = 'http://' + host + '/';
    frame.onload = () => {
      try {
        resolve(frame.contentWindow.document.title);
      } catch {
        resolve('refused');
      }
    };
    document.body.append(frame);
  });
  const body = JSON.stringify({ token });
  return {
    socket: await socket,
    script: await load('script', '/assets/page.js'),
    image: await load('img', '/'),
    read: await ask('/', {}),
    blind: await ask('/enter', { method: 'POST', mode: 'no-cors', body }),
    exchange: await ask('/enter', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }),
    framed: await embed(),
  };
}`;

describe.skipIf(NO_CHROMIUM !== '')(`browser mode in Chromium${NO_CHROMIUM}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let mode: BrowserMode;
  let foreign: Server;
  beforeAll(async () => {
    mode = await startBrowserMode();
    browser = await launchChromium();
    context = await browser.newContext();
    // On the same machine, so to the browser it is the same site, and cookies for us go along with what it sends.
    foreign = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>foreign</title>');
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
  });
  afterAll(async () => {
    await browser.close();
    foreign.close();
    await mode.close();
  });

  test('the link opens the pages, the mirror arrives, and the link is gone from the address and good no more', async () => {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const link = mode.server.newLink();
    await page.goto(link);
    await expect.poll(() => page.title()).toBe('small page');
    expect(page.url()).toBe(`http://127.0.0.1:${mode.server.port}/`);
    await expect.poll(() => page.textContent('#mirror')).toContain('"revision":7');
    expect(await page.evaluate('document.cookie'), 'no script can read the cookie').toBe('');
    await page.reload();
    await expect.poll(() => page.textContent('#mirror')).toContain('"revision":7');
    // Whoever is in may click on the printed link again.
    await page.goto(link);
    await expect.poll(() => page.url()).toBe(`http://127.0.0.1:${mode.server.port}/`);
    await expect.poll(() => page.textContent('#mirror')).toContain('"revision":7');
    // The policy stopped nothing that we serve ourselves.
    expect(complaints).toEqual([]);

    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await other.waitForSelector('#refused:not([hidden])');
    expect(await other.textContent('body')).toContain('tidemark serve --new-link');
    expect(await other.isVisible('#waiting')).toBe(false);
    // Into the same tab.
    await other.goto(mode.server.newLink());
    await expect.poll(() => other.title()).toBe('small page');
    await other.context().close();
    await page.close();
  });

  test('a foreign page in the browser that was let in cannot open the channel, read, embed or exchange', async () => {
    const own = await context.newPage();
    await own.goto(mode.server.newLink());
    // Its own channel is open.
    await expect.poll(() => own.textContent('#mirror')).toContain('"revision":7');
    const before = mode.channels.length;
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
    const token = mode.server.newLink().split('#')[1] as string;
    const at = JSON.stringify({ host: `127.0.0.1:${mode.server.port}`, token });
    const results = await page.evaluate(`(${FOREIGN_SCRIPT})(${at})`);
    expect(results).toEqual({
      blind: 'refused',
      exchange: 'refused',
      socket: 'refused',
      script: 'refused',
      image: 'refused',
      read: 'refused',
      framed: 'refused',
    });
    expect(mode.channels.length).toBe(before);
    // The foreign page had the token, and did not use it up.
    await enter(mode.server, `#${token}`);
    await page.close();
    await own.close();
  });

  test('when the server ends, the page is told; nothing of it opens again', async () => {
    const last = await startBrowserMode();
    const page = await context.newPage();
    await page.goto(last.server.newLink());
    await expect.poll(() => page.textContent('#mirror')).toContain('"revision":7');
    await last.close();
    await expect.poll(() => page.title()).toMatch(/^closed/);
    await page.close();
  });
});
