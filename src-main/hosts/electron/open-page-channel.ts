/**
 * The preload's side of a window's channel. Sandboxed code: knows only Electron's renderer messages, handed in. The
 * page never sees them, an event object or the name of a message.
 */
import type { Channel } from '#contract/calls/channel.ts';
import { messageChannel } from '#core/message-channel.ts';
import { CHANNEL_MESSAGE, CLOSE_CHANNEL, OPEN_CHANNEL } from './ipc-names.ts';

type Listener = (event: unknown, ...args: unknown[]) => void;

/** What is used of Electron's ipcRenderer. */
export interface RendererMessages {
  invoke(name: string, ...args: readonly unknown[]): Promise<unknown>;
  send(name: string, ...args: readonly unknown[]): void;
  on(name: string, listener: Listener): unknown;
  off(name: string, listener: Listener): unknown;
}

/** One channel per page: opening another closes the former. */
export async function openPageChannel(messages: RendererMessages): Promise<Channel> {
  const number = await messages.invoke(OPEN_CHANNEL);
  let receive: Listener = () => undefined;
  const channel = messageChannel({
    send: (message) => messages.send(CHANNEL_MESSAGE, number, message),
    onMessage(listener) {
      receive = (_event, to, message) => {
        if (to === number) listener(message);
      };
      messages.on(CHANNEL_MESSAGE, receive);
    },
    onEnd(listener) {
      const hearEnd: Listener = (_event, to) => {
        if (to !== number) return;
        messages.off(CLOSE_CHANNEL, hearEnd);
        listener();
      };
      messages.on(CLOSE_CHANNEL, hearEnd);
    },
    // Main answers with the same message, which ends the listening here.
    end: () => messages.send(CLOSE_CHANNEL, number),
  });
  channel.onClose(() => messages.off(CHANNEL_MESSAGE, receive));
  // The bridge to the page copies functions, not the object that they came from.
  const { send, onMessage, onClose, close } = channel;
  return { send, onMessage, onClose, close };
}
