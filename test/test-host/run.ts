/**
 * What `electron [switches] APP [arguments]` does, on the test host: loads `-r` modules, runs the application's main
 * module to its end, starts Chromium, and only then fires `ready`, as Electron does.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from './app.ts';
import { watchTargets } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { DevTools } from './devtools.ts';
import { life, setApp, setBrowser, switchValue } from './lifecycle.ts';

const DEADLOCK_AFTER_MS = 5000;
const BROWSER_END_LIMIT_MS = 4000;

const { folder, preloads } = readArguments();
const appPackage = setApp(folder);
describeProcess(folder);
const requireFromApp = createRequire(path.join(folder, 'package.json'));
for (const preload of preloads) requireFromApp(path.resolve(preload));

// Electron hangs on a top-level `await app.whenReady()` as soon as anything keeps its loop alive.
const deadlock = setTimeout(() => {
  if (!app.isReadyAwaited) return;
  console.error('[test host] the main module awaits app.whenReady() at top level, where Electron hangs');
  process.exit(13);
}, DEADLOCK_AFTER_MS);
await import(pathToFileURL(path.join(folder, appPackage.main ?? 'index.js')).href);
clearTimeout(deadlock);

if (!life.isExiting) {
  await showPages();
  if (!isEnding()) app.becomeReady();
}

async function showPages(): Promise<void> {
  const chromium = await startChromium(path.join(app.getPath('userData'), 'test-host-chromium'));
  const ended = new Promise((resolve) => chromium.process.once('exit', resolve));
  const devTools = await DevTools.connect(chromium.devToolsUrl, () => {
    if (!isEnding()) process.exit(1);
  });
  setBrowser(devTools);
  process.on('exit', () => chromium.process.kill('SIGKILL'));
  // Chromium writes its profile at its end; a next start with the same folder needs that done.
  app.beforeEnd = async () => {
    await devTools.send('Browser.close').catch(() => undefined);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, BROWSER_END_LIMIT_MS))]);
  };
  await watchTargets();
  // Playwright waits for this line.
  if (switchValue('remote-debugging-port') !== undefined) {
    console.error(`DevTools listening on ${chromium.devToolsUrl}`);
  }
}

function isEnding(): boolean {
  return life.isExiting || life.isQuitting;
}

function readArguments(): { folder: string; preloads: string[] } {
  // Electron's argv has no script between the program and the switches.
  process.argv.splice(1, 1);
  const preloads: string[] = [];
  for (let at = 1; at < process.argv.length; at++) {
    const argument = process.argv[at] ?? '';
    if (argument === '-r' || argument === '--require') preloads.push(process.argv[++at] ?? '');
    else if (!argument.startsWith('-')) return { folder: path.resolve(argument), preloads };
  }
  console.error('usage: electron [switches] APP [arguments]');
  process.exit(64);
}

function describeProcess(appFolder: string): void {
  const hostPackage = createRequire(import.meta.url)('electron/package.json') as { version: string };
  Object.defineProperty(process, 'versions', {
    value: { ...process.versions, electron: `${hostPackage.version}-test-host`, chrome: '0.0.0.0' },
  });
  Object.defineProperty(process, 'resourcesPath', { value: path.join(appFolder, 'resources') });
  Object.assign(process, { type: 'browser', defaultApp: true });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit());
}
