/**
 * The main process's side of the windows' channels: hands each page's channel to whoever serves the contract. A page
 * has one channel at a time; loading it anew, closing the window or losing its process closes the channel.
 * Messages of foreign frames, and those under the number of a channel that is closed, go nowhere.
 */
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from '#core/message-channel.ts';
import { isOwnSender, type SenderFrame } from './app-origin.ts';
import { CHANNEL_MESSAGE, CLOSE_CHANNEL, OPEN_CHANNEL } from './ipc-names.ts';

/** What is used of Electron's event. */
interface PageEvent {
  readonly sender: PageContents;
  readonly senderFrame: SenderFrame | null;
}

/** What is used of Electron's WebContents. */
interface PageContents {
  readonly id: number;
  isDestroyed(): boolean;
  send(name: string, ...args: readonly unknown[]): void;
  on(event: 'destroyed' | 'render-process-gone', listener: () => void): unknown;
}

/** What is used of Electron's ipcMain. */
export interface PageMessages {
  handle(name: string, handler: (event: PageEvent, ...args: unknown[]) => unknown): void;
  on(name: string, listener: (event: PageEvent, ...args: unknown[]) => void): unknown;
}

interface PageChannel {
  readonly number: number;
  readonly channel: Channel;
  receive(message: unknown): void;
}

/** Serves every page that opens a channel, for the life of the process. */
export function serveWindowChannels(messages: PageMessages, connect: (channel: Channel) => void): void {
  /** By the number of the page's contents. */
  const pages = new Map<number, PageChannel>();
  const watched = new Set<number>();
  let lastNumber = 0;

  messages.handle(OPEN_CHANNEL, ({ sender, senderFrame }) => {
    if (!isOwnSender(senderFrame)) throw new Error('refused: not a page of this application');
    closeOf(sender);
    const page = openChannel(++lastNumber, sender);
    pages.set(sender.id, page);
    watchPage(sender);
    connect(page.channel);
    return page.number;
  });

  function closeOf(contents: PageContents): void {
    pages.get(contents.id)?.channel.close();
  }

  /** Once per page, however often it is loaded anew. */
  function watchPage(contents: PageContents): void {
    if (watched.has(contents.id)) return;
    watched.add(contents.id);
    contents.on('render-process-gone', () => closeOf(contents));
    contents.on('destroyed', () => {
      closeOf(contents);
      pages.delete(contents.id);
      watched.delete(contents.id);
    });
  }

  const pageOf = ({ sender, senderFrame }: PageEvent, number: unknown): PageChannel | undefined => {
    const page = isOwnSender(senderFrame) ? pages.get(sender.id) : undefined;
    return page?.number === number ? page : undefined;
  };
  messages.on(CHANNEL_MESSAGE, (event, number, message) => pageOf(event, number)?.receive(message));
  messages.on(CLOSE_CHANNEL, (event, number) => pageOf(event, number)?.channel.close());
}

function openChannel(number: number, page: PageContents): PageChannel {
  const send = (name: string, ...args: readonly unknown[]): void => {
    if (!page.isDestroyed()) page.send(name, number, ...args);
  };
  let receive: (message: unknown) => void = () => undefined;
  const channel = messageChannel({
    send: (message) => send(CHANNEL_MESSAGE, message),
    onMessage: (listener) => {
      receive = listener;
    },
    // A page that ends says so to serveWindowChannels, which closes.
    onEnd: () => undefined,
    end: () => send(CLOSE_CHANNEL),
  });
  return { number, channel, receive: (message) => receive(message) };
}
