/**
 * The main process's side of the windows' channels: hands each page's channel to whoever serves the contract. A page
 * has one channel at a time; loading it anew, closing the window or losing its process closes the channel.
 * Messages of foreign frames, and those under the number of a channel that is closed, go nowhere.
 */
import type { Channel } from '#contract/calls/channel.ts';
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

/** Serves every page that opens a channel, for the life of the process. */
export function serveWindowChannels(messages: PageMessages, connect: (channel: Channel) => void): void {
  /** By the number of the page's contents. */
  const channels = new Map<number, PageChannel>();
  const watched = new Set<number>();
  let lastNumber = 0;

  messages.handle(OPEN_CHANNEL, (event) => {
    if (!isOwnSender(event.senderFrame)) throw new Error('refused: not a page of this application');
    const { sender } = event;
    channels.get(sender.id)?.close();
    const channel = new PageChannel(++lastNumber, sender);
    channels.set(sender.id, channel);
    watchPage(sender);
    connect(channel);
    return channel.number;
  });

  /** Once per page, however often it is loaded anew. */
  function watchPage(page: PageContents): void {
    if (watched.has(page.id)) return;
    watched.add(page.id);
    page.on('render-process-gone', () => channels.get(page.id)?.close());
    page.on('destroyed', () => {
      channels.get(page.id)?.close();
      channels.delete(page.id);
      watched.delete(page.id);
    });
  }

  const channelOf = (event: PageEvent, number: unknown): PageChannel | undefined => {
    if (!isOwnSender(event.senderFrame)) return undefined;
    const channel = channels.get(event.sender.id);
    return channel?.number === number ? channel : undefined;
  };
  messages.on(CHANNEL_MESSAGE, (event, number, message) => channelOf(event, number)?.receive(message));
  messages.on(CLOSE_CHANNEL, (event, number) => channelOf(event, number)?.close());
}

class PageChannel implements Channel {
  readonly number: number;
  readonly #page: PageContents;
  readonly #early: unknown[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #listener: ((message: unknown) => void) | undefined;
  #isOpen = true;

  constructor(number: number, page: PageContents) {
    this.number = number;
    this.#page = page;
  }

  send(message: unknown): void {
    if (this.#isOpen && !this.#page.isDestroyed()) this.#page.send(CHANNEL_MESSAGE, this.number, message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    if (this.#isOpen) this.#closeListeners.push(listener);
    else listener();
  }

  close(): void {
    if (!this.#isOpen) return;
    if (!this.#page.isDestroyed()) this.#page.send(CLOSE_CHANNEL, this.number);
    this.#isOpen = false;
    for (const listener of this.#closeListeners.splice(0)) listener();
  }

  receive(message: unknown): void {
    if (!this.#isOpen) return;
    if (this.#listener === undefined) this.#early.push(message);
    else this.#listener(message);
  }
}
