/**
 * The preload's side of a window's channel. Sandboxed code: knows only Electron's renderer messages, handed in. The
 * page never sees them, an event object or the name of a message.
 */
import type { Channel } from '#contract/calls/channel.ts';
import { CHANNEL_MESSAGE, CLOSE_CHANNEL, OPEN_CHANNEL } from './ipc-names.ts';

type Listener = (event: unknown, ...args: unknown[]) => void;

/** What is used of Electron's ipcRenderer. */
export interface RendererMessages {
  invoke(name: string): Promise<unknown>;
  send(name: string, ...args: readonly unknown[]): void;
  on(name: string, listener: Listener): unknown;
  off(name: string, listener: Listener): unknown;
}

/** One channel per page: opening another closes the former. */
export async function openPageChannel(messages: RendererMessages): Promise<Channel> {
  const number = await messages.invoke(OPEN_CHANNEL);
  const early: unknown[] = [];
  let listener: ((message: unknown) => void) | undefined;
  let closeListeners: (() => void)[] = [];
  let isClosed = false;

  const receive: Listener = (_event, to, message) => {
    if (to !== number) return;
    if (listener === undefined) early.push(message);
    else listener(message);
  };
  const hearClose: Listener = (_event, to) => {
    if (to === number) end();
  };
  const end = (): void => {
    if (isClosed) return;
    isClosed = true;
    messages.off(CHANNEL_MESSAGE, receive);
    messages.off(CLOSE_CHANNEL, hearClose);
    for (const tell of closeListeners) tell();
    closeListeners = [];
  };
  messages.on(CHANNEL_MESSAGE, receive);
  messages.on(CLOSE_CHANNEL, hearClose);

  return {
    send(message) {
      if (!isClosed) messages.send(CHANNEL_MESSAGE, number, message);
    },
    onMessage(next) {
      listener = next;
      for (const message of early.splice(0)) next(message);
    },
    onClose(tell) {
      if (isClosed) tell();
      else closeListeners.push(tell);
    },
    close() {
      if (isClosed) return;
      messages.send(CLOSE_CHANNEL, number);
      end();
    },
  };
}
