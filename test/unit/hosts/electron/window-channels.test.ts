/** The channel of a window: the suite of all transports, and who is believed. */
import { describe, expect, test } from 'vitest';
import type { Channel } from '#contract/calls/channel.ts';
import type { SenderFrame } from '#hosts/electron/app-origin.ts';
import { OPEN_CHANNEL } from '#hosts/electron/ipc-names.ts';
import { openPageChannel } from '#hosts/electron/open-page-channel.ts';
import { serveWindowChannels } from '#hosts/electron/window-channels.ts';
import { describeChannel } from '#test/suites/channel-suite.ts';
import { MessageHub, OWN_FRAME } from '#test/support/window-messages.ts';

describeChannel('a window of Electron', async () => {
  const hub = new MessageHub();
  const { promise, resolve } = Promise.withResolvers<Channel>();
  serveWindowChannels(hub.main, resolve);
  const caller = await openPageChannel(hub.addPage().renderer);
  const server = await promise;
  return { caller, server, close: () => server.close() };
});

const FOREIGN_FRAMES: [string, SenderFrame | null][] = [
  ['a frame that is gone', null],
  ['a frame inside of our page', { url: OWN_FRAME.url, parent: {} }],
  ['another scheme', { url: 'https://tidemark/index.html', parent: null }],
  ['a file', { url: 'file:///tidemark/index.html', parent: null }],
  ['another host', { url: 'app://elsewhere/index.html', parent: null }],
  ['a host that begins like ours', { url: 'app://tidemark.example/index.html', parent: null }],
  ['our host as a user name', { url: 'app://tidemark@elsewhere/', parent: null }],
  ['the empty page', { url: 'about:blank', parent: null }],
  ['no address', { url: '', parent: null }],
];

describe('who may open a channel', () => {
  test.each(FOREIGN_FRAMES)('not %s', async (_what, frame) => {
    const hub = new MessageHub();
    const opened: Channel[] = [];
    serveWindowChannels(hub.main, (channel) => opened.push(channel));
    await expect(hub.addPage(frame).renderer.invoke(OPEN_CHANNEL)).rejects.toThrow('refused');
    expect(opened).toEqual([]);
  });

  test.each(FOREIGN_FRAMES)('messages from %s go nowhere', async (_what, frame) => {
    const { page, caller, heard } = await openOne();
    page.frame = frame;
    caller.send('from a foreign frame');
    caller.close();
    await settle();
    expect(heard).toEqual([]);
  });

  test('our page may, and is heard', async () => {
    const { caller, heard } = await openOne();
    caller.send('hello');
    await settle();
    expect(heard).toEqual(['hello']);
  });
});

describe('one channel per page', () => {
  test('opening another closes the former on both sides', async () => {
    const { page, caller, server, heard } = await openOne();
    const closed: string[] = [];
    caller.onClose(() => closed.push('page'));
    server.onClose(() => closed.push('core'));
    await openPageChannel(page.renderer);
    await settle();
    caller.send('under the old number');
    await settle();
    expect(closed.toSorted()).toEqual(['core', 'page']);
    expect(heard).toEqual([]);
  });

  test.each(['destroyed', 'render-process-gone'] as const)('a page that is %s lets go of it', async (how) => {
    const { page, server } = await openOne();
    let isClosed = false;
    server.onClose(() => {
      isClosed = true;
    });
    page.end(how);
    expect(isClosed).toBe(true);
  });

  test('two pages do not hear each other', async () => {
    const hub = new MessageHub();
    const servers: Channel[] = [];
    serveWindowChannels(hub.main, (channel) => servers.push(channel));
    const first = await openPageChannel(hub.addPage().renderer);
    const second = await openPageChannel(hub.addPage().renderer);
    const heard: unknown[] = [];
    first.onMessage((message) => heard.push(['first', message]));
    second.onMessage((message) => heard.push(['second', message]));
    servers[1]?.send('news');
    await settle();
    expect(heard).toEqual([['second', 'news']]);
  });
});

async function openOne() {
  const hub = new MessageHub();
  const servers: Channel[] = [];
  serveWindowChannels(hub.main, (channel) => servers.push(channel));
  const page = hub.addPage();
  const caller = await openPageChannel(page.renderer);
  const [server] = servers;
  if (server === undefined) throw new Error('no channel was opened');
  const heard: unknown[] = [];
  server.onMessage((message) => heard.push(message));
  return { page, caller, server, heard };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
