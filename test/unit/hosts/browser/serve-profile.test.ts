/** Browser mode before a core that runs in another program: it is shown as it is, and its end is told. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appCalls, type AppCalls } from '#contract/app/app-calls.ts';
import type { CallHandlers } from '#contract/calls/call-table.ts';
import { serveCalls } from '#contract/calls/serve-calls.ts';
import { serveRunningCore } from '#core/local-socket/running-core.ts';
import type { LocalSocket } from '#core/local-socket/serve-local-socket.ts';
import { findServedProfile, serveProfile, type ServedProfile } from '#hosts/browser/main.ts';
import { enter, openWebSocket } from '#test/support/browser-mode.ts';

let folder: string;
let core: LocalSocket;
const served: ServedProfile[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-served-'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  const info = {
    version: '1',
    host: 'electron',
    platform: 'linux',
    hostname: 'laptop',
    homeFolder: '/home/me',
    profileFolder: '/home/me/.local/share/tidemark',
    isFirstStart: false,
  };
  const handlers = { 'app.info': () => info } as unknown as CallHandlers<AppCalls>;
  core = await serveRunningCore(folder, {
    connect: (channel) => void serveCalls(channel, appCalls, {}, handlers),
  });
});
afterEach(async () => {
  await Promise.all(served.splice(0).map((one) => one.close()));
  await core.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(): Promise<ServedProfile> {
  const signal = new AbortController().signal;
  const made = await serveProfile({
    profile: folder,
    port: 0,
    pages: folder,
    version: '1',
    signal,
    log: () => undefined,
  });
  served.push(made);
  return made;
}

test('a page asks the core of the other program, and is told when that has gone', async () => {
  const mode = await serve();
  const page = { port: mode.port, newLink: () => '', close: async () => undefined };
  const socket = await openWebSocket(page, await enter(page, await mode.newLink()));
  socket.send(JSON.stringify({ type: 'call', id: 1, name: 'app.info', input: {} }));
  const [answer] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(answer.toString())).toMatchObject({ type: 'answer', output: { hostname: 'laptop' } });
  const closed = once(socket, 'close');
  await core.close();
  await closed;
  await mode.ended;
});

test('who serves the same profile again finds the first one, and gets a fresh link from it', async () => {
  expect(await findServedProfile(folder)).toBeUndefined();
  const first = await serve();
  await expect(serve()).rejects.toMatchObject({ code: 'state.profileInUse' });
  const second = await findServedProfile(folder);
  expect(second).toMatchObject({ port: first.port, isElsewhere: true });
  const page = { port: first.port, newLink: () => '', close: async () => undefined };
  const link = (await second?.newLink()) ?? '';
  await enter(page, link);
  expect(await second?.newLink()).not.toBe(link);
  await second?.close();
});

test('without pages it says so, and leaves nothing running', async () => {
  rmSync(path.join(folder, 'index.html'));
  await expect(serve()).rejects.toMatchObject({ code: 'request.invalidInput' });
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  await serve();
});
