/**
 * Starts Debian's Chromium without a window of its own and without a way out of the machine. It ends by itself when
 * this process dies, because its end of a pipe closes then.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const EXECUTABLE = process.env['TEST_HOST_CHROMIUM'] ?? '/usr/bin/chromium';
const START_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 10;

const SWITCHES = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-features=Translate,DialMediaRouteProvider',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--mute-audio',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--password-store=basic',
  '--use-mock-keychain',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
  '--remote-debugging-port=0',
  '--remote-debugging-pipe',
];

export interface Chromium {
  readonly devToolsUrl: string;
  readonly process: ChildProcess;
}

export async function startChromium(profileFolder: string): Promise<Chromium> {
  mkdirSync(profileFolder, { recursive: true });
  const portFile = path.join(profileFolder, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const child = spawn(EXECUTABLE, [...SWITCHES, `--user-data-dir=${profileFolder}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  let problem: string | undefined;
  child.once('error', (error) => (problem = error.message));
  child.once('exit', (code) => (problem ??= `it ended with ${code}`));
  for (const stream of child.stdio.slice(3)) {
    stream?.on('error', () => undefined);
    if (stream !== null && stream !== undefined && 'resume' in stream) stream.resume();
    if (stream !== null && stream !== undefined && 'unref' in stream) (stream as { unref(): void }).unref();
  }
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS; waitedMs += LOOK_EVERY_MS) {
    const devToolsUrl = readDevToolsUrl(portFile);
    if (devToolsUrl !== undefined) return { devToolsUrl, process: child };
    if (problem !== undefined) break;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`test host: ${EXECUTABLE} does not start: ${problem ?? 'it opens no DevTools port'}`);
}

/** Chromium writes the port into the first line and the path into the second. */
function readDevToolsUrl(portFile: string): string | undefined {
  try {
    const [port, address] = readFileSync(portFile, 'utf8').trim().split('\n');
    return address === undefined ? undefined : `ws://127.0.0.1:${port}${address}`;
  } catch {
    return undefined;
  }
}
